"""The fake at the teacher seam: answers from a list, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from phi4.errors import TeacherFailed
from phi4.records import Message
from phi4.teachers.protocol import Sampling, TeacherAnswer

Script = Callable[[Sequence[Message], dict[str, Any]], TeacherAnswer | Exception | str]


class ScriptedTeacher:
    """A teacher that follows a script: a list of answers in order, or a function of the request.

    An exception in the script is raised; when the list runs out the request fails. ``remember=False`` for runs
    of which ``asked`` would fill the memory.
    """

    def __init__(
        self,
        script: Iterable[TeacherAnswer | Exception | str] | Script,
        name: str = "scripted",
        at_once: int = 1,
        remember: bool = True,
        identity: str = "",
    ) -> None:
        self.name, self.at_once = name, at_once
        self.identity = identity or name
        self._remember = remember
        self.asked: list[tuple[Message, ...]] = []
        self.sampled: list[Sampling] = []
        self.closed = False
        self._script = script if callable(script) else _in_order(script)

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        if self._remember:
            self.asked.append(tuple(messages))
            self.sampled.append(sampling)
        line = self._script(messages, schema)
        if isinstance(line, Exception):
            raise line
        return TeacherAnswer(line) if isinstance(line, str) else line

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def _in_order(lines: Iterable[TeacherAnswer | Exception | str]) -> Script:
    rest = iter(lines)
    return lambda messages, schema: next(rest, TeacherFailed("the script ran out"))
