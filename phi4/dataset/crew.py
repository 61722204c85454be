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
        self._tasks: queue.SimpleQueue[tuple[int, Posed]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, TeacherAnswer | Exception]] = queue.SimpleQueue()
        self._workers = 0

    def work(
        self, posed: Mapping[int, Posed], enough: Callable[[int], object]
    ) -> Iterator[tuple[int, TeacherAnswer | TeacherFailed]]:
        """Outcomes in the order of their arrival. ``enough(n)``: nothing more may be sent beside ``n`` under way."""
        lanes = Lanes({index: one.prefix for index, one in posed.items()})
        refusals: Counter[int] = Counter()
        running, not_before = 0, 0.0
        while True:
            while lanes and running < self.window.size and time.monotonic() >= not_before and not enough(running):
                index = lanes.take()
                self._send(index, posed[index])
                running += 1
            if not running and lanes and not enough(0):
                time.sleep(max(0.0, not_before - time.monotonic()))
                continue
            if not running:
                return
            index, outcome = self._done.get()
            running -= 1
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

    def _learn(self, outcome: TeacherAnswer | Exception) -> None:
        if isinstance(outcome, TeacherAnswer):
            self.window.grow()
        elif isinstance(outcome, TeacherBusy | TeacherSlow):
            self.window.shrink()

    def _send(self, index: int, posed: Posed) -> None:
        if self._workers < self.window.size:
            self._workers += 1
            threading.Thread(target=self._work, daemon=True).start()  # a hanging request must not hold up Ctrl-C
        self._tasks.put((index, posed))

    def _work(self) -> None:
        while True:
            index, posed = self._tasks.get()
            try:
                self._done.put((index, self._ask(posed)))
            except Exception as error:
                self._done.put((index, error))
