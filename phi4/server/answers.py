"""An answer on its way: a log of events that one producer writes and any number of readers follow.

A reader that comes back after a lost connection reads on from the event that it saw last.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

RESUME_SECONDS = 30.0  # a lost reader may come back so long; a finished answer is kept so long
TERMINAL = ("done", "error")
MERGED = ("reasoning", "content")


@dataclass(frozen=True)
class AnswerEvent:
    """``seq`` counts from 1 without a gap, but where deltas were merged."""

    seq: int
    kind: str  # start, status, reasoning, content, done, error
    data: dict[str, Any]

    @property
    def ends(self) -> bool:
        return self.kind in TERMINAL


class Answer:
    """One answer. ``resumable``: a lost reader has ``RESUME_SECONDS`` to come back; else losing it stops
    the model at once."""

    def __init__(self, owner: str, resumable: bool = False) -> None:
        self.id = f"msg_{uuid.uuid4().hex}"
        self.owner, self.resumable = owner, resumable
        self.end: AnswerEvent | None = None
        self.on_stop: Callable[[], None] = _nothing
        self._events: list[AnswerEvent] = []
        self._changed = asyncio.Event()
        self._readers = 0
        self._patience: asyncio.TimerHandle | None = None

    @property
    def told(self) -> int:
        """The number of the last event."""
        return len(self._events)

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        """Append an event. After the end nothing is told any more."""
        if self.end is None:
            event = AnswerEvent(len(self._events) + 1, kind, data)
            self._events.append(event)
            if event.ends:
                self.end, self.on_stop = event, _nothing  # what it holds goes with it, not with the next collection
            self._changed.set()
            self._changed = asyncio.Event()

    def stop(self) -> None:
        """End the model's work on it, whatever phase it is in."""
        if self.end is None:
            self.on_stop()

    async def follow(self, seen: int = 0, pause: float = 10.0) -> AsyncIterator[list[AnswerEvent]]:
        """What comes after event ``seen``, in batches; an empty one after each ``pause`` in silence."""
        while True:
            changed = self._changed
            batch = self._events[seen:]
            if not batch and self.end is not None:
                return
            if batch:
                seen = batch[-1].seq
                yield merged(batch)
            else:
                try:
                    async with asyncio.timeout(pause):
                        await changed.wait()
                except TimeoutError:
                    yield []

    async def wait(self) -> AnswerEvent:
        """The end."""
        while self.end is None:
            await self._changed.wait()
        return self.end

    def attach(self) -> None:
        """A reader came."""
        self._readers += 1
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def detach(self) -> None:
        """A reader went."""
        self._readers -= 1
        if self._readers or self.end is not None:
            return
        if self.resumable:
            self._patience = asyncio.get_running_loop().call_later(RESUME_SECONDS, self.stop)
        else:
            self.stop()


def _nothing() -> None:
    """An answer that has not begun, or is over, has nothing to be stopped."""


def merged(events: list[AnswerEvent]) -> list[AnswerEvent]:
    """Deltas of one kind that wait for a reader as one event, under the last one's number."""
    out: list[AnswerEvent] = []
    for event in events:
        last = out[-1] if out else None
        joins = last is not None and last.kind == event.kind and event.kind in MERGED
        if last is not None and joins and not event.data.get("replaces_content"):
            delta = last.data["delta"] + event.data["delta"]
            out[-1] = AnswerEvent(event.seq, event.kind, {**last.data, "delta": delta})
        else:
            out.append(event)
    return out
