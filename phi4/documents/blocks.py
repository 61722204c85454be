"""What a reader makes of a document: blocks in reading order, and what it left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "table", "left", "page"]


@dataclass(frozen=True)
class Block:
    """One piece of a document, as it stands there.

    ``left`` is a piece that was not taken, with its reason; ``page`` only says that page number
    ``page`` begins (a sign of life from a long document). ``text`` of a paragraph may hold line
    breaks of which nobody knows whether a space belongs there; ``phi4.documents.repair`` decides.
    """

    kind: Kind
    text: str = ""
    page: int = 0  # from 1: page, slide or sheet; 0 where a format has none
    level: int = 0  # of a heading, 1 (highest) to 6; of a list item its depth from 0
    rows: tuple[tuple[str, ...], ...] = ()  # of a table
    named: bool = False  # the first row of a table names its columns
    reason: str = ""  # of what was left out
    raw: str = ""  # the text as it stood, where repairs changed it

    @property
    def original(self) -> str:
        """The text for a person to compare with: a table as rows with bars."""
        if self.kind == "table":
            return "\n".join(" | ".join(cell.replace("\n", " ") for cell in row) for row in self.rows)
        return self.raw or self.text


def left(reason: str, text: str = "", page: int = 0) -> Block:
    """A piece that was not taken."""
    return Block("left", text, page, reason=reason)
