"""What every engine child does first and last: read its specification, end with its parent."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any


def read_specification() -> dict[str, Any]:
    """The JSON line that the parent wrote; from then on, the child ends when stdin closes.

    Ctrl-C reaches the whole terminal; what it means is the parent's to decide.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    specification: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return specification


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)  # a model in full swing does not listen to anything gentler
