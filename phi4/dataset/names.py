"""Names that no seed holds, in the shape of those that it does: 와파린 and 로사르탄 make 와사르탄.

Questions about terms that do not exist teach a model to say that it does not know (Phi-4 Technical
Report, A.1: a refusal for every bogus variant of a question).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterator
from difflib import SequenceMatcher

from phi4.korean.words import is_dictionary_word, is_proper_name

MIN_SYLLABLES, MAX_SYLLABLES = 3, 7
ALIKE = 0.8  # a name so like a known one would be taken for its misspelling
TRIES = 40  # for one name
_HANGUL = re.compile(r"[가-힣]+")


def is_name(word: str) -> bool:
    """Whether a word is a name whose parts can make another: 와파린, and not 의료인 or 휴가 신청."""
    return bool(_HANGUL.fullmatch(word)) and MIN_SYLLABLES <= len(word) <= MAX_SYLLABLES and is_proper_name(word)


def invent(names: Collection[str], held: Callable[[str], bool], chance: random.Random) -> Iterator[str]:
    """Names made of the beginning of one and the end of another of ``names``, none that the seeds have ``held``."""
    pool = sorted(set(names))
    made: set[str] = set()
    misses = 0
    while len(pool) > 1 and misses < TRIES:
        first, second = chance.sample(pool, 2)
        name = first[: (len(first) + 1) // 2] + second[-(len(second) // 2) :]
        if name in made or not _is_new(name, pool, held):
            misses += 1
            continue
        made.add(name)
        misses = 0
        yield name


def _is_new(name: str, names: Collection[str], held: Callable[[str], bool]) -> bool:
    if not MIN_SYLLABLES <= len(name) <= MAX_SYLLABLES or held(name):
        return False
    return not is_dictionary_word(name) and all(SequenceMatcher(None, name, known).ratio() < ALIKE for known in names)
