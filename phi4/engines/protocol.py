"""What an engine that answers must do: token ids in, token ids out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Limits:
    """How an answer is sampled and where it must end. Temperature 0 is greedy."""

    max_tokens: int
    end_id: int
    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class Completion:
    """The tokens of one answer, without the end token, and why it ended."""

    tokens: tuple[int, ...]
    finish_reason: str  # "stop" or "length"


class Engine(Protocol):
    """A loaded model."""

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """One completion per prompt; ``tuned=False`` answers without the adapter.

        Raises ``EngineError``.
        """
        ...

    def close(self) -> None:
        """Give the model's memory back."""
        ...


@runtime_checkable
class LikelihoodEngine(Engine, Protocol):
    """An engine that also tells how likely given answers are."""

    def likelihoods(
        self, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]], tuned: bool = True
    ) -> list[float]:
        """Natural logarithm of the probability of each answer's tokens behind its prompt."""
        ...
