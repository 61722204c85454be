"""Letters that do not belong in a Korean answer.

A language detector calls a sentence full of Hanja Korean; a character rule does not.
"""

from __future__ import annotations

import re

# Hangul (syllables, jamo, compatibility jamo), Latin with accents, Greek for units and names.
_HOME = (
    r"\uAC00-\uD7A3\u1100-\u11FF\u3130-\u318F\uA960-\uA97F\uD7B0-\uD7FF"
    r"A-Za-z\u00AA\u00B5\u00BA\u00C0-\u024F\uFF21-\uFF3A\uFF41-\uFF5A\u0370-\u03FF\u1D00-\u1DBF\u2100-\u214F"
)
_FOREIGN = re.compile(rf"[^\W\d_{_HOME}]")
_FOREIGN_MARKS = re.compile("[؟،；。、「」『』\ufffd]")
_HANGUL = re.compile(r"[\uAC00-\uD7A3]")
_LETTER = re.compile(r"[^\W\d_]")


def foreign_letters(text: str, source: str = "") -> str:
    """Hanja, Kana, Cyrillic and other foreign letters of ``text`` that ``source`` does not hold.

    A quotation is no leak: statutes contain Hanja. Both sides must be NFC.
    """
    letters = [letter for letter in _FOREIGN.findall(text) if letter.isalpha()]  # ² and ① are none
    found = letters + _FOREIGN_MARKS.findall(text)
    return "".join(dict.fromkeys(letter for letter in found if letter not in source))


_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def foreign_words(text: str, source: str) -> list[str]:
    """Latin words of ``text`` that ``source`` does not hold, whatever their case.

    A model that cannot spell a Korean name writes Latin letters into it (글루타ichi온).
    """
    held = {word.lower() for word in _LATIN_WORD.findall(source)}
    return [word for word in dict.fromkeys(_LATIN_WORD.findall(text)) if word.lower() not in held]


def hangul_share(text: str) -> float:
    """Share of Hangul among the letters of ``text``; 0.0 when it has none."""
    letters = _LETTER.findall(text)
    return len(_HANGUL.findall(text)) / len(letters) if letters else 0.0
