"""What a draft claims, and the sentence that each claim has to agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from phi4.dataset.topic import topic
from phi4.korean import content_morphemes, split_sentences, squeeze
from phi4.korean.polite import politely
from phi4.korean.words import Morpheme, compounds, morphemes
from phi4.records import Draft, Passage

Gate = Callable[[Draft, Passage], str | None]


class Claim(NamedTuple):
    """A text, the sentence that it rests on, and the passage that both are read in.

    ``given`` is what the reader was told before (the question, for an answer), ``context`` all that
    the claim may take its words from.
    """

    where: str
    told: str
    source: str
    passage: Passage
    given: str = ""
    context: str = ""

    def read(self, text: str) -> tuple[Morpheme, ...]:
        """The morphemes of a text; a compound and the name that the passage is about are one noun each."""
        return compounds(morphemes(text, topic(self.passage)))


Comparison = Callable[[Claim], str | None]


@lru_cache(maxsize=64)
def claims(draft: Draft, passage: Passage) -> tuple[Claim, ...]:
    """The sentences of the answer, each beside the cited sentence it is nearest to, and the steps beside theirs.

    What is said word for word agrees and is left out.
    """
    return tuple(_claims(draft, passage))


def _claims(draft: Draft, passage: Passage) -> Iterator[Claim]:
    cited = [number for number in dict.fromkeys(draft.source.sentences[::-1]) if number in passage.numbers]
    context = "\n".join((passage.sentences[0], *(passage.sentence(number) for number in cited)))
    told = split_sentences(draft.answer)
    for sentence in told:
        number = cited[0] if len(told) == 1 else nearest(sentence, passage, cited)
        source = passage.sentence(number)
        if not _is_said(sentence, source):
            yield Claim("answer", sentence, source, passage, draft.question, context)
    for step in draft.steps:
        if step.cite in passage.numbers and not _is_said(step.step, passage.sentence(step.cite)):
            yield step_claim(step.step, step.cite, passage)


def step_claim(step: str, cite: int, passage: Passage) -> Claim:
    """A step beside the sentence that it cites."""
    source = passage.sentence(cite)
    return Claim("step", step, source, passage, context=f"{passage.sentences[0]}\n{source}")


def gate_of(compare: Comparison) -> Gate:
    """The gate that makes a comparison for every claim of a draft."""

    def gate(draft: Draft, passage: Passage) -> str | None:
        for claim in claims(draft, passage):
            if detail := compare(claim):
                return f"{claim.where}: {detail}"
        return None

    return gate


def nearest(text: str, passage: Passage, numbers: list[int]) -> int:
    """The number of the sentence that shares most content with ``text`` (Jaccard of morphemes), the first of equals."""
    return max(numbers, key=lambda number: likeness(text, passage, number))


def likeness(text: str, passage: Passage, number: int) -> float:
    """Jaccard of the content morphemes of a text and of a sentence."""
    told, held = content_morphemes(text), content_morphemes(passage.sentence(number))
    return len(told & held) / len(told | held) if told | held else 0.0


def _is_said(text: str, sentence: str) -> bool:
    """Whether a text is a sentence word for word, or that one in 합니다체 as the program itself would say it."""
    return text == sentence or squeeze(text) in (squeeze(sentence), squeeze(politely(sentence)))
