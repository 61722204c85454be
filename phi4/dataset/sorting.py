"""Put each draft where it belongs: accepted, with the further wordings of its question, or rejected."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from phi4.dataset.decisions import preference
from phi4.dataset.decontamination import Exam
from phi4.dataset.gates import check
from phi4.dataset.mend import mend_steps
from phi4.dataset.questions import Questions, near
from phi4.dataset.wordings import wordings
from phi4.records import Draft, Example, Passage, Preference, Rejected, Walkable

Fault = tuple[str, str]  # the gate that objects, and what it saw
R = TypeVar("R")


class Rows(Walkable[R], Protocol[R]):
    """Where records go: a list, or a file that is written as they come (``phi4.jsonl.JsonlWriter``)."""

    def append(self, record: R, /) -> None: ...


@dataclass
class Sifted:
    """A draft after mending and the gates of rule. ``fault`` is one of the draft, ``unsupported`` one of its answer."""

    came: Draft
    draft: Draft
    passage: Passage
    fault: Fault | None
    unsupported: Fault | None = None

    @property
    def objections(self) -> list[Fault]:
        """What is wrong with it, the weightiest first."""
        return [fault for fault in (self.unsupported, self.fault) if fault]

    def may_make_rows(self, further: int) -> bool:
        """Whether the draft, or its answer under another question, passed."""
        if self.unsupported:
            return False
        return self.fault is None or (bool(further) and any(True for _, fault in self.worded() if fault is None))

    def worded(self) -> Iterator[tuple[Draft, Fault | None]]:
        """The answer under further questions, each with what is wrong with it."""
        for draft in wordings(self.draft, self.passage):
            yield draft, check(draft, self.passage)


def sift(draft: Draft, passage: Passage) -> Sifted:
    """Mend and check one draft."""
    mended = mend_steps(draft, passage)
    return Sifted(draft, mended, passage, check(mended, passage))


@dataclass
class Dataset:
    """What a run made so far; nothing that ``exam`` asks gets in."""

    exam: Exam = field(default_factory=Exam)
    accepted: Rows[Example] = field(default_factory=list)
    rejected: Rows[Rejected] = field(default_factory=list)
    preferences: Rows[Preference] = field(default_factory=list)  # rows put right beside what they were
    mended: int = 0  # accepted rows with a step that was replaced by its sentence
    _seen: Questions = field(default_factory=Questions)

    def take(
        self, result: Draft | Rejected, passage: Passage, further: int = 0, room: int = sys.maxsize
    ) -> list[Draft]:
        """Judge a teacher's draft and up to ``further`` wordings of its question; at most ``room`` rows in all."""
        if isinstance(result, Rejected):
            self.rejected.append(result)
            return []
        return self.settle(sift(result, passage), further, room)

    def settle(
        self, sifted: Sifted, further: int = 0, room: int = sys.maxsize, asked: Iterable[str] = ()
    ) -> list[Draft]:
        """Write down a judged draft and its wordings; gives back what became rows.

        The wordings have their own chance: an answer that is right under a question that is not
        still makes rows. A fault of the answer is told once, not once a wording. A question of the
        teacher that is near one of those ``asked`` is none.
        """
        fault = next(iter(sifted.objections), None)
        if fault is None and (twin := near(sifted.draft.question, asked)):
            fault = "duplicate", f"near: {twin}"
        rows = self._judge(sifted.draft, fault)
        if rows and sifted.draft.mended:
            self.pair(sifted.draft, sifted.came)
        wanted = min(further + 1, room) if further and not sifted.unsupported else 0
        worded = sifted.worded() if wanted else iter(())
        while len(rows) < wanted and (found := next(worded, None)):
            rows += self._judge(*found, told=fault)
        return rows

    def set_down(self, sifted: Sifted) -> None:
        """Write down a try that another one took the place of, or that was no better."""
        reason, detail = sifted.objections[0]
        self.rejected.append(Rejected(reason=reason, detail=detail, draft=sifted.draft, stage="try"))

    def turn_away(self, sifted: Sifted) -> None:
        """Write down a draft for which there is no room."""
        if sifted.objections:
            reason, detail = sifted.objections[0]
            self.rejected.append(Rejected(reason=reason, detail=detail, draft=sifted.draft))
        else:
            told = "it passed, and there were rows enough"
            self.rejected.append(Rejected(reason="surplus", detail=told, draft=sifted.draft, stage="surplus"))

    def add(self, drafts: Iterable[Draft], room: int) -> list[Draft]:
        """Accept up to ``room`` drafts that need no judge; one that is asked already is left out, and no fault."""
        rows: list[Draft] = []
        for draft in drafts:
            if len(rows) >= room:
                break
            if draft.question not in self._seen and self.exam.asks(draft.question) is None:
                rows += self._accept(draft)
        return rows

    def asked(self, question: str) -> bool:
        """Whether a row has that question."""
        return question in self._seen

    def adopt(self, rows: Iterable[Example]) -> None:
        """Accept rows that another ``Dataset`` accepted, and of which none was ``asked`` here."""
        for row in rows:
            self._seen.add(row.question)
            self.accepted.append(row)

    def pair(self, better: Draft, worse: Draft) -> None:
        """Keep two answers to a question for preference training, when they differ."""
        for pair in preference(_example(better), _example(worse)):
            self.preferences.append(pair)

    def _judge(self, draft: Draft, objection: Fault | None, told: Fault | None = None) -> list[Draft]:
        if objection is None and draft.question in self._seen:
            objection = "duplicate", draft.question
        if objection is None and (asked := self.exam.asks(draft.question)):
            objection = "exam", f"the exam asks: {asked}"
        if objection is None:
            return self._accept(draft)
        if objection != told:
            self.rejected.append(Rejected(reason=objection[0], detail=objection[1], draft=draft))
        return []

    def _accept(self, draft: Draft) -> list[Draft]:
        self._seen.add(draft.question)
        self.mended += bool(draft.mended)
        self.accepted.append(_example(draft))
        return [draft]


def _example(draft: Draft) -> Example:
    return Example(
        question=draft.question,
        reasoning_steps=tuple(step.step for step in draft.steps),
        answer=draft.answer,
        id=draft.id,
        source=draft.source,
        kind=draft.kind,
        difficulty=draft.difficulty,
        teacher=draft.teacher,
        prompt_version=draft.prompt_version,
        asked_by=draft.asked_by,
    )
