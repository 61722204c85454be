"""Normal forms of text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_RANGE = re.compile(r"(?<=\d)\s*[-–—~∼〜]\s*(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_NO_PART = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.~%/+]|_")


def nfc(text: str) -> str:
    """Composed Hangul syllables, as every comparison needs; macOS file names come decomposed."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """A comparison key: NFKC, lower case, only letters, digits and the marks that change a number.

    Spaces go, because Korean spacing is free; ``20 mg`` and ``20mg`` become equal, and ``–``,
    ``∼`` and ``-`` become ``~``. Digits and their decimal points stay.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _RANGE.sub("~", folded)
    folded = _THOUSANDS.sub("", folded)
    return _NO_PART.sub("", folded)
