"""What a stage needs of a teacher, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from phi4.records import Message


@dataclass(frozen=True)
class Sampling:
    """What shapes an answer besides the words asked: part of a request's identity."""

    temperature: float
    max_tokens: int
    seed: int
    context: int = 0  # window of the teacher, in tokens; 0: its own


@dataclass(frozen=True)
class TeacherAnswer:
    """One answer: its text, why it ended (``stop`` or ``length``), and what it cost.

    ``estimated``: the teacher did not say how many tokens it took.
    """

    text: str
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    estimated: bool = False

    def __post_init__(self) -> None:
        """A lone surrogate in a teacher's text can be neither stored nor trained on."""
        object.__setattr__(self, "text", self.text.encode("utf-8", "replace").decode())


class Teacher(Protocol):
    """A model that writes data. ``name`` is what the user called it, and goes into every row.

    ``identity``: which model that is, whatever it is called: its answers are kept under it.

    ``at_once``: how many requests it may be sent before the first is answered. One that takes several is
    asked from several threads.
    """

    name: str
    identity: str
    at_once: int

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """One answer that follows the JSON schema as well as the model can.

        Raises ``TeacherUnavailable`` when no request can succeed, ``TeacherFailed`` when this
        one did not: ``TeacherBusy`` when it may a little later, ``TeacherSlow`` when its time was up,
        ``TeacherRefused`` when it never will, and others may.
        """
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...
