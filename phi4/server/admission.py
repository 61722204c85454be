"""Who is answered now, who waits, who is sent away: a bounded queue, and a share for each client.

Requests are counted before anything is done with their text, so a flood costs next to nothing.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator

from phi4.server.failures import Busy, OverShare

MEMORY = 0.9  # of the average time that a request takes


class Ticket:
    """A place: first in the queue, then at the model. Leave it exactly when the request is over."""

    def __init__(self, admission: Admission, client: str) -> None:
        self._admission, self._client = admission, client
        self._moved = asyncio.Event()
        self._running_since: float | None = None
        self._left = False

    async def places(self) -> AsyncIterator[int]:
        """The place in the queue, 1 is next, each time that it changes; ends when it is our turn."""
        told = 0
        while True:
            self._moved.clear()  # before the look, so that no move is missed
            place = self._admission.place(self)
            if not place:
                return
            if place != told:
                told = place
                yield place
            await self._moved.wait()

    def leave(self) -> None:
        """Give the place up. Twice is fine."""
        if not self._left:
            self._left = True
            self._admission.left(self, self._client, self._running_since)

    def run(self) -> None:
        """It is this one's turn."""
        self._running_since = time.monotonic()

    def moved(self) -> None:
        """The queue has changed."""
        self._moved.set()


class Admission:
    """``slots`` requests run, ``max_waiting`` more wait, one client has at most ``max_per_client`` of them."""

    def __init__(self, slots: int, max_waiting: int, max_per_client: int) -> None:
        self.slots, self.max_waiting, self.max_per_client = slots, max_waiting, max_per_client
        self._running: set[Ticket] = set()
        self._waiting: list[Ticket] = []
        self._of_client: Counter[str] = Counter()
        self._seconds = 0.0  # what a request takes, lately

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def enter(self, client: str) -> Ticket:
        """A place for one request. Raises ``OverShare`` or ``Busy``, which say when to come back."""
        if self._of_client[client] >= self.max_per_client:
            mine = self._of_client[client]
            raise OverShare(
                f"{mine} of your requests are here already; wait for one of them", None, self.wait_seconds()
            )
        if self.running >= self.slots and self.waiting >= self.max_waiting:
            raise Busy(f"{self.running} requests are running and {self.waiting} waiting", None, self.wait_seconds())
        ticket = Ticket(self, client)
        self._of_client[client] += 1
        self._waiting.append(ticket)
        self._advance()
        return ticket

    def place(self, ticket: Ticket) -> int:
        """Place in the queue, 0 when it runs."""
        return 0 if ticket in self._running else self._waiting.index(ticket) + 1

    def left(self, ticket: Ticket, client: str, running_since: float | None) -> None:
        """One is over; the next may run."""
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]
        if running_since is None:
            self._waiting.remove(ticket)
        else:
            self._running.discard(ticket)
            took = time.monotonic() - running_since
            self._seconds = MEMORY * self._seconds + (1 - MEMORY) * took if self._seconds else took
        self._advance()
        for other in self._waiting:
            other.moved()

    def wait_seconds(self) -> int:
        """When a place will be free, guessed from how long requests took lately; 1 to 60."""
        rounds = (self.waiting + 1) / max(self.slots, 1)
        return min(max(math.ceil(self._seconds * rounds), 1), 60)

    def _advance(self) -> None:
        while self._waiting and len(self._running) < self.slots:
            ticket = self._waiting.pop(0)
            ticket.run()
            self._running.add(ticket)
            ticket.moved()
