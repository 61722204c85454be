"""Which sentences of the seeds speak of a question, and how much of it they hold: BM25 over content morphemes.

Measured on Korean encyclopedia text, BM25 over Kiwi's content morphemes finds the right passage first
for 94 % of human questions, where a small encoder finds 63 %.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from phi4.dataset.scratch import Scratch
from phi4.dataset.topic import topic
from phi4.korean import content_morphemes
from phi4.records import Document, Passage

K1, B = 1.2, 0.75  # Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), 3.2
RARE = 2, 0.06  # sentences, or share of them, that may have a rare word
COMMON = 10_000  # sentences with a word from which on it finds none; bounds the work of a search
SHORTEST = 3  # syllables of a part of a word that is remembered
# What asks, and is no part of what is asked about.
ASKING = frozenset({
    "왜", "어떻게", "어떻", "얼마", "언제", "며칠", "이유", "무엇", "무슨", "어디", "누구", "몇", "알", "말",
})  # fmt: skip
_HANGUL = re.compile(rf"[가-힣]{{{SHORTEST},}}")
_PAST = "\U0010ffff"  # sorts after every letter
_SCHEMA = (
    "CREATE TABLE sentences (place INTEGER PRIMARY KEY, file TEXT, number INT, subject TEXT, text TEXT, content TEXT)",
    "CREATE INDEX by_file ON sentences (file)",
    "CREATE TABLE postings (morpheme TEXT, place INT, size INT, PRIMARY KEY (morpheme, place)) WITHOUT ROWID",
    "CREATE TABLE counts (morpheme TEXT PRIMARY KEY, held INT) WITHOUT ROWID",
    "CREATE TABLE parts (part TEXT PRIMARY KEY) WITHOUT ROWID",  # every word without its first letters
)


class Found(NamedTuple):
    """A sentence of the seeds, its subject, and the content of both and of the heading above it."""

    file: str
    number: int
    subject: str
    text: str
    content: frozenset[str]


class Sentences:
    """All sentences of all seeds, to be searched; they lie on disk."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._kept = Scratch(*_SCHEMA)
        self._count = size = 0
        for document in documents:
            for passage in document.passages:
                found = list(_sentences(passage))
                self._add(found)
                size += sum(len(one.content) for one in found)
        self._mean = size / max(1, self._count)
        self._kept.put("INSERT INTO counts SELECT morpheme, count(*) FROM postings GROUP BY morpheme", [()])

    def _add(self, sentences: Iterable[Found]) -> None:
        for one in sentences:
            self._count += 1
            content = sorted(one.content)
            row = (self._count, one.file, one.number, one.subject, one.text, "\n".join(content))
            self._kept.put("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?)", [row])
            postings = ((morpheme, self._count, len(content)) for morpheme in content)
            self._kept.put("INSERT INTO postings VALUES (?, ?, ?)", postings)
            parts = (word[start:] for word in _HANGUL.findall(one.text) for start in range(len(word) - SHORTEST + 1))
            self._kept.put("INSERT OR IGNORE INTO parts VALUES (?)", ((part,) for part in parts))

    def _held(self, morpheme: str) -> int:
        """Sentences that have it."""
        found = self._kept.get("SELECT held FROM counts WHERE morpheme = ?", morpheme)
        return int(found[0][0]) if found else 0

    def weight(self, morpheme: str) -> float:
        """Inverse document frequency: what is in few sentences tells more."""
        held = self._held(morpheme)
        return math.log(1 + (self._count - held + 0.5) / (held + 0.5))

    def is_rare(self, morpheme: str) -> bool:
        """Whether so few sentences have it that its absence from others says something."""
        return self._held(morpheme) <= max(RARE[0], RARE[1] * self._count)

    def nearest(self, words: Collection[str], count: int) -> list[Found]:
        """The sentences with the highest BM25 score; a morpheme counts once in a sentence."""
        scores: dict[int, float] = defaultdict(float)
        for morpheme in sorted(words):  # sums of floats depend on their order
            if self._held(morpheme) > COMMON:
                continue
            weight = self.weight(morpheme) * (K1 + 1)
            for place, size in self._kept.get("SELECT place, size FROM postings WHERE morpheme = ?", morpheme):
                scores[place] += weight / (1 + K1 * (1 - B + B * size / self._mean))
        best = heapq.nsmallest(count, scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [self._sentence(place) for place, _ in best]

    def _sentence(self, place: int) -> Found:
        query = "SELECT file, number, subject, text, content FROM sentences WHERE place = ?"
        ((file, number, subject, text, content),) = self._kept.get(query, place)
        return Found(file, number, subject, text, frozenset(content.split("\n")))

    def coverage(self, words: Collection[str], where: Callable[[Found], bool], count: int = 20) -> float:
        """The largest share of ``words``, by weight, that one of the nearest sentences holds; ``where`` chooses."""
        weights = {word: self.weight(word) for word in words}
        whole = math.fsum(weights.values())
        held = (
            math.fsum(weight for word, weight in weights.items() if word in found.content)
            for found in self.nearest(words, count)
            if where(found)
        )
        return max(held, default=0.0) / whole if whole else 1.0

    def of_file(self, file: str) -> frozenset[str]:
        """All content of one file."""
        found = self._kept.get("SELECT content FROM sentences WHERE file = ?", file)
        return frozenset(morpheme for (content,) in found for morpheme in content.split("\n"))

    def hold(self, name: str) -> bool:
        """Whether a name of ``SHORTEST`` syllables or more is in a word of any sentence."""
        return bool(self._kept.get("SELECT 1 FROM parts WHERE part >= ? AND part < ? LIMIT 1", name, name + _PAST))


def asked_words(question: str, subject: str = "") -> frozenset[str]:
    """The content of a question without what asks and without its subject."""
    return content_morphemes(question) - ASKING - content_morphemes(subject)


def _sentences(passage: Passage) -> Iterator[Found]:
    subject = topic(passage)
    for number, heading in zip(passage.numbers, passage.headings, strict=True):
        text = passage.sentence(number)
        content = content_morphemes(text) | content_morphemes(subject) | content_morphemes(heading)
        yield Found(passage.file, number, subject, text, content)
