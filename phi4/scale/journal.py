"""The answers about one unit, as lines that are only ever added: what the cache is where many machines write.

SQLite wants locks and shared memory that network disks do not give. A line that is appended needs neither,
and a unit has one writer. Lines that are torn (the machine went away, or one that was given up still writes)
are passed over: their request is asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from phi4.dataset.cache import Answers
from phi4.dataset.meter import Usage
from phi4.dataset.scratch import Scratch
from phi4.errors import WorkspaceError
from phi4.teachers import TeacherAnswer

SYNC_SECONDS = 1.0  # a power cut takes no more; a killed process takes nothing


def journal_file(folder: Path, names: Iterable[str]) -> Path:
    """The journal of the unit of these documents."""
    key = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
    return folder / f"{key[:20]}.jsonl"


class Journal:
    """Answers by the key of their request, as ``AnswerCache``; ``earlier`` journals and ``others`` are only read.

    ``run`` names this run: ``asked`` counts what it got, also through a process that is dead by now.
    """

    def __init__(self, path: Path, names: Sequence[str], run: str, earlier: Iterable[Path] = ()) -> None:
        self.path, self.run = path, run
        self.asked = Usage()
        self._known: dict[str, dict[str, Any]] = {}
        self._begun: Counter[str] = Counter()
        counting = False
        for other in earlier:
            self._known |= {line["key"]: line["answer"] for line in lines_of(other) if "key" in line}
        for line in lines_of(path):
            counting = counting or line.get("run") == run
            self._recall(line, counting)
        with refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._synced = time.monotonic()
        self._write({"documents": list(names), "run": run}, torn=True)

    def _recall(self, line: dict[str, Any], counting: bool) -> None:
        if "key" in line:
            self._known[line["key"]] = line["answer"]
            if counting:
                self.asked.count(TeacherAnswer(**line["answer"]))
        elif not counting:
            pass  # who ended an earlier run, by hand or with the machine, accuses no document
        elif "begun" in line:
            self._begun[line["begun"]] += 1
        elif "ended" in line:
            self._begun[line["ended"]] = 0

    def get(self, key: str) -> TeacherAnswer | None:
        """The stored answer, if there is one."""
        found = self._known.get(key)
        return TeacherAnswer(**found) if found else None

    def put(self, key: str, answer: TeacherAnswer) -> None:
        """Store an answer. Raises ``WorkspaceError`` when the disk refuses."""
        self._known[key] = told = asdict(answer)
        self.asked.count(answer)
        self._write({"key": key, "answer": told})

    def begin(self, what: str) -> int:
        """Note that work on something begins; how often it began before and never ended."""
        before = self._begun[what]
        self._begun[what] += 1
        self._write({"begun": what})
        return before

    def end(self, what: str) -> None:
        """Note that it ended, well or with an error: the process lives."""
        self._begun[what] = 0
        self._write({"ended": what})

    def close(self) -> None:
        """Close the file."""
        with refusals(self.path):
            os.fsync(self._file)
            os.close(self._file)

    def _write(self, line: dict[str, Any], torn: bool = False) -> None:
        """One line in one write; ``torn``: the last one may have no end."""
        text = json.dumps(line, ensure_ascii=True) + "\n"  # ASCII: names of files need not be UTF-8
        with refusals(self.path):
            left = memoryview((("\n" if torn else "") + text).encode())
            while left:  # a disk that fills up takes a part and says so at the next write
                left = left[os.write(self._file, left) :]
            if time.monotonic() - self._synced >= SYNC_SECONDS:
                os.fsync(self._file)
                self._synced = time.monotonic()


class Known:
    """The cache that a run on one machine left, read by many: nobody may write to it meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"  # no locks, which a network disk may not have
        self._database = sqlite3.connect(uri, uri=True) if path.exists() else None

    def get(self, key: str) -> TeacherAnswer | None:
        """The stored answer, if there is one. Raises ``WorkspaceError`` when the file is damaged."""
        if self._database is None:
            return None
        try:
            row = self._database.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise WorkspaceError(f"cannot read '{self._path}': {error}", "delete it if it is damaged") from error
        return TeacherAnswer(**json.loads(row[0])) if row else None


class Both:
    """A journal, and what one machine knew before it."""

    def __init__(self, journal: Journal, known: Known) -> None:
        self._journal, self._known = journal, known

    def get(self, key: str) -> TeacherAnswer | None:
        """The stored answer, if there is one."""
        return self._journal.get(key) or self._known.get(key)

    def put(self, key: str, answer: TeacherAnswer) -> None:
        """Store an answer."""
        self._journal.put(key, answer)

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()


class JournalsByDocument:
    """Which journals hold answers about a document: so that one more seed, which moves all units, costs nothing."""

    def __init__(self, folder: Path) -> None:
        self._held = Scratch("CREATE TABLE held (document TEXT, journal TEXT, PRIMARY KEY (document, journal))")
        for path in sorted(folder.glob("*.jsonl")):
            documents = next((line["documents"] for line in lines_of(path) if "documents" in line), ())
            rows = ((json.dumps(name), path.name) for name in documents)
            self._held.put("INSERT OR IGNORE INTO held VALUES (?, ?)", rows)

    def of(self, names: Iterable[str]) -> list[str]:
        """The names of the journals that hold any of these documents."""
        found: dict[str, None] = {}
        for name in names:
            for (journal,) in self._held.get("SELECT journal FROM held WHERE document = ?", json.dumps(name)):
                found[journal] = None
        return list(found)


def holds_answers(folder: Path) -> bool:
    """Whether any journal there holds an answer."""
    return any("key" in line for path in folder.glob("*.jsonl") for line in lines_of(path))


def absorb(folder: Path, cache: Answers) -> int:
    """Move the answers of all journals into the cache of one machine; how many there were. Twice is fine."""
    count = 0
    for path in sorted(folder.glob("*.jsonl")):
        for line in lines_of(path):
            if "key" in line:
                cache.put(line["key"], TeacherAnswer(**line["answer"]))
                count += 1
        path.unlink()
    return count


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the disk has against a write into an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            f"cannot use '{path}': {error.strerror or error}",
            "free some disk space or check the permissions on every machine, then run the same command again",
        ) from error


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a journal that are whole; none of a file that is not there."""
    if not path.exists():
        return
    with refusals(path), path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
