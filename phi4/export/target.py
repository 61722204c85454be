"""Where an export goes: a folder that appears whole, and replaces only an export, and only when told to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from phi4.errors import ExportError, first_line
from phi4.export.subject import RECORD
from phi4.machine import available_memory
from phi4.paths import only_maker, replace_folder

GIB = 1 << 30


def check_target(target: Path, force: bool) -> None:
    """Raise ``ExportError`` when ``target`` is there and must stay."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not (target / RECORD).is_file():
        raise ExportError(f"'{target}' is there and is no export: it is not replaced", "name another folder with --to")
    if not force:
        raise ExportError(
            f"'{target}' is there already: it is kept", "replace it with --force, or name another folder with --to"
        )


def check_room(target: Path, *, disk: int, memory: int) -> None:
    """Say what is needed, in bytes; raise ``ExportError`` when the machine has not got it."""
    print(f"   needs {memory / GIB:.1f} GiB of memory and {disk / GIB:.1f} GiB of disk")
    free = shutil.disk_usage(_existing(target)).free
    if free < disk:
        raise ExportError(
            f"'{target.parent}' has {free / GIB:.1f} GiB free, {disk / GIB:.1f} GiB are needed",
            "free some disk space, or name a folder on another disk with --to",
        )
    if (available := available_memory()) < memory:
        raise ExportError(
            f"{available / GIB:.1f} GiB of memory are free, {memory / GIB:.1f} GiB are needed",
            "end other programs, or export on a machine with more memory",
        )


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """An empty folder to write into, which becomes ``target`` when the block ends well.

    Raises ``ExportError`` when the disk refuses, what stood at ``target`` being untouched then, and ``WorkspaceError``
    when another process is writing there.
    """
    part = target.with_name(f".{target.name}.part")
    with only_maker(target, "phi4 export"):
        try:
            shutil.rmtree(part, ignore_errors=True)  # what a killed export left
            part.mkdir()
            yield part
            replace_folder(part, target)
        except (OSError, SafetensorError) as error:
            raise ExportError(
                f"cannot write '{target}': {getattr(error, 'strerror', None) or first_line(error)}",
                "free some disk space or check the folder's permissions, then run the same command again",
            ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
