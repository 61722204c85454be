"""Where things lie: the workspace, its files, and the user's cache.

The workspace is ``PHI4_HOME``, else the nearest folder upward from the current one that
has ``data/seeds``, else the checkout's ``Phi-4/``. Nothing else depends on the current folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from phi4.errors import WorkspaceError

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT_ADAPTER = "phi-4-3b-reasoning"
LOCK = ".lock"  # in a folder that one process at a time works in
TWICE = "wait until it has ended; two would do everything twice"


@dataclass(frozen=True)
class Workspace:
    """One folder of seeds and everything made from it."""

    root: Path

    @property
    def seeds(self) -> Path:
        return self.root / "data" / "seeds"

    @property
    def exam(self) -> Path:
        """Hand-written exams, never used for training: ``data/exam/*.jsonl``."""
        return self.root / "data" / "exam"

    @property
    def synthetic(self) -> Path:
        return self.root / "data" / "synthetic"

    @property
    def train_file(self) -> Path:
        return self.synthetic / "train.jsonl"

    @property
    def rejected_file(self) -> Path:
        return self.synthetic / "rejected.jsonl"

    @property
    def preference_file(self) -> Path:
        return self.synthetic / "preference.jsonl"

    @property
    def report_file(self) -> Path:
        """What became of every draft, in numbers."""
        return self.synthetic / "report.json"

    @property
    def near_file(self) -> Path:
        """Which rows ask the same, by their lines."""
        return self.synthetic / "near.jsonl"

    @property
    def synthetic_exam(self) -> Path:
        """The exam generated for seeds that have no hand-written one."""
        return self.synthetic / "exam.jsonl"

    @property
    def review_file(self) -> Path:
        """What people decided about rows: not below ``synthetic``, which may be deleted and made anew."""
        return self.root / "data" / "review.jsonl"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def exports(self) -> Path:
        """What ``phi4 export`` makes for other programs."""
        return self.root / "exports"

    def show(self, path: Path) -> str:
        """The path as the manual prints it: relative to the workspace, with forward slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def find_workspace(home: str | os.PathLike[str] | None = None, start: Path | None = None) -> Workspace:
    """The workspace in force. ``home`` is ``PHI4_HOME``; a folder named there must exist.

    Raises ``WorkspaceError`` when there is none.
    """
    if home:
        root = Path(home).expanduser().resolve()
        if not (root / "data" / "seeds").is_dir():
            raise WorkspaceError(
                f"PHI4_HOME='{home}' is not a workspace: there is no folder '{root / 'data' / 'seeds'}'",
                f"type: phi4 init {home}",
            )
        return Workspace(root)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "seeds").is_dir():
            return Workspace(folder)
    if (CHECKOUT / "Phi-4" / "data" / "seeds").is_dir():
        return Workspace(CHECKOUT / "Phi-4")
    raise WorkspaceError(
        f"no workspace found: no folder 'data/seeds' in '{here}' or above it",
        "type: phi4 init my-bot    and go there with: cd my-bot",
    )


def cache_dir() -> Path:
    """The user's cache for downloaded models: ``$XDG_CACHE_HOME/phi4`` or ``~/.cache/phi4``."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "phi4"


@contextmanager
def exclusive(folder: Path, what: str, hint: str = TWICE) -> Iterator[None]:
    """Only one process at a time does ``what`` in a folder; a killed one leaves nothing locked.

    Raises ``WorkspaceError`` with ``hint`` when another is at work.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise WorkspaceError(f"another {what} is at work in '{folder}'", hint) from error
    except OSError as error:
        raise WorkspaceError(
            f"cannot write in '{folder}': {error.strerror or error}", "check the folder's permissions"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def only_maker(target: Path, what: str, hint: str = TWICE) -> Iterator[None]:
    """Only one process at a time makes ``target``. The lock lies hidden beside it, as what is there may be replaced,
    and goes with the work. Raises ``WorkspaceError`` with ``hint`` when another is at work."""
    folder = target.with_name(f".{target.name}.lock")
    with exclusive(folder, what, hint):
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read a little at a time. Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_folder(part: Path, target: Path) -> None:
    """Put the whole folder ``part`` where ``target`` is; if the disk refuses (``OSError``), ``target`` is as it was."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def set_aside(path: Path) -> None:
    """Rename a file that is not wanted now, over what was set aside before: ``x.old``."""
    if path.exists():
        path.replace(path.with_name(path.name + ".old"))


class FileInMaking:
    """A text file that grows under a hidden name beside ``path`` and becomes it when it is published.

    What stood at ``path`` stays until then. Raises ``WorkspaceError`` when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(f".{path.name}.part")
        with self.refusals():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.part.open("w", encoding="utf-8", newline="\n")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn what the disk has against a write into an error that says what to do; nothing half-written stays."""
        try:
            yield
        except OSError as error:
            self.discard()
            raise WorkspaceError(
                f"cannot write '{self.path}': {error.strerror or error}",
                "free some disk space or check the folder's permissions, then run the same command again; "
                "nothing that was finished is lost",
            ) from error

    def publish(self) -> None:
        """Put the whole file in its place."""
        with self.refusals():
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self.part.replace(self.path)

    def discard(self) -> None:
        """Take away what was written so far."""
        with suppress(OSError, AttributeError):  # a full disk may refuse the rest; it may never have been opened
            self.file.close()
        with suppress(OSError):  # its folder may be no folder
            self.part.unlink(missing_ok=True)


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[str]]:
    """Write a whole text file or nothing: a temporary neighbour that is renamed at the end.

    Raises ``WorkspaceError`` when the disk refuses; what stood at ``path`` is then untouched.
    """
    making = FileInMaking(path)
    try:
        with making.refusals():
            yield making.file
        making.publish()
    except BaseException:
        making.discard()
        raise
