"""The deterministic gates: each looks at one draft and says what is wrong, or nothing.

A gate is a pure function ``(draft, passage) -> detail | None``. ``check`` runs them in order
and names the first that objects; an LLM is asked nothing here.
"""

from __future__ import annotations

from phi4.dataset.gates.additions import added, additions
from phi4.dataset.gates.claims import Comparison, Gate, step_claim
from phi4.dataset.gates.form import finished, korean, leak, polite, repetition
from phi4.dataset.gates.numbers import misnumbered, numbers
from phi4.dataset.gates.polarity import contradicted, polarity
from phi4.dataset.gates.question import asked_unit, fits, question_form, stand_alone
from phi4.dataset.gates.roles import exchanged, roles
from phi4.dataset.gates.support import STEP_SUPPORT, focus, nearest_sentence, step_support, support
from phi4.records import Draft, Passage

__all__ = ["GATES", "Gate", "check", "misstated", "nearest_sentence"]

GATES: tuple[tuple[str, Gate], ...] = (
    ("finished", finished),
    ("korean", korean),
    ("leak", leak),
    ("register", polite),
    ("stand_alone", stand_alone),
    ("question", question_form),
    ("fits", fits),
    ("repetition", repetition),
    ("support", support),
    ("numbers", numbers),
    ("unit", asked_unit),
    ("polarity", polarity),
    ("roles", roles),
    ("additions", additions),
    ("focus", focus),
)
COMPARISONS: tuple[Comparison, ...] = (misnumbered, contradicted, exchanged, added)


def check(draft: Draft, passage: Passage) -> tuple[str, str] | None:
    """The first gate that objects, as (reason, detail); None when the draft passes."""
    for name, gate in GATES:
        if detail := gate(draft, passage):
            return name, detail
    return None


def misstated(step: str, cite: int, passage: Passage) -> str | None:
    """What a step tells otherwise than the sentence that it cites."""
    share = step_support(step, cite, passage)
    if share < STEP_SUPPORT:
        return f"at {share:.2f} of its sentence"
    claim = step_claim(step, cite, passage)
    return next((detail for compare in COMPARISONS if (detail := compare(claim))), None)
