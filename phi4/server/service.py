"""The chatbot behind the endpoints: its state, its queue, and the conversations it remembers."""

from __future__ import annotations

import sys
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from phi4 import __version__
from phi4.chat import Adapter, Chatbot, Reply
from phi4.chat_format import ChatTokenizer
from phi4.engines.protocol import Engine
from phi4.errors import EngineError, PHi4Error
from phi4.records import Message
from phi4.server.schemas import MAX_CHARACTERS, Status
from phi4.weights import base_folder

MAX_WAITING = 16  # more would wait longer than a person does
MAX_CONVERSATIONS = 1000
RETRY_SECONDS = 5


class LoadingEngine(Engine, Protocol):
    """An engine that loads while the server already answers."""

    @property
    def alive(self) -> bool: ...

    def wait_ready(self) -> None: ...


StartEngine = Callable[[Adapter], tuple[LoadingEngine, ChatTokenizer]]
FindAdapter = Callable[[], Adapter]


def start_torch(adapter: Adapter) -> tuple[LoadingEngine, ChatTokenizer]:
    """PyTorch in a child process, for any machine."""
    from phi4.engines.torch_child import TorchChild

    base = base_folder(adapter.base_model)
    tokenizer = ChatTokenizer(base)  # first: if it fails, no child is left behind
    return TorchChild(base, adapter.folder), tokenizer


class Busy(PHi4Error):
    """The queue is full."""


class NotReady(PHi4Error):
    """The model is loading, or could not be loaded."""


class ChatService:
    """One adapter served to many. Methods are called from worker threads; all are safe there."""

    def __init__(self, find: FindAdapter, start: StartEngine, system_prompt: str, max_new_tokens: int) -> None:
        self._find, self._start = find, start
        self._system_prompt, self._max_new_tokens = system_prompt, max_new_tokens
        self.state, self.detail = "starting", ""
        self._adapter: Adapter | None = None
        self._engine: LoadingEngine | None = None
        self._bot: Chatbot | None = None
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # one generation at a time
        self._inside = 0
        self._stopped = False
        self._conversations: OrderedDict[str, list[Message]] = OrderedDict()

    def start(self) -> None:
        """Begin to load, in a thread of its own: the status must answer meanwhile."""
        threading.Thread(target=self._load, daemon=True).start()

    def _load(self) -> None:
        try:
            self.state = "loading"
            self._adapter = self._find()
            engine, tokenizer = self._start(self._adapter)
            with self._lock:
                self._engine = engine
                stopped = self._stopped
            if stopped:
                engine.close()
                return
            engine.wait_ready()
            prompt = self._system_prompt or str(self._adapter.facts.get("system_prompt", ""))
            self._bot = Chatbot(engine, tokenizer, prompt, self._max_new_tokens)
            self.state = "ready"
        except PHi4Error as error:
            self._fail(error.message, str(error))
        except Exception as error:  # a thread's last words would be lost
            self._fail(type(error).__name__, f"{type(error).__name__}: {error}")

    def _fail(self, detail: str, whole: str) -> None:
        """The short reason is for anybody who asks for the status, the whole one for the operator."""
        self.state, self.detail = "failed", detail.splitlines()[0]
        print(f"the model could not be loaded: {whole}", file=sys.stderr, flush=True)
        if self._engine is not None:
            self._engine.close()

    def stop(self) -> None:
        """End the engine."""
        with self._lock:
            self._stopped = True
            if self._engine is not None:
                self._engine.close()

    def status(self) -> Status:
        """The state now; never waits for the model."""
        if self.state == "ready" and self._engine is not None and not self._engine.alive:
            self.state, self.detail = "failed", "the engine's process ended; start the server again"
        with self._lock:
            inside = self._inside
        return Status(
            state=self.state,
            loaded=self.state == "ready",
            progress=1.0 if self.state == "ready" else None,
            detail=self.detail,
            engine="transformers",
            model=self._adapter.base_model if self._adapter else "",
            adapter=self._adapter.name if self._adapter else "",
            queue={"running": min(inside, 1), "waiting": max(inside - 1, 0), "limit": MAX_WAITING},
            limits={"max_tokens": self._max_new_tokens, "max_characters": MAX_CHARACTERS},
            version=__version__,
        )

    def answer(
        self, messages: Sequence[Message], conversation_id: str | None, max_tokens: int, temperature: float
    ) -> tuple[str, Reply]:
        """The reply and its conversation's id. Raises ``NotReady``, ``Busy`` or ``EngineError``.

        With one message the earlier turns of the conversation are put before it. Only ids that we
        gave out are continued: they cannot be guessed.
        """
        bot = self._bot
        if bot is None or self.status().state != "ready":
            raise NotReady(self.detail or f"the model is {self.state}")
        self._enter()
        try:
            with self._turn:
                known = self._known(conversation_id)
                turns = [*self._history(known), *messages] if len(messages) == 1 else list(messages)
                reply = bot.reply(turns, max_tokens, temperature)
                self._remember(known, [*turns, Message(role="assistant", content=reply.answer)])
        except EngineError:
            self.status()
            raise
        finally:
            with self._lock:
                self._inside -= 1
        return known, reply

    def _enter(self) -> None:
        with self._lock:
            if self._inside > MAX_WAITING:
                raise Busy(f"{self._inside} requests are running or waiting")
            self._inside += 1

    def _known(self, asked: str | None) -> str:
        with self._lock:
            return asked if asked and asked in self._conversations else f"conv_{uuid.uuid4().hex}"

    def _history(self, conversation: str) -> list[Message]:
        with self._lock:
            turns = self._conversations.get(conversation, [])
        size = 0
        kept: list[Message] = []
        for turn in reversed(turns):  # the newest that fit; a whole question and answer at a time
            size += len(turn.content)
            if size > MAX_CHARACTERS // 4:
                break
            kept.insert(0, turn)
        return kept[1:] if kept and kept[0].role == "assistant" else kept

    def _remember(self, conversation: str, turns: list[Message]) -> None:
        with self._lock:
            self._conversations[conversation] = turns
            self._conversations.move_to_end(conversation)
            while len(self._conversations) > MAX_CONVERSATIONS:
                self._conversations.popitem(last=False)
