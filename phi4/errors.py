"""Every error that PHi-4 raises on purpose, and the exit code that each one means.

    PHi4Error                 something is wrong; the message says what, the hint what to type next
    ├── UsageError            the command line or a setting is wrong (exit code 2)
    ├── WorkspaceError        the workspace or a file in it is missing, empty or unwritable
    ├── RecordError           a line of a JSONL file is broken; names the file, line and key
    ├── SeedError             one seed file cannot be used (collected, never fatal alone)
    ├── DocumentError         one document cannot be imported (collected, never fatal alone)
    ├── TeacherError          the model that writes the data
    │   ├── TeacherUnavailable    it cannot be reached, or its model is not there
    │   └── TeacherFailed         it was reached and gave no usable answer
    │       ├── TeacherBusy           it has too much to do: ask again, less at once
    │       ├── TeacherSlow           it did not answer in time
    │       └── TeacherRefused        it does not take this one request, which says nothing of the others
    ├── WeightsError          a base model cannot be found, downloaded or verified
    ├── YieldError            too few drafts passed the gates to call it a dataset
    ├── TrainingError         training cannot start or cannot go on
    ├── AdapterError          an adapter folder is missing, incomplete or of another base
    ├── ExamError             an exam that cannot be put: its questions are broken or were trained on
    ├── ExportError           nothing was exported: no room, a target that is there, or a result that is not the same
    ├── EngineError           the child process that runs a model died or refused
    └── ClusterError          the machines that a run is spread over

``phi4.server`` adds three of its own for requests (Refused, Busy, NotReady). Inside the package
these are raised; ``phi4.cli`` turns them into one line at the edge.
"""

from __future__ import annotations


class PHi4Error(Exception):
    """A failure that a person can act on.

    ``message`` says what is wrong and with which value; ``hint`` what to type next.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(PHi4Error):
    """Wrong use: an unknown setting, profile, command or value."""

    exit_code = 2


class WorkspaceError(PHi4Error):
    """The workspace, or a file that a stage needs from it, is not as it must be."""


class RecordError(PHi4Error):
    """A JSONL line that is not the record it should be."""


class SeedError(PHi4Error):
    """One seed file that cannot be used; the others go on."""


class DocumentError(PHi4Error):
    """One document that cannot be imported; the others go on."""


class TeacherError(PHi4Error):
    """The teacher model."""


class TeacherUnavailable(TeacherError):
    """The teacher cannot be reached at all, so no request of the run can succeed."""


class TeacherFailed(TeacherError):
    """One request failed after its retries."""


class TeacherBusy(TeacherFailed):
    """The teacher refused for lack of room (HTTP 429, 503); ``seconds``: the pause that it wants, if it said."""

    def __init__(self, message: str, hint: str = "", seconds: float = 0.0) -> None:
        super().__init__(message, hint)
        self.seconds = seconds


class TeacherSlow(TeacherFailed):
    """The teacher did not answer in time; to ask again would cost all that time again."""


class TeacherRefused(TeacherFailed):
    """The teacher does not take this request (HTTP 400): it is too long, or its words are filtered."""


class WeightsError(PHi4Error):
    """A base model that cannot be found, downloaded or verified."""


class YieldError(PHi4Error):
    """The gates left too few rows."""


class TrainingError(PHi4Error):
    """Training cannot start, or stopped."""


class AdapterError(PHi4Error):
    """An adapter folder that cannot be served."""


class ExamError(PHi4Error):
    """An exam whose scores would mean nothing."""


class ExportError(PHi4Error):
    """An export that cannot begin, or whose result does not answer as the adapter does."""


class EngineError(PHi4Error):
    """The process that runs a model."""


class ClusterError(PHi4Error):
    """The machines that a run is spread over: not there, not alike, or lost."""


def first_line(error: BaseException) -> str:
    """What a library's error says first; its name where it says nothing."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
