"""Which sentences of a passage lead to another, so that reasoning has somewhere to start.

The annotation of the Phi-4 Technical Report (D.1.1) marks the steps of an argument and what each
depends on. Here a sentence depends on another when both speak of something that the passage as a
whole does not: an enzyme, an organ, a group of patients.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from phi4.korean import content_morphemes
from phi4.records import Passage

COMMON = 1 / 3  # of the sentences: what so many say links no two of them
MAX_LENGTH = 2  # sentences before the one asked about; three steps are what a small model follows


def leading_to(focus: int, passage: Passage) -> tuple[int, ...]:
    """The sentences to start from, in the order of the argument; empty when none has to do with ``focus``."""
    chain: list[int] = []
    while len(chain) < MAX_LENGTH and (link := _nearest(chain[0] if chain else focus, passage, {focus, *chain})):
        chain.insert(0, link)
    return tuple(chain)


def _nearest(number: int, passage: Passage, taken: set[int]) -> int:
    """The sentence that shares most with ``number``, of equal ones the nearest, rather before than after it; or 0."""
    told = telling_morphemes(passage)
    shared = {other: len(told[number] & told[other]) for other in passage.numbers if other not in taken}
    best = max(shared, key=lambda other: (shared[other], -abs(other - number), other < number), default=0)
    return best if best and shared[best] else 0


@lru_cache(maxsize=64)
def telling_morphemes(passage: Passage) -> dict[int, frozenset[str]]:
    """Of each sentence: what it says apart from what a third of the passage says: its subject, 복용, 환자."""
    content = {number: content_morphemes(passage.sentence(number)) for number in passage.numbers}
    said = Counter(morpheme for morphemes in content.values() for morpheme in morphemes)
    common = {morpheme for morpheme, count in said.items() if count > max(2, COMMON * len(content))}
    return {number: morphemes - common for number, morphemes in content.items()}
