"""Every question of a run, so that none is trained on twice."""

from __future__ import annotations

from collections.abc import Iterable

from phi4.dataset.scratch import Scratch
from phi4.korean import Quantity, content_morphemes, quantities, squeeze


class Questions:
    """A set of questions that takes no memory."""

    def __init__(self) -> None:
        self._asked = Scratch("CREATE TABLE asked (question TEXT PRIMARY KEY) WITHOUT ROWID")

    def __contains__(self, question: str) -> bool:
        return bool(self._asked.get("SELECT 1 FROM asked WHERE question = ?", squeeze(question)))

    def add(self, question: str) -> None:
        """Remember one. Raises ``WorkspaceError`` when there is no room for it."""
        self._asked.put("INSERT OR IGNORE INTO asked VALUES (?)", [(squeeze(question),)])


def near(question: str, others: Iterable[str]) -> str | None:
    """The one of ``others`` that asks the same of the same with other particles or endings; else None."""
    told = _asks(question)
    return next((other for other in others if _asks(other) == told), None)


def _asks(question: str) -> tuple[frozenset[str], frozenset[Quantity]]:
    return content_morphemes(question) - {"몇"}, frozenset(
        quantities(question)
    )  # 몇 is a numeral or a determiner, by context
