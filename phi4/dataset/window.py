"""How many requests go to a teacher at once, and which one next."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

START = 4
SHRINK = 0.7


class Window:
    """Grows while answers come, shrinks when the teacher has too much to do.

    Doubles in a round of answers until the first refusal, then grows by one in a round: the way of TCP
    (slow start, additive increase, multiplicative decrease).
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = float(min(START, most))
        self._refused = False

    @property
    def size(self) -> int:
        return int(self._size)

    def grow(self) -> None:
        """An answer came."""
        self._size = min(self._most, self._size + (1 / self._size if self._refused else 1))

    def shrink(self) -> None:
        """A request was refused for lack of room, or took too long."""
        self._refused = True
        self._size = max(1.0, self._size * SHRINK)


class Lanes:
    """Which request next, so that each passage is read as seldom as can be.

    A server reads a passage once for all requests about it when they come one after another, or when the
    first was answered before the others are sent. So: first go on with the passage just answered, then begin
    a new one, and only then put a second request beside one that is under way.
    """

    def __init__(self, prefixes: Mapping[int, str]) -> None:
        self._prefixes = dict(prefixes)
        self._waiting: dict[str, deque[int]] = defaultdict(deque)
        for index, prefix in self._prefixes.items():
            self._waiting[prefix].append(index)
        self._new = deque(self._waiting)
        self._read: set[str] = set()
        self._free: list[str] = []  # read, and nobody works on it; the latest last

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def take(self) -> int:
        """The next request to send."""
        prefix = self._next()
        index = self._waiting[prefix].popleft()
        if not self._waiting[prefix]:
            del self._waiting[prefix]
        return index

    def _next(self) -> str:
        while self._free:
            if (prefix := self._free.pop()) in self._waiting:
                return prefix
        if self._new:
            return self._new.popleft()
        return max(self._waiting, key=lambda prefix: (prefix in self._read, len(self._waiting[prefix])))

    def answered(self, index: int) -> None:
        """This request is over: what it begins with was read, and nobody works on it."""
        self._read.add(self._prefixes[index])
        self._free.append(self._prefixes[index])

    def back(self, index: int) -> None:
        """This request must be sent again."""
        self._waiting[self._prefixes[index]].appendleft(index)
