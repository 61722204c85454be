"""No question of the exam in the training rows, in its words or nearly so.

The Phi-4 Technical Report (B.1) compares word n-grams. Korean puts particles and endings on its
words and moves its phrases freely, so what is compared here is which content morphemes two
questions share, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable

from phi4.korean import content_morphemes, squeeze

NEAR = 0.7  # Jaccard of content morphemes from which two questions are one; calibrated in docs/log.md


class Exam:
    """The questions that must not be trained on."""

    def __init__(self, questions: Iterable[str] = ()) -> None:
        told = list(questions)
        self._exact = frozenset(squeeze(question) for question in told)
        self._content = [(content_morphemes(question), question) for question in told]

    def asks(self, question: str) -> str | None:
        """The exam question that ``question`` repeats, word for word or in other order; else None."""
        if squeeze(question) in self._exact:
            return question
        content = content_morphemes(question)
        for known, asked in self._content:
            if len(content & known) >= NEAR * len(content | known) > 0:
                return asked
        return None
