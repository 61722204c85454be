"""``--max-calls`` and ``--max-cost`` where many ask: one till, from which every worker draws a little at a time.

What a lost worker drew and did not use is not given out again: a run may end a little under its limit, never over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phi4.dataset import Ceiling
from phi4.dataset.meter import Meter, Prices

TillCall = Callable[[str], Any]
PORTIONS = 20  # that each worker draws in a run


class Till:
    """Lives in one place; hands out portions until nothing is left."""

    def __init__(self, ceiling: Ceiling, workers: int) -> None:
        self._calls, self._cost = ceiling.calls, ceiling.cost
        self._portion = Ceiling(-(-ceiling.calls // (PORTIONS * workers)), ceiling.cost / (PORTIONS * workers))

    def draw(self) -> tuple[int, float]:
        """So many calls and so much money more; (0, 0.0) when nothing is left."""
        calls, cost = min(self._calls, self._portion.calls), min(self._cost, self._portion.cost)
        self._calls -= calls
        self._cost -= cost
        return calls, cost


@dataclass
class _Granted:
    calls: int = 0
    cost: float = 0.0


class Allowance(Meter):
    """Counts as ``Meter`` does; what it may spend it draws from the ``till``, if there is one."""

    def __init__(self, prices: Prices, ceiling: Ceiling, till: TillCall | None = None) -> None:
        super().__init__(prices, ceiling)
        self._till, self._granted = till, _Granted()

    def spent(self, under_way: int = 0) -> str:
        """Which limit of the run is reached."""
        if self._till is None:
            return ""
        if self.ceiling.cost and self.unpriced(under_way):
            return f"--max-cost {self.ceiling.cost:g}"
        while limit := self._short_of(under_way):
            calls, cost = self._draw()
            if not (calls or not self.ceiling.calls) or not (cost or not self.ceiling.cost):
                return limit
        return ""

    def _short_of(self, under_way: int) -> str:
        if self.ceiling.calls and self.calls + under_way >= self._granted.calls:
            return f"--max-calls {self.ceiling.calls}"
        if self.ceiling.cost and self.reserved(under_way) >= self._granted.cost:
            return f"--max-cost {self.ceiling.cost:g}"
        return ""

    def _draw(self) -> tuple[int, float]:
        assert self._till, "nothing is drawn where there is no limit"
        calls, cost = self._till("draw")
        self._granted.calls += calls
        self._granted.cost += cost
        return calls, cost
