"""The child's end of the link to its parent: JSON lines, many requests at once, each with its number.

From the parent::

    {"ask": 7, "prompt": [ids], "limits": {…}, "tuned": true}     {"cancel": 7}

From the child, first how the loading goes, then events of the requests::

    {"loading": 0.5, "detail": "reading weights"}   {"failed": "why"}   {"ready": {"slots": 4, "context": 4096}}
    {"id": 7, "read": 256, "of": 1200}
    {"id": 7, "text": "안녕", "ids": [5, 6]}
    {"id": 7, "done": "stop", "cached": 250}        {"id": 7, "fail": "context_length", "message": "…"}
    {"alive": true}                                 a step was made that no other line tells of

Strangers read ``detail`` and ``message``; what only the operator may know goes with them as ``"log": "…"``.
``phi4.engines.supervised`` is the other end.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from phi4.engines.protocol import FailureCode, Limits

ALIVE_SECONDS = 1.0  # how often a working child says so when it has nothing else to say


@dataclass(frozen=True)
class Ask:
    """A request of the parent."""

    number: int
    prompt: tuple[int, ...]
    limits: Limits
    tuned: bool


@dataclass(frozen=True)
class Cancel:
    """Nobody waits for this request any longer."""

    number: int


class Link:
    """Says everything that a child has to say; each method may be called from any thread."""

    def __init__(self, specification: dict[str, Any]) -> None:
        self._socket = socket.socket(fileno=specification["link"])
        self._turn = threading.Lock()
        self._last = 0.0

    def commands(self) -> Iterator[Ask | Cancel]:
        """What the parent wants, in its order; ends when the parent is gone."""
        with self._socket.makefile("rb") as lines:
            for line in lines:
                said = json.loads(line)
                if "cancel" in said:
                    yield Cancel(said["cancel"])
                else:
                    limits = {**said["limits"], "other_end_ids": tuple(said["limits"]["other_end_ids"])}
                    yield Ask(said["ask"], tuple(said["prompt"]), Limits(**limits), said["tuned"])

    def loading(self, progress: float, detail: str, log: str = "") -> None:
        """How far the loading is, 0 to 1."""
        self._say({"loading": progress, "detail": detail, **({"log": log} if log else {})})

    def failed(self, why: str) -> None:
        """It cannot be loaded, and trying again would not help."""
        self._say({"failed": why})

    def ready(self, **facts: Any) -> None:
        """Loaded. ``facts`` complete the parent's ``Description``."""
        self._say({"ready": facts})

    def alive(self) -> None:
        """A step was made; said once a second at most, and not where other lines tell it."""
        if time.monotonic() - self._last >= ALIVE_SECONDS:
            self._say({"alive": True})

    def read(self, number: int, done: int, total: int) -> None:
        """So many tokens of the prompt are read."""
        self._say({"id": number, "read": done, "of": total})

    def piece(self, number: int, text: str, ids: Sequence[int], tokens: int = 0) -> None:
        """The next text and its ids (or their number, where the ids are not known)."""
        if text or ids:
            counted = {"tokens": tokens} if tokens else {}
            self._say({"id": number, "text": text, "ids": list(ids), **counted})

    def done(self, number: int, reason: str, **usage: int) -> None:
        """It ended: ``stop`` or ``length``. ``cached`` tokens of the prompt were not read again;
        ``tokens`` were generated, where the pieces do not tell it."""
        self._say({"id": number, "done": reason, **usage})

    def fail(self, number: int, code: FailureCode, message: str, log: str = "") -> None:
        """It ended otherwise."""
        self._say({"id": number, "fail": code, "message": message, **({"log": log} if log else {})})

    def _say(self, line: dict[str, Any]) -> None:
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        with self._turn:
            self._last = time.monotonic()
            self._socket.sendall(data)
