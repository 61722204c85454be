"""One answer from the queue to its end: wait for a place, ask the engine, tell what it writes."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Any

from phi4.chat_format import Answer as Parsed
from phi4.chat_format import AnswerStream, Delta
from phi4.engines.protocol import Done, Event, Failed, Limits, Piece, PromptProgress, StreamingEngine, Usage
from phi4.korean import WholeSyllables
from phi4.server.admission import Ticket
from phi4.server.answers import Answer

log = logging.getLogger("phi4.server")
CODES = {"context_length": "context_length_exceeded"}  # of the engine's failures, where ours differ


@dataclass
class Outcome:
    """How an answer ended. ``code`` is "" unless it failed; times are seconds since the request."""

    end: str = "cancelled"  # stop, length, cancelled, error
    code: str = ""
    message: str = ""
    phase: str = "queued"  # that it was in when it ended: queued, prompt, generating
    usage: Usage = field(default_factory=lambda: Usage(0, 0))
    queued: float = 0.0
    first_token: float | None = None
    total: float = 0.0
    answer: Parsed = field(default_factory=lambda: Parsed((), "", ""))

    @property
    def timings(self) -> dict[str, float]:
        """Milliseconds, as they go over the wire."""
        known = {"queue_ms": self.queued, "ttft_ms": self.first_token, "total_ms": self.total}
        return {name: round(seconds * 1000, 1) for name, seconds in known.items() if seconds is not None}


class Production:
    """Runs once; ``stop`` ends it early, whatever it waits for."""

    def __init__(
        self, answer: Answer, ticket: Ticket, engine: StreamingEngine, prompt: list[int], limits: Limits
    ) -> None:
        self._answer, self._ticket, self._engine = answer, ticket, engine
        self._prompt, self._limits = prompt, limits
        self._start = time.monotonic()
        self._syllables, self._parser = WholeSyllables(), AnswerStream()
        self._outcome = Outcome(usage=Usage(len(prompt), 0))
        self._tokens = 0
        self._working: asyncio.Task[None] | None = None
        self._stopped = False

    def stop(self) -> None:
        """End it now; ``run`` returns its outcome. As often as you like."""
        if not self._stopped:
            self._stopped = True
            if self._working is not None:
                self._working.cancel()

    async def run(self, queue_timeout: float, answer_timeout: float) -> Outcome:
        """Every end is an outcome, also being cancelled and a defect; the place in the queue is free then."""
        outcome = self._outcome
        try:
            if not self._stopped:
                self._working = asyncio.create_task(self._work(queue_timeout, answer_timeout))
                await asyncio.wait((self._working,))
                if not self._working.cancelled():
                    self._working.result()
        except Exception:
            log.exception("answer %s failed", self._answer.id)
            self._fail("failed", "the server failed; its log says why")
        finally:
            self._ticket.leave()
        self._say(self._syllables.finish())
        self._tell(self._parser.finish())
        outcome.answer = self._parser.result()
        outcome.total = self._elapsed()
        if outcome.end in ("cancelled", "error"):
            outcome.usage = Usage(len(self._prompt) if outcome.phase != "queued" else 0, self._tokens)
        return outcome

    async def _work(self, queue_timeout: float, answer_timeout: float) -> None:
        if await self._queue(queue_timeout):
            await self._generate(answer_timeout)

    async def _queue(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                async for place in self._ticket.places():
                    self._answer.tell("status", {"phase": "queued", "position": place})
        except TimeoutError:
            self._fail("queue_timeout", f"no place at the model became free within {seconds:g} s")
            return False
        finally:
            self._outcome.queued = self._elapsed()
        return True

    async def _generate(self, seconds: float) -> None:
        self._outcome.phase = "prompt"
        generation = self._engine.submit(self._prompt, self._limits)
        try:
            async with asyncio.timeout(seconds):
                async for event in generation:
                    self._take(event)
        except TimeoutError:
            self._fail("answer_timeout", f"the answer was not finished within {seconds:g} s")
        finally:
            generation.cancel()

    def _take(self, event: Event) -> None:
        match event:
            case PromptProgress():
                self._answer.tell("status", {"phase": "prompt", "done": event.done, "total": event.total})
            case Piece():
                self._outcome.phase = "generating"
                if self._outcome.first_token is None:
                    self._outcome.first_token = self._elapsed()
                self._tokens += event.tokens
                self._say(self._syllables.feed(event.text))
            case Done():
                self._outcome.end, self._outcome.usage = event.finish_reason, event.usage
            case Failed():
                self._fail(CODES.get(event.code, event.code), event.message)

    def _say(self, text: str) -> None:
        if text:
            self._tell(self._parser.feed(text))

    def _tell(self, deltas: list[Delta]) -> None:
        for delta in deltas:
            data: dict[str, Any] = {"delta": delta.text}
            if delta.replaces_content:
                data["replaces_content"] = True
            self._answer.tell(delta.part, data)

    def _fail(self, code: str, message: str) -> None:
        self._outcome.end, self._outcome.code, self._outcome.message = "error", code, message

    def _elapsed(self) -> float:
        return time.monotonic() - self._start
