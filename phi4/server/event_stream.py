"""An answer over HTTP: as server-sent events while it is written, or as one JSON document at its end.

Both watch the connection: starlette does it for streams only, and an answer that nobody waits for any more
must free its place at the model.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from phi4.server.answers import Answer, AnswerEvent

PING_SECONDS = 10.0
SEND_SECONDS = 30.0  # a reader that takes nothing for so long is gone
PING = b": ping\n\n"

Encode = Callable[[AnswerEvent], bytes]


def as_sse(event: AnswerEvent) -> bytes:
    """One event of ``/api/chat``; its id is what ``Last-Event-ID`` brings back."""
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {data}\n\n".encode()


class EventStream(Response):
    """The events after ``seen``, each as ``encode`` writes it, pings in silence."""

    media_type = "text/event-stream"

    def __init__(self, answer: Answer, encode: Encode = as_sse, seen: int = 0) -> None:
        super().__init__()
        del self.headers["content-length"]
        self.headers["Cache-Control"] = "no-cache"
        self.headers["X-Accel-Buffering"] = "no"  # nginx would collect the events
        self._answer, self._encode, self._seen = answer, encode, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        self._answer.attach()
        try:
            await until_gone(receive, self._send_all(send))
        finally:
            self._answer.detach()

    async def _send_all(self, send: Send) -> None:
        send = in_time(send)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for batch in self._answer.follow(self._seen, PING_SECONDS):
            body = b"".join(map(self._encode, batch)) or (b"" if batch else PING)
            if body:
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class WholeAnswer(Response):
    """The end of an answer, as ``shape`` makes an HTTP answer of it."""

    def __init__(self, answer: Answer, shape: Callable[[AnswerEvent], JSONResponse]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._answer, self._shape = answer, shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        self._answer.attach()
        try:
            await until_gone(receive, self._send(scope, receive, send))
        finally:
            self._answer.detach()

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._shape(await self._answer.wait())
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, in_time(send))


def in_time(send: Send) -> Send:
    """``send`` that gives a reader up who takes nothing for ``SEND_SECONDS``, with ``TimeoutError``."""

    async def bounded(message: Message) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await send(message)

    return bounded


async def until_gone(receive: Receive, work: Awaitable[Any]) -> None:
    """Do ``work`` unless the visitor goes, or takes nothing for ``SEND_SECONDS``."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    working, leaving = asyncio.ensure_future(work), asyncio.create_task(gone())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            with contextlib.suppress(TimeoutError, OSError):
                working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
