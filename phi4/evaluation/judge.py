"""A judge for long answers: a teacher that sees the passage, the gold and the answer, and votes.

Positions move a judge (Zheng et al., Judging LLM-as-a-Judge, 2023, 3.3), so gold and answer change
places from vote to vote, and an odd number of votes decides. A vote out of form is asked for again with
another seed, counted, and never read as a verdict.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from phi4 import prompts
from phi4.errors import TeacherFailed, UsageError
from phi4.records import Message
from phi4.teachers import Sampling, Teacher

VOTES, TRIES = 3, 3
TEMPERATURE, MAX_TOKENS = 0.3, 256


class Vote(BaseModel):
    """What the judge writes."""

    model_config = ConfigDict(extra="forbid")
    reason: str
    verdict: Literal["맞음", "틀림"]


@dataclass
class Tally:
    """What was asked of the judge, and what it answered."""

    judged: int = 0
    undecided: int = 0
    votes: int = 0
    out_of_form: int = 0

    def as_data(self) -> dict[str, int]:
        """For the report."""
        return dict(vars(self))


@dataclass
class Judge:
    """Grades one answer at a time. Raises ``UsageError`` for an even number of votes."""

    teacher: Teacher
    votes: int = VOTES
    context: int = 0  # of the teacher's window, in tokens; 0: its own
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        if self.votes % 2 == 0:
            raise UsageError(f"a judge with {self.votes} votes can be split", "use an odd number")

    def is_right(self, passage: str, question: str, gold: str, answer: str) -> bool | None:
        """The majority's verdict; None where so many votes stayed out of form that none has it.

        Raises ``TeacherUnavailable`` when the judge cannot be reached.
        """
        self.tally.judged += 1
        needed = self.votes // 2 + 1
        cast = {True: 0, False: 0}
        for number in range(self.votes):
            vote = self._vote(_request(passage, question, gold, answer, swapped=number % 2 == 1), number)
            if vote is not None:
                cast[vote] += 1
            if max(cast.values()) >= needed:
                return cast[True] >= needed
        self.tally.undecided += 1
        return None

    def _vote(self, request: list[Message], number: int) -> bool | None:
        for attempt in range(TRIES):
            self.tally.votes += 1
            sampling = Sampling(TEMPERATURE, MAX_TOKENS, number * TRIES + attempt, self.context)
            try:
                told = self.teacher.ask(request, Vote.model_json_schema(), sampling).text
                return Vote.model_validate(json.loads(told)).verdict == "맞음"
            except (ValueError, ValidationError, TeacherFailed):
                self.tally.out_of_form += 1
        return None


def _request(passage: str, question: str, gold: str, answer: str, swapped: bool) -> list[Message]:
    parts = [f"기준 답안: {gold}", f"채점 대상 답안: {answer or '(빈 답안)'}"]
    first, second = reversed(parts) if swapped else parts
    words: dict[str, Any] = {"passage": passage, "question": question, "first": first, "second": second}
    return [
        Message(role="system", content=prompts.text("judge.system.txt")),
        Message(role="user", content=prompts.text("judge.request.txt").format(**words)),
    ]
