"""How much of this machine a process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """Threads that may work at once: what was granted, else the processors that this process may run on."""
    if number := granted():
        return number
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def granted() -> int:
    """What ``OMP_NUM_THREADS`` grants (Ray gives each worker its share by it), 0 where it says nothing."""
    number = os.environ.get("OMP_NUM_THREADS", "")
    return int(number) if number.isdecimal() else 0


def available_memory() -> int:
    """Bytes that a program can take without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)
