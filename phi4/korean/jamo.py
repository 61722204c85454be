"""Whole syllables out of a stream: a model may write 한 as ㅎ, ㅏ, ㄴ, one token each (NFD)."""

from __future__ import annotations

import re
import unicodedata

# Conjoining jamo: leading consonants, vowels, trailing consonants, with their extended blocks.
_LEADING, _FOLLOWING = "\u1100-\u115f\ua960-\ua97c", "\u1160-\u11ff\ud7b0-\ud7fb"
_RUN = re.compile(f"[{_LEADING}{_FOLLOWING}]+")
_UNFINISHED = re.compile(f"(?:[{_LEADING}]+[{_FOLLOWING}]*|[{_FOLLOWING}]+)\\Z")


class WholeSyllables:
    """Composes decomposed Hangul that comes in pieces, and lets out no half of a syllable.

    However the text is cut, the parts join to the same whole. What is composed already passes at once.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """The text that is complete after this piece."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return composed(text[:cut])

    def finish(self) -> str:
        """What was held back: nothing follows."""
        held, self._held = self._held, ""
        return composed(held)


def composed(text: str) -> str:
    """Runs of conjoining jamo as syllables, everything else as it is."""
    return _RUN.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)
