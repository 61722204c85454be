"""A model server as a child process, reached over a Unix socket.

Loading a model can hold Python's interpreter lock for its whole length, so no process that
must stay responsive loads one itself. A socket in a private folder, or one that both have from
the start (``link``), needs no port and no key.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from phi4.errors import EngineError

POLL_SECONDS = 0.1
STOP_SECONDS = 5.0


class EngineProcess:
    """``python -m MODULE`` with a JSON specification on its first line of stdin.

    The child ends when its stdin closes, so it never outlives its parent.
    """

    def __init__(self, module: str, specification: dict[str, Any], link: socket.socket | None = None) -> None:
        """``link`` is the child's end of a pair of connected sockets, for children that speak
        ``phi4.engines.wire``; the others listen on ``self.socket``."""
        self._folder = tempfile.TemporaryDirectory(prefix="phi4-")
        self.socket = str(Path(self._folder.name) / "engine.sock")
        self._log = Path(self._folder.name) / "log"
        self.module = module
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[link.fileno()] if link else [],
            )
        line = json.dumps({**specification, "socket": self.socket, "link": link.fileno() if link else None}) + "\n"
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once; `alive` and `wait_ready` say so
            self._child.stdin.write(line.encode())
            self._child.stdin.flush()

    def __enter__(self) -> EngineProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """End the child at once, whatever it does; ``stop`` tidies up."""
        self._child.kill()

    def wait(self, seconds: float) -> bool:
        """Whether the child ends within this time."""
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def listens(self) -> bool:
        """Whether the child's socket is open. Ask before a client connects to a child that may be
        gone: httpx leaves its own socket unclosed for an address that it cannot reach."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(self.socket)
            except OSError:
                return False
        return True

    @property
    def exit_code(self) -> int | None:
        """None while it lives; that of a signal is negative."""
        return self._child.poll()

    def log_tail(self, lines: int = 3) -> str:
        """The last words of the child, for an error message."""
        if not self._log.exists():
            return ""
        text = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return " | ".join(line.strip() for line in text[-lines:])

    def client(self, timeout: float = 600.0) -> httpx.Client:
        """A blocking HTTP client of the child; several threads may ask with it."""
        return httpx.Client(transport=httpx.HTTPTransport(uds=self.socket), base_url="http://engine", timeout=timeout)

    def wait_ready(self, timeout: float = 600.0) -> None:
        """Block until the model is loaded. Raises ``EngineError`` with the child's last words."""
        deadline = time.monotonic() + timeout
        with self.client(timeout=10.0) as client:
            while time.monotonic() < deadline:
                if not self.alive:
                    raise EngineError(f"the engine '{self.module}' ended while loading: {self.log_tail()}")
                if self.listens() and _is_ready(client, self.module):
                    return
                time.sleep(POLL_SECONDS)
        raise EngineError(f"the engine '{self.module}' was not ready after {timeout:.0f} s")

    def stop(self) -> None:
        """End the child: ask by closing its stdin, then insist."""
        if self._child.stdin is not None and not self._child.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.close()
        try:
            self._child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._folder.cleanup()


def _is_ready(client: httpx.Client, module: str) -> bool:
    try:
        answer = client.get("/health")
    except httpx.TransportError:
        return False  # busy loading
    if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
        raise EngineError(f"the engine '{module}' could not load: {_detail(answer)}")
    return answer.status_code == httpx.codes.OK


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text
