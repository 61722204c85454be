"""The deterministic gates: each looks at one draft and says what is wrong, or nothing.

A gate is a pure function ``(draft, passage) -> detail | None``. ``check`` runs them in order
and names the first that objects; an LLM is asked nothing here.
"""

from __future__ import annotations

from phi4.dataset.gates import additions, form, numbers, polarity, question, roles, support
from phi4.dataset.gates.claims import Comparison, Gate, step_claim
from phi4.records import Draft, Passage

__all__ = ["GATES", "Gate", "check", "misstated"]

GATES: tuple[tuple[str, Gate], ...] = (
    ("finished", form.finished),
    ("korean", form.korean),
    ("leak", form.leak),
    ("register", form.polite),
    ("stand_alone", question.stand_alone),
    ("question", question.open_question),
    ("fits", question.fits),
    ("repetition", form.repetition),
    ("support", support.supported),
    ("numbers", numbers.numbered),
    ("unit", question.asked_unit),
    ("polarity", polarity.polar),
    ("roles", roles.cast),
    ("additions", additions.bare),
    ("focus", support.focused),
)
COMPARISONS: tuple[Comparison, ...] = (
    numbers.misnumbered,
    polarity.contradicted,
    roles.exchanged,
    additions.added,
)


def check(draft: Draft, passage: Passage) -> tuple[str, str] | None:
    """The first gate that objects, as (reason, detail); None when the draft passes."""
    for name, gate in GATES:
        if detail := gate(draft, passage):
            return name, detail
    return None


def misstated(step: str, cite: int, passage: Passage) -> str | None:
    """What a step tells otherwise than the sentence that it cites."""
    share = support.of_step(step, cite, passage)
    if share < support.STEP_SUPPORT:
        return f"at {share:.2f} of its sentence"
    claim = step_claim(step, cite, passage)
    return next((detail for compare in COMPARISONS if (detail := compare(claim))), None)
