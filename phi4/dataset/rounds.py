"""Make the rows of a few files: round by round, each ask → mend → gates → judge → revise → settle.

A round asks every sentence that has no row yet; the next one asks the rest differently: in another kind,
from a chain of sentences, warmer, and told what was asked already. All requests of a round are known when
it begins, so they can be under way at once and the rows do not depend on which answer comes first.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from phi4.dataset.crew import Posed
from phi4.dataset.generator import Generator
from phi4.dataset.judge import Judge
from phi4.dataset.plan import Coverage, Request, next_round
from phi4.dataset.revise import NOT_MENDABLE, OF_THE_QUESTION, revised
from phi4.dataset.sorting import Dataset, Sifted, sift
from phi4.dataset.verbatim import section_rows, sentence_rows
from phi4.korean import read_ahead, squeeze
from phi4.records import Document, Draft, Passage, Rejected


@dataclass(frozen=True)
class Bounds:
    """How much to ask for; 0 in ``rows`` and ``per_seed``: what every sentence needs to have a row."""

    rows: int = 0  # accepted, in all
    per_seed: int = 0  # drafts a file
    wordings: int = 0  # further questions an answer
    revisions: int = 0  # of a draft that failed


@dataclass
class Work:
    """One file on its way. ``share``: the rows that it may have."""

    document: Document
    share: int = sys.maxsize
    coverage: Coverage = field(default_factory=Coverage)
    reasons: set[str] = field(default_factory=set)  # why drafts were rejected

    def requests(self, bounds: Bounds) -> list[Request]:
        """Of its next round; none when it has its rows, or has no more to ask."""
        most = bounds.per_seed - self.coverage.drafts if bounds.per_seed else sys.maxsize
        if bounds.rows:
            most = min(most, math.ceil((self.share - self.coverage.accepted) / (1 + bounds.wordings)))
        eager = bool(bounds.rows or bounds.per_seed)
        return next_round(self.document.passages, self.coverage, most, eager) if most > 0 else []

    def may_give_more(self, bounds: Bounds) -> bool:
        """Whether a greater share would make it ask on."""
        return bool(replace(self, share=sys.maxsize).requests(bounds))


@dataclass
class Attempt:
    """One request of a round and what became of it."""

    work: Work
    request: Request
    posed: Posed
    result: Sifted | Rejected | None = None
    latest: Sifted | None = None  # the last try to put it right
    worse: Draft | None = None  # the answer before it was put right


class Rounds:
    """``revised`` counts the drafts that a critique put right."""

    def __init__(self, generator: Generator, judge: Judge, dataset: Dataset, bounds: Bounds) -> None:
        self.generator, self.judge, self.dataset, self.bounds = generator, judge, dataset, bounds
        self.drafts = self.revised = 0

    def finish(self, works: Sequence[Work]) -> None:
        """Ask in rounds until each file has its rows, or nothing more to ask.

        Raises ``TeacherUnavailable``.
        """
        while attempts := [self._attempt(work, one) for work in works for one in self._requests(work)]:
            self.drafts += len(attempts)
            self._ask(attempts)
            for turn in range(1, self.bounds.revisions + 1):
                self._revise(attempts, turn)
            for attempt in attempts:
                self._settle(attempt)
        for work in works if self.bounds.wordings else ():
            self._quote(work)

    def _requests(self, work: Work) -> list[Request]:
        """Of its next round; none when there are rows enough, whatever its share."""
        return work.requests(self.bounds) if self._room(work) else []

    def _quote(self, work: Work) -> None:
        """Rows in the passage's own words: for the sentences that have none yet, then for whole sections."""
        for passage in work.document.passages:
            for number in passage.numbers:
                if not work.coverage.rows[number] and self._room(work):
                    self._add(work, sentence_rows(passage, number), self.bounds.wordings)
        for passage in work.document.passages:
            self._add(work, section_rows(passage), sys.maxsize)

    def _add(self, work: Work, drafts: Iterable[Draft], most: int) -> None:
        for row in self.dataset.add(drafts, min(most, self._room(work))):
            work.coverage.got(row.source.sentences[-1], row.question)

    def _room(self, work: Work) -> int:
        """How many rows a file may still have."""
        left = (self.bounds.rows or sys.maxsize) - len(self.dataset.accepted)
        return max(0, min(work.share - work.coverage.accepted, left))

    def _attempt(self, work: Work, request: Request) -> Attempt:
        asked = work.coverage.questions.get(request.focus, ()) if request.turn else ()
        return Attempt(work, request, self.generator.posed(request, asked))

    def _ask(self, attempts: Sequence[Attempt]) -> None:
        results = self.generator.drafts([(attempt.request, attempt.posed) for attempt in attempts])
        pairs = zip(attempts, results, strict=True)
        read_ahead(text for a, one in pairs if isinstance(one, Draft) for text in _compared(one, a.request.passage))
        for attempt, result in zip(attempts, results, strict=True):
            attempt.result = sift(result, attempt.request.passage) if isinstance(result, Draft) else result
        self.judge.weigh([a.result for a in attempts if isinstance(a.result, Sifted)], self.bounds.wordings)

    def _revise(self, attempts: Sequence[Attempt], turn: int) -> None:
        """Ask for what gave no row once more, with its fault; a draft that is no better leaves the first one."""
        again: list[tuple[Attempt, Sifted, Attempt]] = []
        for attempt in attempts:
            if failed := self._mendable(attempt):
                posed = revised(attempt.posed, failed.came, failed.objections[0], self.generator.sampling, turn)
                again.append((attempt, failed, Attempt(attempt.work, attempt.request, posed)))
        self._ask([new for _, _, new in again])
        for attempt, failed, new in again:
            if isinstance(new.result, Rejected):
                self.dataset.rejected.append(new.result.model_copy(update={"stage": "try"}))
            elif new.result is not None:
                self._compare(attempt, failed, new.result)

    def _compare(self, attempt: Attempt, failed: Sifted, tried: Sifted) -> None:
        """Put a try that gives rows in the place of the first draft; the one that does not stand is written down."""
        attempt.latest = tried
        if not tried.may_make_rows(self.bounds.wordings):
            self.dataset.set_down(tried)
            return
        assert isinstance(attempt.result, Sifted), "only a draft is sent back"
        self.dataset.set_down(attempt.result)
        attempt.worse = None if failed.objections[0][0] in OF_THE_QUESTION else failed.draft
        attempt.result = tried
        self.revised += 1

    def _mendable(self, attempt: Attempt) -> Sifted | None:
        """The draft as it stands, when it gives no row and a critique might help it."""
        if not isinstance(attempt.result, Sifted) or attempt.result.may_make_rows(self.bounds.wordings):
            return None
        draft = attempt.latest or attempt.result
        return None if draft.objections[0][0] in NOT_MENDABLE else draft

    def _settle(self, attempt: Attempt) -> None:
        work, result = attempt.work, attempt.result
        work.coverage.asked(attempt.request)
        room = self._room(work)
        if result is None:
            return
        if isinstance(result, Rejected):
            self.dataset.rejected.append(result)
            work.reasons.add(result.reason)
            return
        if not room:
            self.dataset.turn_away(result)
            return
        focus = attempt.request.focus
        asked = [one for number in attempt.request.passage.numbers for one in work.coverage.questions.get(number, ())]
        rows = self.dataset.settle(result, self.bounds.wordings, room, asked)
        work.reasons.update(reason for reason, _ in result.objections)
        if rows and attempt.worse and squeeze(result.draft.question) == squeeze(attempt.worse.question):
            self.dataset.pair(rows[0], attempt.worse)  # under another question the first answer may be the right one
        for row in rows:
            work.coverage.got(focus, row.question)


def _compared(draft: Draft, passage: Passage) -> Iterator[str]:
    """The texts that the gates compare."""
    yield from (draft.question, draft.answer, *(step.step for step in draft.steps), *passage.sentences)
