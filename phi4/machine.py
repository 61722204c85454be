"""How much of this machine a process may use."""

from __future__ import annotations

import os
from pathlib import Path


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
    """Bytes that a program can take without swapping, and without passing the limit of its container."""
    import psutil

    return min([int(psutil.virtual_memory().available), *_left_to_the_container()])


def _left_to_the_container(folder: Path = Path("/sys/fs/cgroup")) -> list[int]:
    """What its limit leaves, where it has one (cgroup v2); cached files count as free, as they do elsewhere."""
    try:
        most, used = (int((folder / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        files = next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):  # no cgroup, or "max"
        return []
    return [max(0, most - used + files)]
