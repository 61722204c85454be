"""How much of this machine a process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """Threads that may work at once: what ``OMP_NUM_THREADS`` grants (Ray gives each worker its share by it), else
    the processors that this process may run on."""
    granted = os.environ.get("OMP_NUM_THREADS", "")
    if granted.isdecimal() and int(granted):
        return int(granted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
