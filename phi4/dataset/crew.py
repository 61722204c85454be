"""Many requests to one teacher at a time."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phi4.dataset.window import Lanes, Window
from phi4.errors import TeacherBusy, TeacherFailed, TeacherSlow
from phi4.records import Message
from phi4.teachers import Sampling, TeacherAnswer

BUSY_TRIES = 6
BUSY_SECONDS = 1.0  # first pause for a teacher that has too much to do; doubles


_Done = queue.SimpleQueue["tuple[int, TeacherAnswer | Exception]"]


@dataclass(frozen=True)
class Posed:
    """A request as it is sent. ``prefix`` names what it begins with: requests that share it are asked in a row."""

    messages: Sequence[Message]
    schema: dict[str, Any]
    sampling: Sampling
    prefix: str = ""


def pause(error: TeacherBusy, tries: int) -> float:
    """Seconds to wait after the ``tries``-th refusal: what the teacher wants, else doubling, with jitter."""
    return error.seconds or BUSY_SECONDS * 2 ** (tries - 1) * random.uniform(0.5, 1.5)


class Crew:
    """Threads that ask, as many as the window allows. Everything else happens in the thread that calls."""

    def __init__(self, ask: Callable[[Posed], TeacherAnswer], at_once: int) -> None:
        self.window = Window(at_once)
        self._ask = ask
        self._tasks: queue.SimpleQueue[tuple[int, Posed, _Done]] = queue.SimpleQueue()
        self._done = _Done()
        self._workers = self._running = 0

    def work(
        self, posed: Mapping[int, Posed], enough: Callable[[int], object]
    ) -> Iterator[tuple[int, TeacherAnswer | TeacherFailed]]:
        """Outcomes in the order of their arrival. ``enough(n)``: nothing more may be sent beside ``n`` under way."""
        lanes = Lanes({index: one.prefix for index, one in posed.items()})
        refusals: Counter[int] = Counter()
        self._running, self._done, not_before = 0, _Done(), 0.0  # what an ended call left under way lands elsewhere
        while True:
            while self._has_room(lanes) and time.monotonic() >= not_before and not enough(self._running):
                index = lanes.take()
                self._send(index, posed[index])
            if not self._running and lanes and not enough(0):
                time.sleep(max(0.0, not_before - time.monotonic()))
                continue
            if not self._running:
                return
            index, outcome = self._done.get()
            self._running -= 1
            lanes.answered(index)
            self._learn(outcome)
            if isinstance(outcome, TeacherBusy) and refusals[index] < BUSY_TRIES - 1:
                refusals[index] += 1
                not_before = time.monotonic() + pause(outcome, refusals[index])
                lanes.back(index)
            elif isinstance(outcome, TeacherAnswer | TeacherFailed):
                yield index, outcome
            else:
                raise outcome

    def landing(self, seconds: float) -> Iterator[tuple[int, TeacherAnswer]]:
        """Answers to what was under way when ``work`` ended early: those that come within ``seconds``."""
        until = time.monotonic() + seconds
        while self._running:
            try:
                index, outcome = self._done.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return
            self._running -= 1
            if isinstance(outcome, TeacherAnswer):
                yield index, outcome

    def _has_room(self, lanes: Lanes) -> bool:
        return bool(lanes) and self._running < self.window.size

    def _learn(self, outcome: TeacherAnswer | Exception) -> None:
        if isinstance(outcome, TeacherAnswer):
            self.window.grow()
        elif isinstance(outcome, TeacherBusy | TeacherSlow):
            self.window.shrink()

    def _send(self, index: int, posed: Posed) -> None:
        if self._workers < self.window.size:
            self._workers += 1
            threading.Thread(target=self._work, daemon=True).start()  # a hanging request must not hold up Ctrl-C
        self._tasks.put((index, posed, self._done))
        self._running += 1

    def _work(self) -> None:
        while True:
            index, posed, done = self._tasks.get()
            try:
                done.put((index, self._ask(posed)))
            except Exception as error:
                done.put((index, error))
