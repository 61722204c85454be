"""An engine that speaks OpenAI's HTTP, behind the link: ``python -m phi4.engines.completions``.

It runs elsewhere (``PHI4_ENGINE=openai:URL``), or is vLLM that ``phi4.engines.vllm`` has started.
Only ``/v1/completions`` with token ids: its chat endpoint would render the text with a template
of its own and take typed markers for real ones. Every field that we send stands in ``_body``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from phi4.engines.parent import read_specification
from phi4.engines.protocol import FailureCode
from phi4.engines.wire import Ask, Link
from phi4.errors import EngineError

SLOTS = 64  # of an engine elsewhere, which queues by itself what it cannot run at once
CONTEXT = 4096  # tokens of one request where the engine does not say: as many as our own engines hold
POLL_SECONDS = 0.5
CONNECT_SECONDS = 5.0
REASONS = ("stop", "length")
SAID: dict[FailureCode, str] = {  # to visitors, of what the engine said, which may tell of its inside
    "engine_lost": "the engine was lost; the log says why",
    "not_ready": "the engine takes no request now",
    "refused": "the engine refuses this request; the log says why",
}


def specification(url: str, adapter: str, key: str = "") -> dict[str, Any]:
    """What the child is told. ``url`` may end in ``/v1`` or not, and may hold ``user:password@``. Raises
    ``EngineError`` for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise EngineError(
            f"'{without_login(url)}' is no address: {error}", "write openai:http://HOST:PORT/v1"
        ) from error
    login = [unquote(parts.username), unquote(parts.password or "")] if parts.username else None
    address = without_login(url).rstrip("/").removesuffix("/v1")
    return {"url": address, "login": login, "adapter": adapter, "key": key, "uds": "", "dialect": "openai"}


def without_login(url: str) -> str:
    """An address that may be shown."""
    return re.sub(r"(?<=//)[^/?#]*@", "", url)


@dataclass(frozen=True)
class Names:
    """What the engine calls the tuned model, the base (if it serves it too), and their context."""

    tuned: str
    base: str
    context: int


class Unreachable(Exception):
    """The engine does not answer, or not as one does."""


class Remote:
    """The HTTP side: one engine, many streams."""

    def __init__(self, told: dict[str, Any], link: Link) -> None:
        self._link, self._adapter, self._dialect = link, told["adapter"], told["dialect"]
        transport = httpx.AsyncHTTPTransport(uds=told["uds"]) if told["uds"] else None
        self._client = httpx.AsyncClient(
            base_url=told["url"],
            transport=transport,
            headers={"Authorization": f"Bearer {told['key']}"} if told["key"] else {},
            auth=tuple(told["login"]) if told["login"] else None,
            timeout=httpx.Timeout(CONNECT_SECONDS, read=None, pool=None),  # the parent watches for silence
            limits=httpx.Limits(max_connections=None),
        )
        self._names = Names("", "", 0)

    async def names(self) -> Names:
        """Ask which models it serves; that is also how its health is known. Raises ``Unreachable``."""
        try:
            answer = await self._client.get("/v1/models", timeout=CONNECT_SECONDS)
            answer.raise_for_status()
            models = {str(model["id"]): model for model in answer.json()["data"]}
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise Unreachable(f"'{self._client.base_url}' does not serve models: {error or type(error)}") from error
        if self._adapter in models:
            tuned = self._adapter
        elif len(models) == 1:
            (tuned,) = models
        else:
            raise Unreachable(
                f"'{self._client.base_url}' serves no model called '{self._adapter}', but: {', '.join(models)}"
            )
        base = str(models[tuned].get("parent") or "")
        about = models[tuned] if models[tuned].get("max_model_len") else models.get(base, {})
        self._names = Names(tuned, base if base in models else "", int(about.get("max_model_len") or CONTEXT))
        return self._names

    async def answer(self, ask: Ask) -> None:
        """One request, from its first to its last word; cancelled, it closes the connection."""
        try:
            body = self._body(ask)
            async with self._client.stream("POST", "/v1/completions", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    self._refused(ask.number, response.status_code, (await response.aread()).decode(errors="replace"))
                    return
                await self._relay(ask, response)
        except _Refusal as refusal:
            self._tell(ask.number, refusal)
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            self._tell(ask.number, _Refusal("engine_lost", str(error) or type(error).__name__))
            await self._end_if_gone()

    def _body(self, ask: Ask) -> dict[str, Any]:
        """The whole request. Raises ``_Refusal``."""
        model = self._names.tuned if ask.tuned else self._names.base
        if not model:
            raise _Refusal("refused", "this engine serves the tuned model only", ours=True)
        limits = ask.limits
        body: dict[str, Any] = {
            "model": model,
            "prompt": list(ask.prompt),
            "max_tokens": limits.max_tokens,
            "temperature": limits.temperature,
            "top_p": limits.top_p if limits.temperature > 0 else 1.0,
            "seed": limits.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._dialect == "vllm":
            body |= {"return_token_ids": True, "stop_token_ids": list(limits.end_ids)}
        return body

    async def _relay(self, ask: Ask, response: httpx.Response) -> None:
        reason, usage = "", dict[str, Any]()
        async for said in _events(response):
            if "error" in said:
                raise _refusal(said["error"], httpx.codes.INTERNAL_SERVER_ERROR)
            usage = said.get("usage") or usage
            for choice in said.get("choices") or ():
                ids = [token for token in choice.get("token_ids") or () if token not in ask.limits.end_ids]
                text = choice.get("text") or ""
                self._link.piece(ask.number, text, ids, tokens=0 if ids else 1)
                reason = choice.get("finish_reason") or reason
        if reason not in REASONS:
            raise ValueError(f"its answer ended with '{reason}'")
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        self._link.done(ask.number, reason, cached=cached, tokens=usage.get("completion_tokens") or 0)

    def _refused(self, number: int, status: int, text: str) -> None:
        try:
            said = json.loads(text)["error"]
        except (ValueError, LookupError, TypeError):
            said = {"message": text[:200]}
        self._tell(number, _refusal(said, status))

    def _tell(self, number: int, refusal: _Refusal) -> None:
        if refusal.ours or refusal.code not in SAID:
            self._link.fail(number, refusal.code, str(refusal))
        else:
            self._link.fail(number, refusal.code, SAID[refusal.code], f"the engine: {refusal.code}: {refusal}")

    async def _end_if_gone(self) -> None:
        """When nobody is there, neither are we: the parent starts another child, which waits for it."""
        try:
            await self.names()
        except Unreachable as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)


class _Refusal(Exception):
    """``ours``: the words are ours and not the engine's."""

    def __init__(self, code: FailureCode, message: str, ours: bool = False) -> None:
        super().__init__(message)
        self.code, self.ours = code, ours


def _refusal(said: Any, status: int) -> _Refusal:
    message = str(said.get("message", said)) if isinstance(said, dict) else str(said)
    if "context length" in message or "context_length" in message or "exceed_context" in str(said):
        return _Refusal("context_length", message)
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        return _Refusal("not_ready", message)
    return _Refusal("engine_lost" if status >= httpx.codes.INTERNAL_SERVER_ERROR else "refused", message)


async def _events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """The JSON of each ``data:`` line up to ``[DONE]``."""
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            data = line[5:].strip()
            if data == "[DONE]":
                return
            yield json.loads(data)


async def wait_until_serving(remote: Remote, link: Link) -> Names:
    """Ask again until the engine answers; the parent's deadline ends it."""
    while True:
        try:
            return await remote.names()
        except Unreachable as error:
            link.loading(0.0, "waiting for the engine; the log says why", log=str(error))
            await asyncio.sleep(POLL_SECONDS)


async def serve(told: dict[str, Any], link: Link) -> None:
    """Relay until the parent goes away."""
    remote, loop = Remote(told, link), asyncio.get_running_loop()
    names = await wait_until_serving(remote, link)
    link.ready(context=names.context)
    tasks: dict[int, asyncio.Task[None]] = {}

    def obey(ask: Ask) -> None:
        tasks[ask.number] = task = loop.create_task(remote.answer(ask))
        task.add_done_callback(lambda _: tasks.pop(ask.number, None))

    def cancel(number: int) -> None:
        if number in tasks:
            tasks[number].cancel()

    def listen() -> None:
        for command in link.commands():
            if isinstance(command, Ask):
                loop.call_soon_threadsafe(obey, command)
            else:
                loop.call_soon_threadsafe(cancel, command.number)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    await asyncio.Event().wait()


def main() -> None:
    """Relay until the parent goes away."""
    told = read_specification()
    asyncio.run(serve(told, Link(told)))


if __name__ == "__main__":
    main()
