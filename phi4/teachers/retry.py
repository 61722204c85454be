"""One way to try again: few tries, growing pauses, jitter."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from phi4.errors import TeacherFailed

T = TypeVar("T")
Kinds = tuple[type[BaseException], ...]
TRIES = 3
PAUSE_SECONDS = 0.5


def with_retries(ask: Callable[[], T], passing: Kinds, who: str, once: Kinds = ()) -> T:
    """``ask()``; errors of the ``passing`` kinds are tried again, the last becomes ``TeacherFailed``.

    Errors of the kinds ``once`` are not tried again: a time-out has already cost all its time.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return ask()
        except passing as error:
            if attempt == TRIES or isinstance(error, once):
                reason = str(error) or type(error).__name__
                raise TeacherFailed(f"{who}: {reason} (tries: {attempt})") from error
            time.sleep(PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))
    raise AssertionError("unreachable")
