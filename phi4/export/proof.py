"""Whether an export says what base and adapter say; nothing is called done before this.

The measure is regret: how much less likely the reference holds a token that the export chose than the one that it
would have chosen itself, in nats. Rounding makes near-ties fall otherwise, which costs next to nothing; a lost, wrongly
scaled or misplaced adapter costs several nats within a few words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from phi4.errors import ExportError
from phi4.export.reference import LogProbabilities

TOKENS = 32  # of each answer that is compared
# The mean regret that a format may have: rounding to it, measured (docs/log.md), with room.
TOLERANCE = {"bf16": 0.05, "f16": 0.05, "q8_0": 0.3, "q4_k_m": 0.5, "q4_0": 0.5}


@dataclass(frozen=True)
class Proof:
    """How nearly an export answered as its reference would, in nats.

    ``divergence`` is the mean Kullback-Leibler divergence of its distributions from the reference's, where an engine
    tells them; None where it tells only what it chose.
    """

    tokens: int
    same: int
    mean_regret: float
    largest_regret: float
    divergence: float | None = None

    def __str__(self) -> str:
        told = "" if self.divergence is None else f", divergence {self.divergence:.4f} nats"
        return (
            f"{self.same} of {self.tokens} tokens are those of base and adapter, "
            f"mean regret {self.mean_regret:.3f} nats{told}"
        )

    def record(self) -> dict[str, Any]:
        return asdict(self)


def compare(
    judged: Sequence[LogProbabilities],
    answers: Sequence[Sequence[int]],
    own: Sequence[LogProbabilities] | None = None,
) -> Proof:
    """The proof of answers that the reference has judged; ``own`` is what the export itself made of them."""
    regrets = np.concatenate(
        [
            told.max(axis=-1) - told[np.arange(len(answer)), list(answer)]
            for told, answer in zip(judged, answers, strict=True)
            if answer
        ]
        or [np.empty(0)]
    )
    if not len(regrets):
        raise ExportError("the export answered nothing at all", REPORT)
    same = int((regrets <= 0).sum())
    divergence = None if own is None else _divergence(judged, own)
    return Proof(len(regrets), same, float(regrets.mean()), float(regrets.max()), divergence)


def _divergence(reference: Sequence[LogProbabilities], own: Sequence[LogProbabilities]) -> float:
    found = [np.exp(one) * (one - other) for one, other in zip(reference, own, strict=True)]
    return float(np.concatenate([values.sum(axis=-1) for values in found]).mean())


def accept(proof: Proof, form: str) -> Proof:
    """The proof, printed; raises ``ExportError`` when it is worse than rounding to ``form`` explains."""
    print(f"   {proof}")
    worst = max(proof.mean_regret, proof.divergence or 0.0)
    if not worst <= TOLERANCE[form]:  # NaN is no proof either
        raise ExportError(
            f"the export does not answer as base and adapter do: {worst:.2f} nats over {proof.tokens} tokens, "
            f"{TOLERANCE[form]} is what {form} explains; it was thrown away",
            REPORT,
        )
    return proof


REPORT = "this is a fault of ours or of the disk: run it again, and report it if it stays"
