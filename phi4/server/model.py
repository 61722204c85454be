"""The model that a server serves: found, loaded beside the event loop, watched."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4.chat import Adapter, Dialogue, find_adapter, read_adapter, weights_hash
from phi4.chat_format import ChatTokenizer
from phi4.engines.protocol import EngineStatus, Limits, StreamingEngine
from phi4.errors import AdapterError, PHi4Error, WorkspaceError
from phi4.paths import Workspace, find_workspace
from phi4.server.engine import check_room
from phi4.server.failures import RETRY_SECONDS, NotReady
from phi4.settings import Settings

OPEN_SECONDS = 3.0  # a server listens after this long at the latest
log = logging.getLogger("phi4.server")

OpenEngine = Callable[[Settings, Adapter, Callable[[], None]], tuple[StreamingEngine, ChatTokenizer]]
FindAdapter = Callable[[Settings], Adapter]


def asked_adapter(settings: Settings) -> Adapter:
    """The adapter that the settings name. Raises ``AdapterError`` or ``WorkspaceError``."""
    found = find_adapter(settings.adapter_path, _workspace(settings))
    return read_adapter(found, settings.stated("model_name"))


def _workspace(settings: Settings) -> Workspace | None:
    """The workspace. A machine that only serves has none, and names the adapter's folder."""
    try:
        return find_workspace(settings.home)
    except WorkspaceError:
        if settings.home or not Path(settings.adapter_path).expanduser().is_absolute():
            raise
        return None


@dataclass(frozen=True)
class Loaded:
    """What answers: an engine, how it is asked, and exactly which weights."""

    engine: StreamingEngine
    dialogue: Dialogue
    adapter: Adapter
    sha256: str
    loaded_at: int

    @property
    def room(self) -> int:
        """Most tokens of a prompt and its answer together; 0: the engine does not say."""
        return self.engine.description.context

    def facts(self, limits: Limits) -> dict[str, Any]:
        """All that an answer follows from but its messages: kept with every answer."""
        return {
            "model": self.adapter.base_model,
            "adapter": self.adapter.name,
            "adapter_sha256": self.sha256,
            "engine": self.engine.description.engine,
            "system_prompt": self.dialogue.system_prompt,
            "sampling": {
                "max_tokens": limits.max_tokens,
                "temperature": limits.temperature,
                "top_p": limits.top_p,
                "seed": limits.seed,
            },
        }


class ServedModel:
    """Loads in the background; ``status`` never waits."""

    def __init__(self, settings: Settings, open_engine: OpenEngine, find: FindAdapter = asked_adapter) -> None:
        self._settings, self._open, self._find = settings, open_engine, find
        self._engine: StreamingEngine | None = None
        self._loaded: Loaded | None = None
        self._failure, self._sha256 = "", ""
        self._unread = ""  # why the adapter's folder could not be read again, the last time
        self._task: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self.adapter: Adapter | None = None
        self.load_seconds = 0.0

    def start(self) -> None:
        """Begin to load. Twice is fine."""
        if self._task is None:
            self._task = asyncio.create_task(self._live())

    async def opened(self) -> None:
        """Wait until the tokenizer is read, for a few seconds at most: reading it holds the interpreter's lock
        for half a second, which nobody notices before the server listens."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._opened.wait(), OPEN_SECONDS)

    async def stop(self) -> None:
        """End the engine."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._engine is not None:
            await self._engine.stop()

    def status(self) -> EngineStatus:
        """The engine's state, or why there is none."""
        if self._failure:
            return EngineStatus("failed", self._failure)
        if self._loaded is None:
            if self._engine is None:
                return EngineStatus("starting" if self._task is None else "loading")
            known = self._engine.status()
            early = known.state in ("starting", "ready")  # the engine's; the rest is not there yet
            return EngineStatus("loading", known.detail, known.progress) if early else known
        return self._loaded.engine.status()

    def ready(self) -> Loaded:
        """What answers. Raises ``NotReady``."""
        status = self.status()
        if self._loaded is None or status.state != "ready":
            later = 0 if status.state == "failed" else RETRY_SECONDS
            raise NotReady(status.detail or f"the model is {status.state}", None, later)
        return self._loaded

    @property
    def name(self) -> str:
        return self.adapter.name if self.adapter else ""

    @property
    def base_model(self) -> str:
        return self.adapter.base_model if self.adapter else ""

    @property
    def sha256(self) -> str:
        return self._loaded.sha256 if self._loaded else ""

    @property
    def loaded_at(self) -> int | None:
        """Seconds since 1970."""
        return self._loaded.loaded_at if self._loaded else None

    @property
    def engine_name(self) -> str:
        return self._engine.description.engine if self._engine else ""

    @property
    def context(self) -> int:
        return self._engine.description.context if self._engine else 0

    async def _live(self) -> None:
        try:
            await self._load()
        except PHi4Error as error:
            self._fail(error.message, str(error))
        except Exception as error:  # a task's last words would be lost
            self._fail(type(error).__name__, f"{type(error).__name__}: {error}")

    async def _load(self) -> None:
        start = time.monotonic()
        adapter = self.adapter = await asyncio.to_thread(self._find, self._settings)
        self._sha256 = await asyncio.to_thread(weights_hash, adapter)
        engine, tokenizer = await asyncio.to_thread(self._open, self._settings, adapter, self._read_again)
        self._engine = engine
        self._opened.set()
        check_room(self._settings, engine.description.context)
        await engine.start()
        await engine.ready()
        check_room(self._settings, engine.description.context)  # of an engine elsewhere it is known by now
        self._loaded = self._as_read(engine, tokenizer, self.adapter)
        self.load_seconds = time.monotonic() - start

    def _as_read(self, engine: StreamingEngine, tokenizer: ChatTokenizer, adapter: Adapter) -> Loaded:
        prompt = self._settings.system_prompt or str(adapter.facts.get("system_prompt", ""))
        dialogue = Dialogue(tokenizer, prompt, self._settings.max_new_tokens)
        was = self._loaded
        loaded_at = was.loaded_at if was is not None and was.sha256 == self._sha256 else int(time.time())
        return Loaded(engine, dialogue, adapter, self._sha256, loaded_at)

    def _read_again(self) -> None:
        """Before each start of the engine's process, in a thread: what lies in the adapter's folder by then is what
        answers, under its own hash and with its own system turn. Nobody is answered meanwhile. Raises
        ``AdapterError`` for what cannot be served on this base, ``OSError`` for what cannot be read."""
        assert self.adapter is not None
        try:
            adapter = read_adapter(self.adapter.folder, self.adapter.base_model)
        except AdapterError as error:
            if error.message != self._unread:
                log.warning("the adapter's folder cannot be served now: %s", error)
            self._unread = error.message
            raise
        sha256, was = weights_hash(adapter), self._loaded
        if sha256 != self._sha256:
            log.warning("the adapter's folder has changed; %s is served now", sha256[:12])
        self.adapter, self._sha256, self._unread = adapter, sha256, ""
        if was is not None:
            self._loaded = self._as_read(was.engine, was.dialogue.tokenizer, adapter)

    def _fail(self, detail: str, whole: str) -> None:
        """The short reason is for anybody who asks for the status, the whole one for the operator."""
        self._opened.set()
        self._failure = detail.splitlines()[0] if detail else "the model could not be loaded"
        log.error("the model cannot be served: %s", whole)
