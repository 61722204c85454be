"""One way to try again: few tries, growing pauses, jitter."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from phi4.errors import TeacherBusy, TeacherFailed, TeacherSlow

T = TypeVar("T")
Kinds = tuple[type[BaseException], ...]
TRIES = 3
PAUSE_SECONDS = 0.5
LONGEST_PAUSE = 60.0
BUSY = (429, 503, 529)  # HTTP: too many requests, no room, overloaded


def with_retries(ask: Callable[[], T], passing: Kinds, who: str, once: Kinds = ()) -> T:
    """``ask()``; errors of the ``passing`` kinds are tried again, the last becomes ``TeacherFailed``.

    Errors of the kinds ``once`` are not tried again and become ``TeacherSlow``: a time-out has already cost all
    its time. A refusal for lack of room becomes ``TeacherBusy`` at once: when to try again is for the one to
    decide who knows how many others wait.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return ask()
        except passing as error:
            told = f"{who}: {str(error) or type(error).__name__}"
            if getattr(error, "status_code", None) in BUSY:
                raise TeacherBusy(told, seconds=_wanted_pause(error)) from error
            if isinstance(error, once):
                raise TeacherSlow(told) from error
            if attempt == TRIES:
                raise TeacherFailed(f"{told} (tries: {attempt})") from error
            time.sleep(PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))
    raise AssertionError("unreachable")


def _wanted_pause(error: BaseException) -> float:
    """What the service wrote in ``Retry-After``, in seconds; 0 when it wrote nothing of use."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return min(max(0.0, float(headers.get("retry-after", 0))), LONGEST_PAUSE)
    except (TypeError, ValueError):  # it may also be a date
        return 0.0
