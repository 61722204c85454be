"""What is in the rows of a dataset, gathered in one walk: for ``report.json`` and for its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from phi4.korean import content_morphemes
from phi4.records import Document, Example, Walkable

FILES = 200  # whose sentences are looked at
_SAMPLES = 5
_VARIED = 5000  # rows whose questions are compared; a share of different words falls with the number of words


@dataclass
class Contents:
    """Rows by kind, by the sentence that they ask about, and by length in characters; some rows to show."""

    documents: Sequence[Document]  # the first ``FILES`` with passages
    kinds: Counter[str] = field(default_factory=Counter)
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)  # by file and number of the sentence
    lengths: dict[str, Counter[int]] = field(
        default_factory=lambda: {part: Counter() for part in ("question", "reasoning", "answer")}
    )
    samples: list[Example] = field(default_factory=list)
    diversity: float = 0.0  # see ``diversity``

    def covered(self, document: Document) -> tuple[int, int]:
        """How many sentences of a document are asked about, and how many it has."""
        numbers = [number for passage in document.passages for number in passage.numbers]
        return sum(self.asked[document.file, number] > 0 for number in numbers), len(numbers)

    def record(self) -> dict[str, Any]:
        """What ``report.json`` says of them."""
        return {
            "kinds": dict(self.kinds.most_common()),
            "lengths": {
                part: dict(zip(("min", "median", "max"), spread(counts), strict=True))
                for part, counts in self.lengths.items()
            },
            "coverage": {
                one.file: dict(zip(("asked", "sentences"), self.covered(one), strict=True)) for one in self.documents
            },
            "diversity": round(self.diversity, 3),
        }


def gather(examples: Walkable[Example], documents: Iterable[Document]) -> Contents:
    """Look at every row."""
    found = Contents(list(islice((document for document in documents if document.passages), FILES)))
    files = {document.file for document in found.documents}
    every = max(1, len(examples) // _SAMPLES)
    for place, one in enumerate(examples):
        found.kinds[one.kind] += 1
        if one.source and one.source.sentences and one.source.file in files:
            found.asked[one.source.file, one.source.sentences[-1]] += 1
        parts = (len(one.question), sum(map(len, one.reasoning_steps)), len(one.answer))
        for counts, length in zip(found.lengths.values(), parts, strict=True):
            counts[length] += 1
        if place % every == 0 and len(found.samples) < _SAMPLES:
            found.samples.append(one)
    found.diversity = diversity(islice(examples, _VARIED))
    return found


def diversity(examples: Iterable[Example]) -> float:
    """Share of content morphemes that are different, in the questions as a whole (type-token ratio)."""
    told = [morpheme for one in examples for morpheme in content_morphemes(one.question)]
    return len(set(told)) / len(told) if told else 0.0


def spread(counts: Counter[int]) -> tuple[int, int, int]:
    """Least, middle and greatest of counted values."""
    ordered = sorted(counts) or [0]
    middle, seen = ordered[0], 0
    for value in ordered:
        seen += counts[value]
        middle = value
        if seen > counts.total() // 2:
            break
    return ordered[0], middle, ordered[-1]
