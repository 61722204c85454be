"""Normal forms of text."""

from __future__ import annotations

import re
import unicodedata


def nfc(text: str) -> str:
    """Composed Hangul syllables, as every comparison needs; macOS file names come decomposed."""
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """A comparison key: NFKC, lower case, only letters, digits and the marks that change a number.

    Spaces go, because Korean spacing is free; ``20 mg`` and ``20mg`` become equal, and ``–``,
    ``∼`` and ``-`` become ``~``. Digits and their decimal points stay.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"(?<=\d)\s*[-–—~∼〜]\s*(?=\d)", "~", folded)
    folded = re.sub(r"(?<=\d),(?=\d{3})", "", folded)
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w.~%/+]|_", "", folded)
