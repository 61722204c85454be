"""Rows in the passage's own words: for sentences that no draft of the teacher covered, and for whole sections.

A sentence in 한다체 is said in 합니다체; what is cited is the sentence as it stands.
They need no request and invent nothing. A section asked for as a whole ("…의 상호작용은 무엇입니까?")
is what people ask first, and ties the facts of one subject together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import groupby

from phi4.dataset.gates import check
from phi4.dataset.plan import DIFFICULTY, Request, request_about
from phi4.dataset.topic import topic
from phi4.dataset.wellformed import form_fault
from phi4.dataset.wordings import wordings
from phi4.korean import is_inflected, topic_particle
from phi4.korean.polite import politely
from phi4.records import Draft, Passage, Step

WRITER = "verbatim"  # stands where other rows name their teacher
SECTION = "B"  # how hard a section as a whole is; the plan asks for none
MAX_SECTION = 300  # characters: steps and answer both say them, and a row is 512 tokens at most
_SECTION_FORM = ("korean", "register", "repetition")  # its question is a pattern of ours, and a request at times
_NAME = re.compile(r"[가-힣]+(?: [가-힣]+){0,3}")


def sentence_rows(passage: Passage, number: int) -> Iterator[Draft]:
    """Questions by rule that a sentence answers as it stands, those that pass the gates."""
    worded = wordings(sentence_draft(request_about(passage, number)), passage)
    return (draft for draft in worded if check(draft, passage) is None)


def section_rows(passage: Passage) -> Iterator[Draft]:
    """Questions about whole sections whose text is fit to be an answer."""
    return (draft for draft in section_drafts(passage) if form_fault(draft, _SECTION_FORM) is None)


def sentence_draft(request: Request) -> Draft:
    """The sentence itself as the answer; ``wordings`` finds the questions for it."""
    passage = request.passage
    return _draft(request.id, "", request.kind, passage, request.cites, politely(passage.sentence(request.focus)))


def section_drafts(passage: Passage) -> list[Draft]:
    """Every section of two or more sentences, asked for by its heading in two ways.

    None where the passage has no subject to name, or the heading is more than a name (``제3조(휴가)``).
    """
    subject = topic(passage)
    drafts: list[Draft] = []
    for heading, group in groupby(passage.numbers, key=lambda number: passage.headings[number - passage.first]):
        numbers = tuple(group)
        told = " ".join(politely(passage.sentence(number)) for number in numbers)
        if not subject or len(numbers) < 2 or len(told) > MAX_SECTION or not _is_name(heading):
            continue
        owned = f"{subject}의 {heading}"
        asked = (f"{owned}{topic_particle(heading)} 무엇입니까?", f"{owned}에 대해 설명해 주세요.")
        for question in asked:
            key = f"{passage.file}\0{passage.sha256}\0{numbers}\0{question}"
            name = hashlib.sha256(key.encode()).hexdigest()[:16]
            drafts.append(_draft(name, question, "explain", passage, numbers, told))
    return drafts


def _is_name(heading: str) -> bool:
    return bool(_NAME.fullmatch(heading)) and not is_inflected(heading.split()[-1])


def _draft(name: str, question: str, kind: str, passage: Passage, cites: tuple[int, ...], answer: str) -> Draft:
    return Draft(
        id=name,
        question=question,
        steps=tuple(Step(cite=number, step=politely(passage.sentence(number))) for number in cites),
        answer=answer,
        kind=kind,
        difficulty=DIFFICULTY.get(kind, SECTION),
        source=passage.source(*cites),
        teacher=WRITER,
        prompt_version="",
        asked_by="rule",
    )
