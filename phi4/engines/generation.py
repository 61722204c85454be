"""One request on its way through an engine, and the promise that it ends exactly once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal

from phi4.engines.protocol import (
    Completion,
    Done,
    Event,
    Failed,
    FailureCode,
    Limits,
    Piece,
    PromptProgress,
    StreamingEngine,
    Timings,
    Usage,
)
from phi4.errors import EngineError


class EventQueue:
    """Implements ``Generation``: the engine puts events in on the loop, the caller reads them.

    The first end wins; whatever comes after it is dropped, so a late word of the engine cannot
    follow a cancel. At most ``max_tokens`` pieces wait here when nobody reads.
    """

    def __init__(self, prompt_tokens: int, cancelled: Callable[[], None]) -> None:
        """``cancelled`` tells the engine that nobody waits for this request any longer."""
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._cancelled = cancelled
        self._start = time.monotonic()
        self._first: float | None = None
        self._prompt_tokens, self._tokens = prompt_tokens, 0
        self.ended = False

    def progress(self, done: int, total: int) -> None:
        """So much of the prompt is read."""
        if not self.ended:
            self._events.put_nowait(PromptProgress(done, total))

    def piece(self, text: str, ids: Sequence[int] = (), tokens: int = 0) -> None:
        """Text and the ids behind it, or how many ``tokens`` where the ids are not known."""
        if self.ended or not (text or ids):
            return
        if self._first is None:
            self._first = self._elapsed()
        count = tokens or len(ids)
        self._tokens += count
        self._events.put_nowait(Piece(text, tuple(ids), count))

    def done(self, reason: Literal["stop", "length", "cancelled"], cached_tokens: int = 0, tokens: int = 0) -> None:
        """It ended as asked. ``tokens`` were generated, by the engine's own count if it keeps one."""
        usage = Usage(self._prompt_tokens, tokens or self._tokens, cached_tokens)
        self._end(Done(reason, usage, Timings(self._first, self._elapsed())))

    def fail(self, code: FailureCode, message: str) -> None:
        """It ended otherwise."""
        self._end(Failed(code, message))

    def cancel(self) -> None:
        """See ``Generation.cancel``."""
        if not self.ended:
            self.done("cancelled")
            self._cancelled()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Done | Failed):
                return

    def _end(self, event: Event) -> None:
        if not self.ended:
            self.ended = True
            self._events.put_nowait(event)

    def _elapsed(self) -> float:
        return round((time.monotonic() - self._start) * 1000, 3)


async def gather(
    engine: StreamingEngine, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True
) -> list[Completion]:
    """The answers to all prompts, asked at once: ``Engine.generate`` over a streaming engine.

    Raises ``EngineError`` when one fails, or when the engine does not tell its token ids.
    """

    async def one(prompt: Sequence[int]) -> Completion:
        ids: list[int] = []
        generation = engine.submit(prompt, limits, tuned)
        try:
            async for event in generation:
                match event:
                    case Piece():
                        ids += event.ids
                    case Done():
                        if event.usage.completion_tokens and not ids:
                            raise EngineError("this engine does not tell its token ids")
                        return Completion(tuple(ids), event.finish_reason)
                    case Failed():
                        raise EngineError(event.message)
        finally:
            generation.cancel()
        raise AssertionError("a generation ended without an end")

    return await asyncio.gather(*map(one, prompts))
