"""The parent's side: a ``StreamingEngine`` in a child that is watched, and started again when it is lost.

One child, one link, many requests (``phi4.engines.wire``). Three ways to lose a child are seen at
once or after a deadline: it ends (the link closes), it loads for too long, or requests run and
nothing is heard of any of them. All three end every request with ``engine_lost`` and start the
child again, after a pause that doubles while it does not get ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import json
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from phi4.engines.generation import EventQueue
from phi4.engines.process import EngineProcess
from phi4.engines.protocol import Description, EngineStatus, Limits, State
from phi4.errors import EngineError, PHi4Error

log = logging.getLogger("phi4.engines")
LINE_BYTES = 1 << 20
LAST_WORDS_SECONDS = 1.0  # a dying child closes the link a little before it has ended


@dataclass(frozen=True)
class Deadlines:
    """Seconds."""

    load: float = 900.0  # from the start of a child to ready
    silence: float = 120.0  # without a word while requests run; a long prompt on a slow CPU is read in less
    first_pause: float = 0.5  # before a lost child is started again; doubled each time that it does not get ready
    longest_pause: float = 30.0
    starts: int = 5  # in a row that did not get ready, after which one that never was ready has failed; 0: never


Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Launch:
    """What to run: ``python -m module``, and how to describe it.

    ``prepare`` makes the files that the child needs and returns its specification. It runs in a
    thread before every start of a child, so a child that is started again serves what is on the
    disk by then; it raises ``PHi4Error``, and may report its progress (0 to 1, and what it does).
    """

    module: str
    prepare: Callable[[Report], dict[str, Any]]
    description: Description
    deadlines: Deadlines = field(default_factory=Deadlines)


class SupervisedEngine:
    """Implements ``StreamingEngine``."""

    def __init__(self, launch: Launch) -> None:
        self._launch, self._deadlines = launch, launch.deadlines
        self.description = launch.description
        self._status = EngineStatus("starting")
        self._changed = asyncio.Event()
        self._numbers = itertools.count(1)
        self._running: dict[int, EventQueue] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._heard = 0.0  # when the child last said anything
        self._noted = ""  # the last line for the log
        self._impatient = ""  # why the child was killed, if we did it

    def status(self) -> EngineStatus:
        """See ``StreamingEngine.status``."""
        return dataclasses.replace(self._status, running=len(self._running))

    async def start(self) -> None:
        """See ``StreamingEngine.start``."""
        self._become("loading")
        self._keeper = asyncio.create_task(self._keep())

    async def ready(self) -> None:
        """See ``StreamingEngine.ready``."""
        while self._status.state != "ready":
            if self._status.state in ("failed", "stopped"):
                raise EngineError(self._status.detail or "the engine was stopped")
            self._changed.clear()
            await self._changed.wait()

    def submit(self, prompt: Sequence[int], limits: Limits, tuned: bool = True) -> EventQueue:
        """See ``StreamingEngine.submit``."""
        number = next(self._numbers)
        queue = EventQueue(len(prompt), lambda: self._forget(number))
        needed, room = len(prompt) + limits.max_tokens, self.description.context
        if self._status.state != "ready" or self._writer is None:
            queue.fail("not_ready", f"the engine is {self._status.state}")
        elif room and needed > room:
            queue.fail("context_length", f"{len(prompt)} + {limits.max_tokens} tokens do not fit in {room}")
        elif not prompt:
            queue.fail("refused", "an empty prompt")
        else:
            if not self._running:
                self._heard = asyncio.get_running_loop().time()
            self._running[number] = queue
            asked = {"prompt": list(prompt), "limits": dataclasses.asdict(limits), "tuned": tuned}
            self._say({"ask": number, **asked})
        return queue

    async def stop(self) -> None:
        """See ``StreamingEngine.stop``."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        self._become("stopped")
        self._end_all("the engine was stopped")

    async def _keep(self) -> None:
        """Start a child, live with it, start the next."""
        failures, pause, served = 0, self._deadlines.first_pause, False
        while True:
            try:
                why = await self._live()
            except PHi4Error as error:
                if not self._status.restarts:  # at the first start it would not help to try again
                    self._become("failed", str(error))
                    return
                why = error.message
            except Exception:  # no sockets, a file half written, a line that is none: the next may do better
                log.exception("the engine could not be started")
                why = "the engine could not be started; the log says why"
            if self._status.state == "ready":
                failures, pause, served = 0, self._deadlines.first_pause, True
            else:
                failures, pause = failures + 1, min(pause * 2, self._deadlines.longest_pause)
            # What served once may do so again, when somebody has mended what is wrong.
            given_up = 0 < self._deadlines.starts <= failures and not served
            if given_up:
                self._become("failed", f"{why} ({failures} attempts)")
            else:
                self._become("degraded", why, restarts=self._status.restarts + 1)
            self._end_all(why)
            if given_up:
                return
            await asyncio.sleep(pause)

    async def _live(self) -> str:
        """One child's whole life; returns why it ended. Raises ``PHi4Error`` for one that says why it cannot load."""
        specification = await self._prepared()
        ours, theirs = socket.socketpair()
        with theirs:
            process = EngineProcess(self._launch.module, specification, theirs)
        reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=LINE_BYTES)
        watch = asyncio.create_task(self._watch(process))
        by_itself = True
        try:
            while line := await reader.readline():
                self._heard = asyncio.get_running_loop().time()
                self._hear(json.loads(line))
        except ConnectionError:
            pass  # as good as its end
        except asyncio.CancelledError:
            by_itself = False
            raise
        finally:
            watch.cancel()
            self._writer.close()
            self._writer = None
            gone = await asyncio.to_thread(process.wait, LAST_WORDS_SECONDS)
            if gone and by_itself and not self._impatient:
                log.error("the engine's process ended: %s", process.log_tail())  # nothing for strangers
            process.kill()
            process.stop()
        return self._impatient or "the engine's process ended; the log says why"

    async def _prepared(self) -> dict[str, Any]:
        """What ``prepare`` returns, from a thread that nobody waits for when the program ends."""
        loop = asyncio.get_running_loop()
        made: asyncio.Future[dict[str, Any]] = loop.create_future()

        def later(call: Callable[..., None], *values: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is interested any more
                loop.call_soon_threadsafe(lambda: None if made.done() else call(*values))

        def prepare() -> None:
            try:
                later(made.set_result, self._launch.prepare(lambda *told: later(self._report, *told)))
            except Exception as error:  # whatever it was belongs to who waits
                later(made.set_exception, error)

        threading.Thread(target=prepare, daemon=True).start()
        return await made

    def _report(self, progress: float, detail: str) -> None:
        self._status = dataclasses.replace(self._status, progress=progress, detail=detail)

    async def _watch(self, process: EngineProcess) -> None:
        """Kill a child that takes too long; its end is then seen like any other."""
        clock = asyncio.get_running_loop().time
        born, self._impatient, patience = clock(), "", self._deadlines
        while not self._impatient:
            await asyncio.sleep(min(patience.silence, patience.load) / 10)
            if self._status.state == "ready":
                if self._running and clock() - self._heard > patience.silence:
                    self._impatient = f"the engine was silent for {patience.silence:g} s while it had work"
            elif clock() - born > patience.load:
                self._impatient = f"the engine was not ready after {patience.load:g} s"
        process.kill()

    def _hear(self, said: dict[str, Any]) -> None:
        """One line of the child. Its ``log`` is for the operator: visitors read all the rest."""
        if (note := said.get("log", "")) and note != self._noted:
            self._noted = note
            log.warning("%s", note)
        if "id" in said:
            self._hand_out(said)
        elif "loading" in said:
            self._report(said["loading"], said["detail"])
        elif "ready" in said:
            self.description = dataclasses.replace(self.description, **said["ready"])
            self._become("ready")
        elif "failed" in said:
            raise EngineError(said["failed"])

    def _hand_out(self, said: dict[str, Any]) -> None:
        number = said["id"]
        queue = self._running.get(number)
        if queue is None:
            return  # it was cancelled meanwhile
        if "read" in said:
            queue.progress(said["read"], said["of"])
        elif "text" in said:
            queue.piece(said["text"], said["ids"], said.get("tokens", 0))
        else:
            del self._running[number]
            if "done" in said:
                queue.done(said["done"], said.get("cached", 0), said.get("tokens", 0))
            else:
                queue.fail(said["fail"], said["message"])

    def _say(self, line: dict[str, Any]) -> None:
        if self._writer is not None:
            self._writer.write(json.dumps(line).encode() + b"\n")

    def _forget(self, number: int) -> None:
        if self._running.pop(number, None) is not None:
            self._say({"cancel": number})

    def _end_all(self, why: str) -> None:
        for queue in self._running.values():
            queue.fail("engine_lost", why)
        self._running.clear()

    def _become(self, state: State, detail: str = "", restarts: int | None = None) -> None:
        known = self._status.restarts if restarts is None else restarts
        self._status = EngineStatus(state, detail, restarts=known)
        self._changed.set()
