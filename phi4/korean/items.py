"""The marks of list items, and what only looks like one: the rest of a word that a line broke off."""

from __future__ import annotations

import re

LETTERS = "가나다라마바사아자차카타파하"  # that count items: 가. 나. 다.
BULLET = re.compile(rf"^\s*(?:[-*•·○◦▪]|\d{{1,2}}[.)]|[{LETTERS}][.)])\s+")


def _closed_with(final: int) -> str:
    """All syllables with one final consonant, by its number in Unicode."""
    return "".join(chr(first + final) for first in range(ord("가"), ord("힣"), 28))


# …합니|다., …먹었|다., …없|다.: no noun ends so, and after one 다. counts an item.
_BROKEN = re.compile(rf"(?:[{_closed_with(17)}]니|[{_closed_with(20)}없않])$")


def finishes_word(line: str, above: str) -> bool:
    """Whether a line begins with the end of the verb that the line ``above`` broke off."""
    return line.startswith("다.") and bool(_BROKEN.search(above))


def starts_item(line: str, above: str = "") -> bool:
    """Whether a line begins a list item; ``above`` is the paragraph above it."""
    return bool(BULLET.match(line)) and not finishes_word(line.lstrip(), above)
