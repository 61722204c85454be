"""One way to try again: few tries, growing pauses, jitter."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from phi4.errors import TeacherFailed
from phi4.teachers.failures import understood, words

T = TypeVar("T")
Kinds = tuple[type[BaseException], ...]
TRIES = 3
PAUSE_SECONDS = 0.5


def with_retries(ask: Callable[[], T], passing: Kinds, who: str) -> T:
    """``ask()``; errors of the ``passing`` kinds are tried again, the last becomes ``TeacherFailed``.

    Three are not, of whatever kind they are. A time-out becomes ``TeacherSlow``: it has already cost all its time.
    A refusal for lack of room becomes ``TeacherBusy``: when to try again is for the one to decide who knows how
    many others wait. A refusal for what is asked becomes ``TeacherRefused``: it would be refused again.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return ask()
        except TeacherFailed:
            raise
        except Exception as error:
            if failure := understood(error, who):
                raise failure from error
            if not isinstance(error, passing):
                raise
            if attempt == TRIES:
                raise TeacherFailed(f"{who}: {words(error)} (tries: {attempt})") from error
            time.sleep(PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))
    raise AssertionError("unreachable")
