"""What one machine does: read a unit's seeds, ask about them in rounds, write down what passed the gates.

The rounds and gates are those of one process (``phi4.dataset.rounds``), unchanged.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from phi4 import seeds
from phi4.dataset import Bounds, Ceiling, Generator
from phi4.dataset.asking import Asker
from phi4.dataset.decontamination import Exam
from phi4.dataset.judge import Judge
from phi4.dataset.meter import Prices
from phi4.dataset.rounds import Rounds, Work
from phi4.dataset.sorting import Dataset
from phi4.errors import ClusterError, PHi4Error
from phi4.paths import Workspace
from phi4.program import program
from phi4.records import Document, Seed
from phi4.scale.journal import Both, Journal, Known
from phi4.scale.shard import OPEN, Shard, identity_of, is_whole, shard_file, write_shard
from phi4.scale.till import Allowance, TillCall
from phi4.scale.units import Unit, read_unit
from phi4.seeds.read import Refused
from phi4.teachers import Sampling, Teacher

DEATHS = 3  # of the process that works on a unit, from which on its documents are tried one by one
CULPRIT = 2  # times that a document tried alone ended its process: it is set aside
TOGETHER = 3  # times that documents of which none is set aside ended it all together: they are too much for the machine
ENDED = "it ended the process that worked on it"
MACHINE = (PHi4Error, OSError, ImportError, MemoryError, sqlite3.Error)
NO_THREAD = "can't start new thread"  # a RuntimeError to Python: the system gives no more of them


@dataclass(frozen=True)
class Job:
    """Everything that the rows of a run follow from, and how to open its teacher; sent to every machine."""

    workspace: Workspace
    place: Path | seeds.Store
    open_teacher: Callable[[], Teacher]
    bounds: Bounds
    sampling: Sampling
    votes: int
    exam: tuple[str, ...]
    prices: Prices
    ceiling: Ceiling
    run: str

    @property
    def journals(self) -> Path:
        return self.workspace.synthetic / "cache"

    @property
    def shards(self) -> Path:
        return self.workspace.synthetic / "shards"

    @property
    def plan(self) -> Path:
        return self.shards / "units.plan"

    @property
    def known(self) -> Path:
        return self.workspace.synthetic / "cache.sqlite"


class Worker:
    """One process on one machine, with a teacher's client of its own; Ray calls it with the places of units."""

    def __init__(self, job: Job, code: str, till: TillCall | None = None) -> None:
        self.job = job
        self.fault: PHi4Error | None = None
        try:
            if code != program():
                raise ClusterError(
                    f"another version of phi4 is installed on the machine of a worker ({Path(__file__).parent})",
                    "install the same one on every machine",
                )
            self.teacher = job.open_teacher()
        except PHi4Error as error:
            self.fault = error
            return
        self._exam, self._known = Exam(job.exam), Known(job.known)
        self._meter = Allowance(job.prices, job.ceiling, till)
        self._asker: Asker | None = None  # one for all units: it has threads, and knows what the teacher bears

    def __call__(self, batch: dict[str, Sequence[int]]) -> dict[str, list[str]]:
        """See ``work``; an error travels as text, since Ray would wrap it in pages of its own."""
        return {"told": [json.dumps(self._told(int(place))) for place in batch["place"]]}

    def _told(self, place: int) -> dict[str, Any]:
        try:
            if self.fault:
                raise self.fault
            return self.work(read_unit(self.job.plan, place))
        except PHi4Error as error:
            return {"error": [type(error).__name__, error.message, error.hint]}
        except Exception as error:
            if not _of_the_machine(error):
                raise
            what = ": ".join(word for word in (type(error).__name__, str(error)) if word)
            told = f"a worker on '{socket.gethostname()}' cannot go on: {what}"
            return {
                "error": ["ClusterError", told, "mend that machine, then run the same command: nothing done is lost"]
            }

    def work(self, unit: Unit) -> dict[str, Any]:
        """Make the shard of a unit, unless it is there; gives back what the teacher was asked in this run, the limit
        that kept it from being asked more, and the files that ended their processes. Raises ``ClusterError``."""
        found = [seeds.read_named(self.job.place, os.fsencode(name)) for name in unit.names]
        made_of = [one.sha256 if isinstance(one, Seed) else one.reason for one in found]
        job = self.job
        teacher = self.teacher.name, self.teacher.identity
        identity = identity_of(
            (unit.names, made_of, unit.share, job.bounds, job.sampling, job.votes, job.exam, *teacher)
        )
        path, limit, deadly = shard_file(job.shards, unit.number), "", list[str]()
        earlier = [job.journals / name for name in unit.earlier]
        journal = Journal(job.journals / unit.journal, unit.names, job.run, earlier)
        try:
            if not is_whole(path, identity):
                shard = self._make(unit, found, journal)
                limit = self._meter.spent()
                failed = any(rejected.reason == "teacher" for rejected in shard.rejected)
                deadly = [one.file for one in shard.document if one.refused.startswith(ENDED)]
                write_shard(path, OPEN if limit or failed or deadly else identity, shard)
            return {"number": unit.number, "asked": asdict(journal.asked), "limit": limit, "deadly": deadly}
        finally:
            journal.close()

    def _make(self, unit: Unit, found: Sequence[Seed | Refused], journal: Journal) -> Shard:
        """The rows of a unit; what ends the process or the rounds is found out and set aside by name."""
        apart = journal.begin("unit") >= DEATHS
        try:
            if not apart:
                return self._ask([seeds.cut(one) for one in found], unit, journal)
        except Exception as error:  # a document that our own code cannot bear: it is found below, the others go on
            if _of_the_machine(error) and not isinstance(error, MemoryError):
                raise
        finally:
            if not apart:
                journal.end("unit")
        shard = self._together([self._tried(one, unit, journal) for one in found], unit, journal)
        journal.end("unit")
        return shard

    def _together(self, documents: Sequence[Document], unit: Unit, journal: Journal) -> Shard:
        """The rows of documents that were tried one by one. Raises ``ClusterError`` where they end the process
        nevertheless: Ray would begin again for ever."""
        deaths = journal.begin("together")
        try:
            if deaths >= TOGETHER:
                raise ClusterError(
                    f"the files '{documents[0].file}' to '{documents[-1].file}' ended the process that worked on all "
                    f"of them {deaths} times, and each of them alone does not",
                    "give each worker more memory, as with fewer on a machine (ray start --num-cpus N), "
                    "then run the same command: nothing done is lost",
                )
            return self._ask(documents, unit, journal)
        finally:
            journal.end("together")

    def _tried(self, found: Seed | Refused, unit: Unit, journal: Journal) -> Document:
        """A document that was taken through its rounds alone, or why that cannot be done."""
        mark = f"{found.file} {program()[:16]}"  # another version of the program may bear it
        deaths = journal.begin(mark)
        try:
            if deaths >= CULPRIT:
                return _set_aside(found, f"{ENDED}, {deaths} times; the same command tries it again")
            document = seeds.cut(found)
            self._ask([document], unit, journal)
        except MemoryError as error:
            raise ClusterError(
                f"a worker on '{socket.gethostname()}' has no memory left for '{found.file}' alone",
                "give each worker more, or take the file out of the seeds, then run the same command: "
                "nothing done is lost",
            ) from error
        except Exception as error:
            if _of_the_machine(error):
                raise
            return _set_aside(found, f"it cannot be worked on: {type(error).__name__}: {error}")
        finally:
            if deaths < CULPRIT:
                journal.end(mark)
        return document

    def _ask(self, documents: Sequence[Document], unit: Unit, journal: Journal) -> Shard:
        job, rows = self.job, Shard(document=list(documents))
        answers = Both(journal, self._known)
        self._asker = asker = self._asker or Asker(self.teacher, answers, self._meter)
        asker.cache = answers
        dataset = Dataset(self._exam, rows.row, rows.rejected, rows.preference)
        bounds = replace(job.bounds, rows=unit.share * len(documents)) if job.bounds.rows else job.bounds
        rounds = Rounds(Generator(asker, job.sampling), Judge(asker, job.sampling, job.votes), dataset, bounds)
        works = [Work(one, unit.share) for one in documents if not one.refused]
        rounds.finish(works)
        rows.works = {work.document.file: (work.coverage.to_json(), sorted(work.reasons)) for work in works}
        rows.counts = {
            "drafts": rounds.drafts,
            "revised": rounds.revised,
            "malformed": rounds.judge.malformed,
            "mended": dataset.mended,
        }
        return rows


def _of_the_machine(error: Exception) -> bool:
    """Whether the machine or the run is at fault, and no document to blame."""
    return isinstance(error, MACHINE) or (isinstance(error, RuntimeError) and NO_THREAD in str(error))


def _set_aside(found: Seed | Refused, why: str) -> Document:
    return Document(file=found.file, refused=why)
