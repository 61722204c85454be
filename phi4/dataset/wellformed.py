"""What the gates say of a row that rests on no single sentence: a refusal, or a whole section."""

from __future__ import annotations

from collections.abc import Collection

from phi4.dataset.gates import GATES
from phi4.records import Draft, Passage

FORM = ("korean", "register", "question", "repetition")  # gates that need no passage
_NOTHING = Passage(file="", sha256="", first=1, sentences=(), headings=())


def form_fault(draft: Draft, names: Collection[str] = FORM) -> tuple[str, str] | None:
    """The first of the gates of form that objects, as (reason, detail)."""
    found = ((name, gate(draft, _NOTHING)) for name, gate in GATES if name in names)
    return next(((name, detail) for name, detail in found if detail), None)
