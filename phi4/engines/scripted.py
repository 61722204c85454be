"""The fakes at the engine seam: a function of the prompt's ids, and a memory of what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phi4.engines.generation import EventQueue
from phi4.engines.protocol import Completion, Description, EngineStatus, Limits, State
from phi4.errors import EngineError

Script = Callable[[Sequence[int], bool], Sequence[int]]


class ScriptedEngine:
    """Answers with ``script(prompt_ids, tuned)``, a list of token ids, cut at the limits."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.asked: list[tuple[tuple[int, ...], Limits, bool]] = []
        self.closed = False

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """See ``Engine.generate``."""
        done = []
        for prompt in prompts:
            self.asked.append((tuple(prompt), limits, tuned))
            tokens = list(self._script(prompt, tuned))
            done.append(cut(tokens, limits))
        return done

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def cut(tokens: Sequence[int], limits: Limits) -> Completion:
    """An answer ends before its first end token, or at ``max_tokens``."""
    for place, token in enumerate(tokens[: limits.max_tokens]):
        if token in limits.end_ids:
            return Completion(tuple(tokens[:place]), "stop")
    return Completion(tuple(tokens[: limits.max_tokens]), "length")


@dataclass
class Pace:
    """How long a scripted engine takes, in seconds. Change it between requests."""

    load: float = 0.0
    prompt: float = 0.0  # in four steps, each told as progress
    token: float = 0.0
    restart: float = 0.0  # from a loss to ready again


class ScriptedStream:
    """A ``StreamingEngine`` without a model: a script, a pace, and the faults of a real one on demand.

    ``refuse_load`` makes it fail while loading. ``lose()`` is the death of the child: requests on
    their way fail, the engine comes back after ``pace.restart``. ``freeze()`` lets nothing more
    out of the running requests, as a hung model does; ``cancel`` still ends them.
    """

    def __init__(
        self,
        script: Script,
        decode: Callable[[Sequence[int]], str],
        *,
        slots: int = 4,
        context: int = 2048,
        pace: Pace | None = None,
        refuse_load: str = "",
    ) -> None:
        self._script, self._decode = script, decode
        self.pace, self.refuse_load = pace or Pace(), refuse_load
        self.description = Description("scripted", "scripted-base", "scripted-adapter", slots, context)
        self.asked: list[tuple[tuple[int, ...], Limits, bool]] = []
        self.cancelled = 0  # requests that were cancelled while they ran or waited
        self._state: State = "starting"
        self._detail, self._restarts = "", 0
        self._slots = asyncio.Semaphore(slots)
        self._changed = asyncio.Event()
        self._moving = asyncio.Event()
        self._moving.set()
        self._tasks: dict[asyncio.Task[None], EventQueue] = {}
        self._loading: asyncio.Task[None] | None = None

    def status(self) -> EngineStatus:
        """See ``StreamingEngine.status``."""
        progress = 0.5 if self._state == "loading" else None
        return EngineStatus(self._state, self._detail, progress, len(self._tasks), self._restarts)

    async def start(self) -> None:
        """See ``StreamingEngine.start``."""
        self._become("loading")
        self._loading = asyncio.create_task(self._load(self.pace.load))

    async def ready(self) -> None:
        """See ``StreamingEngine.ready``."""
        while self._state != "ready":
            if self._state in ("failed", "stopped"):
                raise EngineError(self._detail or "the engine was stopped")
            self._changed.clear()
            await self._changed.wait()

    def submit(self, prompt: Sequence[int], limits: Limits, tuned: bool = True) -> EventQueue:
        """See ``StreamingEngine.submit``."""
        self.asked.append((tuple(prompt), limits, tuned))
        task: asyncio.Task[None] | None = None

        def cancel() -> None:
            self.cancelled += 1
            if task is not None:
                task.cancel()

        queue = EventQueue(len(prompt), cancel)
        if self._state != "ready":
            queue.fail("not_ready", f"the engine is {self._state}")
        elif len(prompt) + limits.max_tokens > self.description.context:
            room = self.description.context
            queue.fail("context_length", f"{len(prompt)} + {limits.max_tokens} tokens do not fit in {room}")
        else:
            task = asyncio.create_task(self._run(queue, list(prompt), limits, tuned))
            self._tasks[task] = queue
            task.add_done_callback(self._tasks.pop)
        return queue

    def lose(self) -> None:
        """The child dies now and is started again."""
        self._become("degraded", "the engine's process ended; it is being started again")
        self._restarts += 1
        self._end_all("the engine's process ended")
        self._loading = asyncio.create_task(self._load(self.pace.restart))

    def freeze(self) -> None:
        """Nothing moves until ``thaw``."""
        self._moving.clear()

    def thaw(self) -> None:
        """Go on."""
        self._moving.set()

    async def stop(self) -> None:
        """See ``StreamingEngine.stop``."""
        if self._loading is not None:
            self._loading.cancel()
        self._become("stopped")
        self._end_all("the engine was stopped")

    async def _load(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self.refuse_load:
            self._become("failed", self.refuse_load)
        else:
            self._become("ready")

    async def _run(self, queue: EventQueue, prompt: list[int], limits: Limits, tuned: bool) -> None:
        async with self._slots:
            for quarter in range(1, 5):
                await self._wait(self.pace.prompt / 4)
                queue.progress(len(prompt) * quarter // 4, len(prompt))
            try:
                answer = cut(self._script(prompt, tuned), limits)
            except EngineError as error:
                queue.fail("refused", error.message)
                return
            shown, sent = 0, 0
            for count in range(1, len(answer.tokens) + 1):
                await self._wait(self.pace.token)
                text = self._decode(answer.tokens[:count])
                if text.endswith("\ufffd") and count < len(answer.tokens):
                    continue  # half a character
                queue.piece(text[shown:], answer.tokens[sent:count])
                shown, sent = len(text), count
            queue.done("stop" if answer.finish_reason == "stop" else "length")

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._moving.wait()

    def _end_all(self, message: str) -> None:
        for task, queue in list(self._tasks.items()):
            queue.fail("engine_lost", message)
            task.cancel()

    def _become(self, state: State, detail: str = "") -> None:
        self._state, self._detail = state, detail
        self._changed.set()
