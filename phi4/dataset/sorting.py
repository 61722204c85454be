"""Put each draft where it belongs: accepted, with the further wordings of its question, or rejected."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

from phi4.dataset.decontamination import Exam
from phi4.dataset.gates import check
from phi4.dataset.mend import mend_steps
from phi4.dataset.wordings import wordings
from phi4.korean import squeeze
from phi4.records import Draft, Example, Passage, Preference, Rejected, Told


@dataclass
class Dataset:
    """What a run made so far; nothing that ``exam`` asks gets in."""

    exam: Exam = field(default_factory=Exam)
    accepted: list[Example] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)  # mended rows beside what they were
    mended: int = 0  # accepted rows with a step that was replaced by its sentence
    files: dict[str, int] = field(default_factory=dict)  # accepted rows by seed file
    report: dict[str, Any] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def take(self, result: Draft | Rejected, passage: Passage, further: int = 0, room: int = sys.maxsize) -> None:
        """Judge a teacher's draft and up to ``further`` wordings of its question; at most ``room`` rows in all.

        The wordings have their own chance: an answer that is right under a question that is not
        still makes rows. A fault of the answer is told once, not once a wording.
        """
        if isinstance(result, Rejected):
            self.rejected.append(result)
            return
        draft = mend_steps(result, passage)
        fault = self._judge(draft, passage)
        if fault is None and draft.mended:
            self.preferences.append(_preference(draft, result))
        wanted = min(further + 1, room) - (fault is None) if further else 0
        for worded in wordings(draft, passage):
            if wanted <= 0:
                break
            wanted -= self._judge(worded, passage, told=fault) is None

    def _judge(self, draft: Draft, passage: Passage, told: tuple[str, str] | None = None) -> tuple[str, str] | None:
        objection = check(draft, passage)
        key = squeeze(draft.question)
        if objection is None and key in self._seen:
            objection = "duplicate", draft.question
        if objection is None and (asked := self.exam.asks(draft.question)):
            objection = "exam", f"the exam asks: {asked}"
        if objection is None:
            self._seen.add(key)
            self.mended += bool(draft.mended)
            self.accepted.append(_example(draft))
        elif objection != told:
            self.rejected.append(Rejected(reason=objection[0], detail=objection[1], draft=draft))
        return objection


def _preference(better: Draft, worse: Draft) -> Preference:
    chosen, rejected = (
        Told(reasoning_steps=tuple(step.step for step in draft.steps), answer=draft.answer) for draft in (better, worse)
    )
    return Preference(question=better.question, chosen=chosen, rejected=rejected, id=better.id, source=better.source)


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
