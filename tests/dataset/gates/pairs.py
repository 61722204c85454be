"""A claim and its sentence without a draft around them."""

from phi4.dataset.gates.claims import Claim
from phi4.records import Passage


def claim_of(told: str, source: str, *others: str, given: str = "") -> Claim:
    """``told`` beside ``source``, in a passage of that sentence and ``others``."""
    sentences = (source, *others)
    passage = Passage(file="a.txt", sha256="0", first=1, sentences=sentences, headings=("",) * len(sentences))
    return Claim("answer", told, source, passage, given, source)
