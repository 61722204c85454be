"""What a stage's result follows from, as one hash: a stage of which nothing changed need not be done again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from phi4.paths import Workspace, sha256_of
from phi4.program import program
from phi4.settings import GROUPS, Settings
from phi4.teachers.names import local_files

if TYPE_CHECKING:
    from phi4.seeds import SeedFolder

MODELS = ("teacher", "judge")  # settings that name a teacher


def inputs_of(settings: Settings, groups: Iterable[str], maker: str, root: Path, files: Iterable[Path]) -> str:
    """Hash of some groups of settings, of who makes the result of them, and of the places (seen from ``root``) and
    contents of files. A model that a setting names by its file counts by that file's size and time."""
    digest = hashlib.sha256(maker.encode())
    for name in sorted({name for group in groups for name in GROUPS[group]}):
        digest.update(f"{name}={getattr(settings, name)}\0".encode())
        for path in local_files(getattr(settings, name)) if name in MODELS else ():
            digest.update(_stamp(path))
    for path in files:
        digest.update(os.fsencode(os.path.relpath(path, root)) + _content(path))
    return digest.hexdigest()


def dataset_inputs(settings: Settings, workspace: Workspace, folder: SeedFolder) -> str:
    """Of the dataset, or nothing where they lie elsewhere (``--seeds-url``) and may change unseen.

    The program itself is one of them: what an older one let pass, a newer one may stop.
    """
    if settings.seeds_url:
        return ""
    seeds = (workspace.seeds / os.fsdecode(name) for name in folder.names())
    against = [Path(settings.against).expanduser()] if settings.against else []
    files = chain(seeds, exams(workspace), [workspace.review_file], against)
    return inputs_of(settings, ("teacher", "dataset"), program(), workspace.root, files)


def exams(workspace: Workspace) -> list[Path]:
    """Everything in the folder of hand-written exams."""
    return sorted(workspace.exam.rglob("*")) if workspace.exam.is_dir() else []


def _stamp(path: Path) -> bytes:
    """Of a file that is too large to be read for this."""
    try:
        found = path.stat()
    except OSError as error:
        return str(error.errno).encode()
    return f"{found.st_size} {found.st_mtime_ns}\0".encode()


def _content(path: Path) -> bytes:
    """Hash of a file, read a little at a time: among the seeds may lie one that is refused for its size."""
    try:
        return bytes.fromhex(sha256_of(path))
    except OSError as error:  # not there, a folder, or not to be read: that is what it is made of then
        return str(error.errno).encode()
