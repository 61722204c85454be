"""Progress that a person can plan by: count, rate and time left.

On a terminal one line that is rewritten; piped, a plain line now and then. Always on
stderr, so that stdout stays the manual's words or ``--json``.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

PLAIN_EVERY = 15.0  # seconds between lines when nobody can see a rewritten one
REDRAW_EVERY = 0.1


def clock(seconds: float) -> str:
    """``75`` -> ``1:15``; ``4000`` -> ``1:06:40``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Progress:
    """``with Progress("drafts", 24) as bar: bar.step()``."""

    def __init__(self, label: str, total: int, unit: str = "", stream: TextIO | None = None, done: int = 0) -> None:
        """``done`` were finished before: they count, but not for the rate."""
        self.label, self.total, self.unit = label, total, unit or label
        self.done = self._before = done
        self.note = ""
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._start = self._shown = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def step(self, count: int = 1, note: str = "") -> None:
        """``count`` more are done; ``note`` stands at the end of the line."""
        self.done += count
        self.note = note or self.note
        now = time.monotonic()
        if now - self._shown >= (REDRAW_EVERY if self._terminal else PLAIN_EVERY):
            self._shown = now
            self._draw(now)

    def clear(self) -> None:
        """Take the line off the terminal, so that other words can be printed."""
        if self._terminal:
            print("\r\033[K", end="", file=self._stream, flush=True)

    def _draw(self, now: float) -> None:
        spent = max(now - self._start, 1e-6)
        rate = (self.done - self._before) / spent
        pace = f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.1f}/min"
        total = max(self.total, self.done)  # what is to be done may be known in part only
        left = clock((total - self.done) / rate) if rate and self.total >= self.done else "?"
        line = f"{self.label}: {self.done}/{total} {self.unit} · {pace} · {left} left {self.note}".rstrip()
        if self._terminal:
            print(f"\r\033[K{line[:110]}", end="", file=self._stream, flush=True)
        else:
            print(line, file=self._stream, flush=True)
