"""Walk the documents: a few at a time through their rounds, one printed line each, then the counts."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from phi4.dataset.asking import Asker
from phi4.dataset.funnel import funnel
from phi4.dataset.generator import Generator
from phi4.dataset.judge import Judge
from phi4.dataset.plan import Coverage
from phi4.dataset.rounds import Bounds, Rounds, Work
from phi4.dataset.scratch import Scratch
from phi4.dataset.sorting import Dataset
from phi4.progress import Progress
from phi4.records import Document, Walkable
from phi4.teachers import Sampling

LISTED_FILES = 1000  # in the report; more are counted


class Walk:
    """Every document through its rounds, one line a file; ``rows`` are shared out over the files."""

    def __init__(
        self,
        documents: Walkable[Document],
        asker: Asker,
        dataset: Dataset,
        bounds: Bounds,
        sampling: Sampling,
        votes: int,
        rounds: Callable[[Generator, Judge, Dataset, Bounds], Rounds] = Rounds,
    ) -> None:
        self.documents, self.asker, self.dataset, self.bounds = documents, asker, dataset, bounds
        self.rounds = rounds(Generator(asker, sampling), Judge(asker, sampling, votes), dataset, bounds)
        self.files: dict[str, int] = {}
        self.refused: dict[str, str] = {}
        self.good = self.usable = 0
        self._later = _Later()

    def all(self) -> None:
        """Walk the documents, and again those that could give more, while rows are wanting."""
        with Progress("drafts", 0) as bar:
            meter = self.asker.meter
            self.asker.heard = lambda: bar.step(note=f"· {len(self.dataset.accepted)} rows · {meter.told()}")
            place = asked_of = 0
            for block in _blocks(self.documents, self.asker.teacher.at_once):
                works = [Work(one, self._share(place)) for one in block if not one.refused]
                done = bar.done
                if not place:
                    first = sum(len(work.requests(self.bounds)) for work in works)
                    bar.total = _ahead(first, len(block), self.documents, place)
                self.rounds.finish(works)
                bar.clear()
                self._print(block, works, place)
                place += len(block)
                asked_of += len(block) if bar.done > done else 0  # the cache answered for the others
                bar.total = bar.done + _ahead(bar.done or self.rounds.drafts, asked_of or place, self.documents, place)
            while self._missing() and self._again():
                pass

    def more(self, rows: int) -> bool:
        """Walk on for so many rows more; whether there were any."""
        before = len(self.dataset.accepted)
        self.bounds = self.rounds.bounds = replace(self.bounds, rows=self.bounds.rows + rows)
        while self._missing() and self._again():
            pass
        return len(self.dataset.accepted) > before

    def _missing(self) -> int:
        return self.bounds.rows and max(0, self.bounds.rows - len(self.dataset.accepted))

    def _share(self, place: int) -> int:
        """Rows for one of the files from ``place`` on."""
        if not self.bounds.rows:
            return sys.maxsize
        return math.ceil(self._missing() / (len(self.documents) - place))

    def _print(self, block: Sequence[Document], works: Sequence[Work], place: int) -> None:
        by_file = {work.document.file: work for work in works}
        for number, document in enumerate(block, start=place + 1):
            work = by_file.get(document.file)
            line = f"[{number}/{len(self.documents)}] Processing: {document.file.rsplit('/', 1)[-1]}..."
            print(f"{line} {_verdict(work) if work else f'❌ {document.refused}'}", flush=True)
            if work is None:
                if len(self.refused) < LISTED_FILES:
                    self.refused[document.file] = document.refused
                continue
            self.usable += 1
            self.good += bool(work.coverage.accepted)
            self._keep(work)

    def _keep(self, work: Work) -> None:
        file = work.document.file
        if file in self.files or len(self.files) < LISTED_FILES:
            self.files[file] = work.coverage.accepted
        if self.bounds.rows and work.may_give_more(self.bounds):
            self._later.put(file, work.coverage)

    def _again(self) -> bool:
        """Share the missing rows out over the files that could give more; whether that gave any."""
        before, left = len(self.dataset.accepted), len(self._later)
        for document in self.documents if left else ():
            if not self._missing():
                break  # the others stay set aside: the exam may take rows out, and ``more`` is asked for
            if (coverage := self._later.take(document.file)) is None:
                continue
            had = coverage.accepted
            work = Work(document, had + math.ceil(self._missing() / left), coverage)
            left -= 1
            self.rounds.finish([work])
            self.good += not had and bool(coverage.accepted)
            self._keep(work)
        return len(self.dataset.accepted) > before

    def report(self) -> dict[str, Any]:
        """What ``report.json`` holds, but for the time."""
        meter = self.asker.meter
        return {
            **funnel(self.dataset.accepted, self.dataset.rejected),
            "mended": self.dataset.mended,
            "revised": self.rounds.revised,
            "votes_out_of_format": self.rounds.judge.malformed,
            "files": self.files,
            "files_used": self.usable,
            "files_with_rows": self.good,
            "refused": self.refused,
            "teacher": self.asker.teacher.name,
            "prompt_version": self.rounds.generator.prompt_version,
            "judge_version": self.rounds.judge.prompt_version if self.rounds.judge.votes else "",
            "requests": meter.calls,
            "prompt_tokens": meter.prompt_tokens,
            "completion_tokens": meter.completion_tokens,
            "tokens_estimated": meter.estimated,
            "cost": round(meter.cost, 4),
            "stopped_at": meter.spent(),
        }


class _Later:
    """How far the files are that could give more rows; it takes no memory."""

    def __init__(self) -> None:
        self._files = Scratch("CREATE TABLE files (file TEXT PRIMARY KEY, coverage TEXT NOT NULL) WITHOUT ROWID")

    def __len__(self) -> int:
        return int(self._files.get("SELECT count(*) FROM files")[0][0])

    def put(self, file: str, coverage: Coverage) -> None:
        """Set a file aside."""
        self._files.put("INSERT OR REPLACE INTO files VALUES (?, ?)", [(file, coverage.to_json())])

    def take(self, file: str) -> Coverage | None:
        """How far that file is, if it was set aside; it no longer is then."""
        found = self._files.get("SELECT coverage FROM files WHERE file = ?", file)
        self._files.put("DELETE FROM files WHERE file = ?", [(file,)])
        return Coverage.from_json(found[0][0]) if found else None


def _ahead(requests: int, files: int, documents: Walkable[Document], place: int) -> int:
    """How many requests the documents from ``place`` on will take, if they are like the ``files`` before."""
    return round(requests * (len(documents) - place) / files)


def _blocks(documents: Walkable[Document], size: int) -> Iterator[list[Document]]:
    """As many documents at a time as the teacher may be asked about at once."""
    walked = iter(documents)
    while block := list(islice(walked, size)):
        yield block


def _verdict(work: Work) -> str:
    if work.coverage.accepted:
        return "✅ Done"
    if work.reasons:
        return f"❌ no draft passed ({', '.join(sorted(work.reasons))})"
    return "⏭️ not asked, there are rows enough"
