"""What an engine must do: token ids in, tokens out. Text never goes in: ids cannot be misread as markers.

Two protocols, because two kinds of callers ask. ``Engine`` answers a batch and blocks: the
examination, ``ask``, the check after a training. ``StreamingEngine`` lives on an event loop and
serves many people at once; ``gather`` makes a batch of it. Both take the same ``Limits``.

A streaming request, from the caller's side::

    generation = engine.submit(prompt_ids, limits)          # never blocks, never raises
    async for event in generation:
        match event:
            case PromptProgress(done, total): ...           # zero or more, engines that know it
            case Piece(text, ids): ...                      # whole characters only
            case Done(finish_reason, usage, timings): ...   # the end: stop, length or cancelled
            case Failed(code, message, retryable): ...      # the other end

Exactly one ``Done`` or ``Failed`` comes, and it comes last, whatever happens to the engine. Who
stops reading earlier calls ``generation.cancel()``; anybody may, at any time, from the loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True)
class Limits:
    """How an answer is sampled and where it must end. Temperature 0 is greedy."""

    max_tokens: int
    end_id: int
    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0
    other_end_ids: tuple[int, ...] = ()  # end an answer too, and are no part of it either

    @property
    def end_ids(self) -> tuple[int, ...]:
        """Every id that ends an answer."""
        return (self.end_id, *self.other_end_ids)


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


@dataclass(frozen=True)
class PromptProgress:
    """``done`` of the prompt's ``total`` tokens are read (cached ones count as read)."""

    done: int
    total: int


@dataclass(frozen=True)
class Piece:
    """The next text: whole characters, never half a syllable, and never a marker.

    ``ids`` are the tokens that were generated since the last piece; always empty from engines that
    do not tell them all (llamacpp, openai). Either may be empty, not both. ``tokens``: how many they are, also there.
    """

    text: str
    ids: tuple[int, ...] = ()
    tokens: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Usage:
    """Tokens. ``cached_tokens`` of the prompt were not read again; 0 where the engine does not say."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True)
class Timings:
    """Milliseconds since the request was submitted; ``first_token_ms`` is None when none came."""

    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True)
class Done:
    """The request ended as asked: by an end token, at ``max_tokens``, or by ``cancel``."""

    finish_reason: Literal["stop", "length", "cancelled"]
    usage: Usage
    timings: Timings


FailureCode = Literal["not_ready", "engine_lost", "context_length", "refused"]


@dataclass(frozen=True)
class Failed:
    """The request ended otherwise. Pieces that came before it are valid text.

    ``not_ready``: not loaded (again) yet; ``engine_lost``: the model's process died or hung;
    ``context_length``: prompt and answer do not fit; ``refused``: the engine said no.
    """

    code: FailureCode
    message: str

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.code in ("not_ready", "engine_lost")


Event = PromptProgress | Piece | Done | Failed

State = Literal["starting", "loading", "ready", "degraded", "failed", "stopped"]


@dataclass(frozen=True)
class EngineStatus:
    """The state now.

    ``loading`` until the first time ready; ``degraded`` while a lost child is started again;
    ``failed`` when it will not be (``detail`` says why). Only ``ready`` takes requests.
    """

    state: State
    detail: str = ""
    progress: float | None = None  # 0 to 1 while loading, where it is known
    running: int = 0  # requests submitted and not ended
    restarts: int = 0  # times that the child was lost since the start


@dataclass(frozen=True)
class Description:
    """What runs. Fixed but for an engine elsewhere, whose numbers are known when it is ready."""

    engine: str  # "llamacpp", "openvino", "transformers", "vllm", "openai", "scripted"
    model: str  # the base model's name
    adapter: str  # the adapter's name, "" without one
    slots: int  # requests that run at once; more that are submitted wait inside the engine
    context: int  # most tokens of one request, prompt and answer together; 0: unknown
    detail: str = ""  # the form of the weights and the machine: "Q8_0 merged, cpu"


class Generation(Protocol):
    """One request on its way; read it once."""

    def __aiter__(self) -> AsyncIterator[Event]:
        """The events, the last of them ``Done`` or ``Failed``."""
        ...

    def cancel(self) -> None:
        """Stop the model's work on it. The iterator ends at once with ``Done("cancelled")``, unless it
        has ended already. Call it on the event loop; as often as you like."""
        ...


class StreamingEngine(Protocol):
    """A model in a process of its own, asked by many at once. All methods are called on one event loop."""

    @property
    def description(self) -> Description: ...

    def status(self) -> EngineStatus:
        """The state now; never waits."""
        ...

    async def start(self) -> None:
        """Begin to load and return; ``status`` tells how it goes."""
        ...

    async def ready(self) -> None:
        """Return when it takes requests. Raises ``EngineError`` when it ``failed``."""
        ...

    def submit(self, prompt: Sequence[int], limits: Limits, tuned: bool = True) -> Generation:
        """Ask. An engine that serves a merged model answers ``tuned=False`` with ``Failed("refused")``."""
        ...

    async def stop(self) -> None:
        """End the child; requests on their way end with ``Failed("engine_lost")``. Twice is fine."""
        ...
