"""The gates that ask a model, after those of rule: each sees the passage and answers one narrow question.

- support: is all of it in the passage? An odd number of votes, which end as soon as they are decided.
- alone: does a person who has read nothing else understand the question? Votes as well.
- blind: asked the question with the passage and without our answer, does the teacher answer the same?
  And does it find no answer to a question that is to be refused?

A judge that does not see the source, or that writes the row anew, is worth nothing: the first cannot
know, the second puts its own words in (docs/decisions/0008). Requests of one gate about one passage
follow one another, so that the engine reads the passage once a gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from phi4 import prompts
from phi4.dataset.agreement import agree, declines
from phi4.dataset.asking import Asker, warmer
from phi4.dataset.crew import Posed
from phi4.dataset.generator import compact, passage_lines
from phi4.dataset.schemas import BlindAnswer, Vote, blind_schema, parse, vote_schema
from phi4.dataset.sorting import Fault, Sifted
from phi4.records import Message, Passage
from phi4.teachers import Sampling, TeacherAnswer

PROMPT_FAMILY = "judge"
Gate = Literal["support", "alone", "blind"]


@dataclass(frozen=True)
class Unheard:
    """A judge that failed or was not asked: no verdict, for or against."""

    why: str

    @property
    def fault(self) -> Fault:
        """What keeps the row out until it is judged: a run with such a fault is not finished."""
        return "teacher", self.why


class Judge:
    """Asks for votes. ``malformed`` counts the ones out of format: each is asked for once again, then is no yes."""

    def __init__(self, asker: Asker, sampling: Sampling, votes: int) -> None:
        self.asker, self.sampling, self.votes = asker, sampling, votes
        self.malformed = 0
        self.prompt_version = prompts.version(PROMPT_FAMILY)

    def weigh(self, sifted: Sequence[Sifted], further: int) -> None:
        """Find faults that no rule sees, in what passed the rules; with 0 votes none is looked for."""
        if not self.votes:
            return
        ready = [one for one in sifted if one.may_make_rows(further)]
        for one, fault in zip(ready, self._vote("support", ready), strict=True):
            one.unsupported = fault
        own = [one for one in ready if one.fault is None and one.unsupported is None]
        for one, fault in zip(own, self._vote("alone", own), strict=True):
            one.fault = fault
        own = [one for one in own if one.fault is None]
        for one, fault in zip(own, self._blind(own), strict=True):
            one.fault = fault

    def unanswered(self, asked: Sequence[tuple[str, Passage]]) -> list[Fault | None]:
        """None for each question to which the teacher finds no answer in its passage; else what it said."""
        posed = [_posed("blind", passage, question, {}, "", self.sampling) for question, passage in asked]
        faults: list[Fault | None] = []
        for told in self._read(self._outcomes(posed), BlindAnswer):
            if isinstance(told, Unheard):
                faults.append(told.fault)
            elif isinstance(told, str):
                faults.append(("teacher", told))
            else:
                faults.append(None if declines(told.answer) else ("answerable", told.answer))
        return faults

    def _vote(self, gate: Gate, ready: Sequence[Sifted]) -> list[Fault | None]:
        yes, no, why, unheard = Counter[int](), Counter[int](), dict[int, str](), dict[int, Unheard]()
        needed = self.votes // 2 + 1
        for number in range(self.votes):
            left = [i for i in range(len(ready)) if max(yes[i], no[i]) < needed and i not in unheard]
            for index, vote in zip(left, self._ballot(gate, [ready[i] for i in left], number), strict=True):
                if isinstance(vote, Vote) and vote.verdict == "예":
                    yes[index] += 1
                elif isinstance(vote, Unheard):
                    unheard[index] = vote
                else:
                    no[index] += 1
                    why[index] = vote.reason if isinstance(vote, Vote) else vote
        outvoted = {index: (f"vote_{gate}", why[index]) for index in no if no[index] >= needed}
        undecided = {index: one.fault for index, one in unheard.items()}
        return [outvoted.get(index) or undecided.get(index) for index in range(len(ready))]

    def _ballot(self, gate: Gate, ready: Sequence[Sifted], number: int) -> list[Vote | str | Unheard]:
        """One vote on each; a text that is none is asked for once again."""
        votes = self._read(self._outcomes(_all_posed(gate, ready, warmer(self.sampling, number))), Vote)
        spoilt = [index for index, vote in enumerate(votes) if isinstance(vote, str)]
        self.malformed += len(spoilt)
        afresh = warmer(self.sampling, number + self.votes)
        again = self._outcomes(_all_posed(gate, [ready[index] for index in spoilt], afresh))
        for index, vote in zip(spoilt, self._read(again, Vote), strict=True):
            votes[index] = vote
        return votes

    def _blind(self, ready: Sequence[Sifted]) -> list[Fault | None]:
        answers = self._read(self._outcomes(_all_posed("blind", ready, self.sampling)), BlindAnswer)
        faults: list[Fault | None] = []
        for one, told in zip(ready, answers, strict=True):
            if isinstance(told, Unheard):
                faults.append(told.fault)
                continue
            other = told if isinstance(told, str) else told.answer
            agreed = not isinstance(told, str) and agree(one.draft.answer, other, one.draft.question)
            faults.append(None if agreed else ("blind", other))
        return faults

    def _outcomes(self, posed: Sequence[Posed]) -> list[TeacherAnswer | Unheard]:
        outcomes = self.asker.all(posed)
        unasked = f"not asked: {self.asker.meter.spent() or 'the teacher failed'}"
        return [
            outcome if isinstance(outcome, TeacherAnswer) else Unheard(outcome.message if outcome else unasked)
            for outcome in outcomes
        ]

    @staticmethod
    def _read(outcomes: Sequence[TeacherAnswer | Unheard], kind: type[Any]) -> list[Any]:
        return [one if isinstance(one, Unheard) else parse(one.text, kind) for one in outcomes]


def _all_posed(gate: Gate, ready: Sequence[Sifted], sampling: Sampling) -> list[Posed]:
    return [
        _posed(
            gate, one.passage, one.draft.question, {str(step.cite): step.step for step in one.draft.steps},
            one.draft.answer, sampling,
        )
        for one in ready
    ]  # fmt: skip


def _posed(
    gate: Gate, passage: Passage, question: str, steps: Mapping[str, str], answer: str, sampling: Sampling
) -> Posed:
    schema: Callable[[Passage], dict[str, Any]] = blind_schema if gate == "blind" else vote_schema
    asked = request_text(gate, passage, question, steps, answer)
    return Posed(
        messages=[*opening(gate), Message(role="user", content=asked)],
        schema=schema(passage),
        sampling=sampling,
        prefix=f"{gate}:{passage.file}:{passage.first}",
    )


def request_text(gate: Gate, passage: Passage, question: str, steps: Mapping[str, str], answer: str) -> str:
    """What a judge is asked; only what its question needs is in it."""
    return prompts.text(f"judge.{gate}.request.txt").format(
        passage=passage_lines(passage.first, passage.sentences),
        question=question,
        steps="\n".join(f"[{number}] {step}" for number, step in steps.items()),
        answer=answer,
    )


def opening(gate: Gate) -> list[Message]:
    """System turn and examples of one gate."""
    data = prompts.data("judge.examples.json")
    sentences = tuple(data["passage"])
    passage = Passage(file="examples", sha256="", first=1, sentences=sentences, headings=("",) * len(sentences))
    turns = [Message(role="system", content=prompts.text(f"judge.{gate}.system.txt"))]
    for example in data[gate]:
        asked = request_text(gate, passage, example["question"], example.get("steps", {}), example.get("answer", ""))
        turns += [
            Message(role="user", content=asked),
            Message(role="assistant", content=compact(example["told"])),
        ]
    return turns
