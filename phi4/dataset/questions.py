"""Every question of a run, so that none is trained on twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from phi4.errors import WorkspaceError
from phi4.korean import Quantity, content_morphemes, quantities, squeeze


class Questions:
    """A set of questions that takes no memory: a private SQLite file, gone with the process."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE asked (question TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")  # nothing here must outlive the process, so nothing is ever committed

    def __contains__(self, question: str) -> bool:
        found = self._database.execute("SELECT 1 FROM asked WHERE question = ?", (squeeze(question),))
        return found.fetchone() is not None

    def add(self, question: str) -> None:
        """Remember one. Raises ``WorkspaceError`` when there is no room for it."""
        try:
            self._database.execute("INSERT OR IGNORE INTO asked VALUES (?)", (squeeze(question),))
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot write a temporary file: {error}", "free some disk space, or name a folder with room: TMPDIR"
            ) from error


def near(question: str, others: Iterable[str]) -> str | None:
    """The one of ``others`` that asks the same of the same with other particles or endings; else None."""
    told = _asks(question)
    return next((other for other in others if _asks(other) == told), None)


def _asks(question: str) -> tuple[frozenset[str], frozenset[Quantity]]:
    return content_morphemes(question) - {"몇"}, frozenset(
        quantities(question)
    )  # 몇 is a numeral or a determiner, by context
