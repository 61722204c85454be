"""What another program's error says of a teacher: too much to do, too late, not this one; or nothing that we know."""

from __future__ import annotations

import re

from phi4.errors import TeacherBusy, TeacherFailed, TeacherRefused, TeacherSlow

BUSY = (429, 503, 529)  # HTTP: too many requests, no room, overloaded
REFUSED = (400, 413, 422)  # HTTP: this one is not right, too large, not to be worked on
# How llama.cpp, OpenAI, vLLM, Anthropic, Gemini and we ourselves say that a prompt is too long.
_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|size|window|limit)|too (?:long|many tokens)|not fit"
    r"|maximum (?:model length|number of tokens)|reduce the length",
    re.IGNORECASE,
)
LONGEST_PAUSE = 60.0
_LATE = ("Timeout", "TimeoutError", "TimeoutException")  # most packages have one of their own, and name it so


def understood(error: BaseException, who: str) -> TeacherFailed | None:
    """The failure that an error of any package is; None where it does not say."""
    told = f"{who}: {words(error)}"
    if _status(error) in BUSY:
        return TeacherBusy(told, seconds=_wanted_pause(error))
    if _status(error) in REFUSED:
        return refused(who, words(error))
    if any(kind.__name__.endswith(_LATE) for kind in type(error).__mro__):
        return TeacherSlow(told)
    return None


def refused(who: str, told: str) -> TeacherRefused:
    """A request that a teacher does not take; with the settings that decide where it is too long."""
    if _TOO_LONG.search(told):
        told += (
            " (its prompt and --teacher-max-tokens must fit into --teacher-context, or into the service's own window)"
        )
    return TeacherRefused(f"{who}: {told}")


def words(error: BaseException) -> str:
    """What an error says, or its kind where it says nothing."""
    return str(error) or type(error).__name__


def _status(error: BaseException) -> int:
    """Its HTTP status, 0 where it has none: a package keeps it in the error or in the response, as it likes."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            if isinstance(found := getattr(holder, name, None), int):
                return int(found)
    return 0


def _wanted_pause(error: BaseException) -> float:
    """What the service wrote in ``Retry-After``, in seconds; 0 when it wrote nothing of use."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        told = {str(name).lower(): value for name, value in headers.items()}
        return min(max(0.0, float(told.get("retry-after", 0))), LONGEST_PAUSE)
    except (AttributeError, TypeError, ValueError):  # it may also be a date
        return 0.0
