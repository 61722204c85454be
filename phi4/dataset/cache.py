"""Every answer that was ever paid for, keyed by everything that shaped it.

With it any run can be restarted: ``kill -9`` loses at most the request in flight, and a run
that is repeated asks nothing twice.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from phi4.errors import WorkspaceError
from phi4.paths import set_aside
from phi4.records import Message
from phi4.teachers import Sampling, TeacherAnswer

SYNC_SECONDS = 1.0
IF_DAMAGED = "delete it if it is damaged; answers are asked anew"


def request_key(teacher: str, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> str:
    """Hash of a request; time-outs and concurrency are not part of it."""
    parts = [teacher, [turn.model_dump() for turn in messages], schema, asdict(sampling)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class Answers(Protocol):
    """Where answers are kept, by the key of their request."""

    def get(self, key: str) -> TeacherAnswer | None: ...

    def put(self, key: str, answer: TeacherAnswer) -> None: ...

    def close(self) -> None: ...


def set_answers_aside(path: Path) -> None:
    """Begin with no answers; those so far are kept as ``x.old``, with what a killed run left beside its file.

    A file without an answer (of a run whose teacher was away) does not take the place of those kept before.
    """
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:  # a damaged one goes as it is
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if database.execute("SELECT 1 FROM answers LIMIT 1").fetchone() is None:
                return
    set_aside(path)


class AnswerCache:
    """A SQLite file; each answer is on disk before the next request is sent."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")  # see `put`
            self._synced = time.monotonic()
            self._database.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL)")
        except (sqlite3.Error, OSError) as error:
            raise WorkspaceError(f"cannot open '{path}': {error}", IF_DAMAGED) from error
        self._path = path

    def get(self, key: str) -> TeacherAnswer | None:
        """The stored answer, if there is one. Raises ``WorkspaceError`` when the file is damaged."""
        try:
            row = self._database.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise WorkspaceError(f"cannot read '{self._path}': {error}", IF_DAMAGED) from error
        return TeacherAnswer(**json.loads(row[0])) if row else None

    def put(self, key: str, answer: TeacherAnswer) -> None:
        """Store an answer. Raises ``WorkspaceError`` when the disk refuses.

        It outlives the process at once, and a power cut after ``SYNC_SECONDS`` at the latest: to wait for the
        disk at each of hundreds of answers a second would take more time than all the rest.
        """
        try:
            line = json.dumps(asdict(answer), ensure_ascii=False)
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, line))
            if time.monotonic() - self._synced >= SYNC_SECONDS:
                self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")
                self._synced = time.monotonic()
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot write '{self._path}': {error}", "free some disk space and run the same command again"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()
