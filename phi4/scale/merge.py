"""Put the shards together as one process would have: in order, a question once, every row of it the same.

A unit knows nothing of the questions that units before it asked. Where it asked one of them again, or had
another share of the rows than was left for it, its rounds are walked anew here, with the answers of its
journal: only there do they depend on other documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from typing import Any

from phi4 import errors
from phi4.dataset.cache import AnswerCache
from phi4.dataset.generator import Generator
from phi4.dataset.judge import Judge
from phi4.dataset.meter import Usage
from phi4.dataset.plan import Coverage
from phi4.dataset.rounds import Bounds, Rounds, Work
from phi4.dataset.scratch import Scratch
from phi4.dataset.sorting import Dataset
from phi4.errors import ClusterError
from phi4.jsonl import JsonlWriter
from phi4.records import Document
from phi4.scale.journal import Both, Journal, Known
from phi4.scale.shard import Shard, read_shard, shard_file
from phi4.scale.units import Unit, read_unit
from phi4.scale.worker import Job
from phi4.teachers import TeacherAnswer


class Gathered:
    """The documents of a run, walked first as their shards come and then from one file on this machine.

    Documents as ``build_dataset`` wants them, and the answers about them (``phi4.dataset.cache.Answers``).
    """

    def __init__(self, job: Job, places: Sequence[int], count: int, told: Iterator[dict[str, Any]]) -> None:
        self._job, self._places, self._count, self._told = job, places, count, told
        self._open = ExitStack()
        self._documents = JsonlWriter(job.shards / "documents.jsonl", Document)
        self._open.callback(self._documents.discard)
        self._unit_of = Scratch("CREATE TABLE units (file TEXT PRIMARY KEY, number INT) WITHOUT ROWID")
        self._known = Known(job.known)
        self._answers: Both | None = None
        self._number = -1
        self.deadly: list[str] = []  # files that ended their processes
        self.waiting: tuple[Unit, Shard, dict[str, Any]] | None = None  # the shard whose documents were just walked

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Document]:
        if len(self._documents) == self._count:
            self._shut()
            yield from self._documents
            return
        for told in self._told:
            facts = _checked(told)
            self.deadly += facts["deadly"]
            unit = read_unit(self._job.plan, self._places[facts["number"]])
            shard = read_shard(shard_file(self._job.shards, unit.number))
            self.waiting = unit, shard, facts
            for document in shard.document:
                self._documents.append(document)
                self._unit_of.put("INSERT OR REPLACE INTO units VALUES (?, ?)", [(document.file, unit.number)])
                yield document

    def turn_to(self, file: str) -> None:
        """Open the journal of that file's unit for the answers about it."""
        ((number,),) = self._unit_of.get("SELECT number FROM units WHERE file = ?", file)
        if number == self._number:
            return
        self._shut()
        job, unit = self._job, read_unit(self._job.plan, self._places[number])
        earlier = [job.journals / name for name in unit.earlier]
        self._answers = Both(Journal(job.journals / unit.journal, unit.names, job.run, earlier), self._known)
        self._number = number

    def get(self, key: str) -> TeacherAnswer | None:
        """The answer to a request about the file turned to, or about none, if it is known."""
        return (self._answers or self._home).get(key)

    def put(self, key: str, answer: TeacherAnswer) -> None:
        """Keep an answer to one."""
        (self._answers or self._home).put(key, answer)

    @cached_property
    def _home(self) -> AnswerCache:
        """What is asked at the end of a run, of no unit: in the cache of this machine, when no worker reads it."""
        cache = AnswerCache(self._job.known)
        self._open.callback(cache.close)
        return cache

    def close(self) -> None:
        """Give back the files."""
        self._shut()
        self._open.close()

    def _shut(self) -> None:
        if self._answers:
            self._answers.close()
        self._answers, self._number = None, -1


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    """What a worker gave back. Raises the error that it met."""
    if "error" in told:
        name, message, hint = told["error"]
        kind = getattr(errors, name, ClusterError)
        raise kind(message, hint)
    return told


class MergedRounds(Rounds):
    """Takes the rows of a unit from its shard; walks the rounds itself where they may be others."""

    def __init__(
        self, gathered: Gathered, generator: Generator, judge: Judge, dataset: Dataset, bounds: Bounds
    ) -> None:
        super().__init__(generator, judge, dataset, bounds)
        self._gathered = gathered
        self.walked_again = 0

    def finish(self, works: Sequence[Work]) -> None:
        """See ``Rounds.finish``."""
        waiting, self._gathered.waiting = self._gathered.waiting, None
        if waiting:
            self._count(Usage(**waiting[2]["asked"]), waiting[2]["limit"])
        if waiting and self._is_the_same(works, waiting[0], waiting[1]):
            self._adopt(works, waiting[1])
        elif works:
            self.walked_again += bool(waiting)
            self._gathered.turn_to(works[0].document.file)
            super().finish(works)

    def _count(self, asked: Usage, limit: str) -> None:
        meter = self.generator.asker.meter
        meter.add(asked)
        meter.reached = limit or meter.reached
        for _ in range(asked.calls):
            self.generator.asker.heard()

    def _is_the_same(self, works: Sequence[Work], unit: Unit, shard: Shard) -> bool:
        """Whether its rounds, walked here and now, would give the same."""
        if self.bounds.rows:
            left = self.bounds.rows - len(self.dataset.accepted)
            if any(work.share != unit.share for work in works) or left < unit.share * len(works):
                return False
        return not any(self.dataset.asked(row.question) for row in shard.row)

    def _adopt(self, works: Sequence[Work], shard: Shard) -> None:
        self.dataset.adopt(shard.row)
        for rejected in shard.rejected:
            self.dataset.rejected.append(rejected)
        for preference in shard.preference:
            self.dataset.preferences.append(preference)
        self.dataset.mended += shard.counts["mended"]
        self.drafts += shard.counts["drafts"]
        self.revised += shard.counts["revised"]
        self.judge.malformed += shard.counts["malformed"]
        for work in works:
            coverage, why = shard.works[work.document.file]
            work.coverage, work.reasons = Coverage.from_json(coverage), set(why)
