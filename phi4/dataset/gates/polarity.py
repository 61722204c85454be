"""What a sentence affirms is not denied, what it denies is not affirmed, no word and no time becomes its opposite."""

from __future__ import annotations

from collections.abc import Sequence

from phi4.dataset.gates.claims import Claim, gate_of
from phi4.korean.negation import Predicate, predicates, turned_round
from phi4.korean.timing import are_opposed, timings
from phi4.korean.words import Morpheme


def contradicted(claim: Claim) -> str | None:
    """The word that says the opposite of the sentence."""
    told, held = claim.read(claim.told), claim.read(claim.source)
    said = predicates(held)
    helping = {token.form for token in held if token.kind == "VX"}  # 나누어 낼: it says little of 내
    for predicate in predicates(told):
        if predicate.stem in helping:
            continue
        same = [other for other in said if _compares(predicate, other)]
        if same and all(other.denied != predicate.denied for other in same):
            return f"{predicate.stem}: {'denied' if predicate.denied else 'affirmed'}"
    return turned_round(told, held) or _other_time(claim, told, held)


polar = gate_of(contradicted)


def _other_time(claim: Claim, told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """Before for after, until for from: ``30분 후에`` for ``30분 전에``."""
    times = timings(claim.source, held)
    for timing in timings(claim.told, told):
        same = [other for other in times if other.measure == timing.measure]
        if same and all(are_opposed(timing, other) for other in same):
            return f"{timing.words} for {', '.join(other.words for other in same)}"
    return None


def _compares(one: Predicate, other: Predicate) -> bool:
    """Whether two predicates say something of the same thing, as far as can be seen."""
    if one.stem != other.stem:
        return False
    if not one.about or not other.about or one.about[-1] == other.about[-1]:
        return True
    return set(one.about) <= set(other.about) or set(other.about) <= set(one.about)
