"""What a sentence affirms is not denied, what it denies is not affirmed, and no word becomes its opposite."""

from __future__ import annotations

from phi4.dataset.gates.claims import Claim, gate_of
from phi4.korean.negation import Predicate, predicates, turned_round


def contradicted(claim: Claim) -> str | None:
    """The word that says the opposite of the sentence."""
    told, held = claim.read(claim.told), claim.read(claim.source)
    said = predicates(held)
    for predicate in predicates(told):
        same = [other for other in said if _compares(predicate, other)]
        if same and all(other.denied != predicate.denied for other in same):
            return f"{predicate.stem}: {'denied' if predicate.denied else 'affirmed'}"
    return turned_round(told, held) or None


polarity = gate_of(contradicted)


def _compares(one: Predicate, other: Predicate) -> bool:
    """Whether two predicates say something of the same thing, as far as can be seen."""
    return one.stem == other.stem and (not one.about or not other.about or one.about == other.about)
