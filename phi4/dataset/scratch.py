"""Private SQLite files: what a run must know of all its seeds, and memory must not hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from phi4.errors import WorkspaceError
from phi4.jsonl import to_line
from phi4.records import Example, Preference

R = TypeVar("R", Example, Preference)


class Scratch:
    """A database on disk that is gone with its process; nothing in it is ever committed."""

    def __init__(self, *schema: str) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in schema:
            self._database.execute(statement)
        self._database.execute("BEGIN")

    def put(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each of ``rows``. Raises ``WorkspaceError`` when there is no room for them."""
        try:
            self._database.executemany(statement, rows)
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot write a temporary file: {error}", "free some disk space, or name a folder with room: TMPDIR"
            ) from error

    def get(self, query: str, *values: object) -> list[Any]:
        """The rows that a query finds."""
        return self._database.execute(query, values).fetchall()


class Shelf(Generic[R]):
    """Rows that may still change before they are written, to be had by their seed file.

    The rows of a file stand together, also when a second walk of the documents added some.
    """

    def __init__(self, kind: type[R]) -> None:
        self._kind: type[R] = kind
        self._count = 0
        self._rows = Scratch(
            "CREATE TABLE rows (place INTEGER PRIMARY KEY, file TEXT NOT NULL, line TEXT NOT NULL)",
            "CREATE INDEX by_file ON rows (file)",
        )

    def append(self, row: R) -> None:
        """One more. Raises ``WorkspaceError`` when there is no room for it."""
        self._count += 1
        file = row.source.file if row.source else ""
        self._rows.put("INSERT INTO rows VALUES (?, ?, ?)", [(self._count, file, to_line(row))])

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[R]:
        for place in range(1, self._count + 1):
            ((line,),) = self._rows.get("SELECT line FROM rows WHERE place = ?", place)
            yield self._kind.model_validate_json(line)

    def of_file(self, file: str) -> list[R]:
        """The rows of one seed file, in the order in which they came."""
        found = self._rows.get("SELECT line FROM rows WHERE file = ? ORDER BY place", file)
        return [self._kind.model_validate_json(line) for (line,) in found]
