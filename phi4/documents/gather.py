"""Find the documents that the user named: files, folders, archives of them."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from phi4.documents.archive import unpack
from phi4.documents.detect import Format, detect
from phi4.errors import DocumentError, UsageError
from phi4.korean import nfc

MAX_BYTES = 512 << 20  # of one document


@dataclass(frozen=True)
class Found:
    """One document: its name for people (NFC), where its bytes lie, and why it cannot be read."""

    name: str
    path: Path
    source: str  # the path of the file, or of the archive that it is in
    kind: Format | None = None
    reason: str = ""
    hint: str = ""
    member: str = ""  # which of an archive; with ``source`` it tells a document apart from all others


def gather(paths: Sequence[str], scratch: Path) -> Iterator[Found]:
    """Every document below the paths, in order of name; the files of archives are unpacked into ``scratch``.

    Hidden files are passed over, links to folders not followed. Raises ``UsageError`` for a path that
    does not exist.
    """
    named = [Path(given).expanduser() for given in paths]
    if missing := [given for given, path in zip(paths, named, strict=True) if not path.exists()]:
        raise UsageError(f"there is no file or folder '{missing[0]}'", "type: phi4 import FOLDER")
    for path in named:
        for file in _files(path):
            yield from _documents(file, _told(file.relative_to(path if path.is_dir() else path.parent)), scratch)


def _told(path: Path) -> str:
    """A path as people read it: NFC, and in CP949 where it is no UTF-8 (a Korean archive unpacked elsewhere)."""
    raw = os.fsencode(path.as_posix())
    try:
        return nfc(raw.decode())
    except UnicodeDecodeError:
        return nfc(raw.decode("cp949", "replace"))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    below = (file for file in path.rglob("*") if file.is_file() and not file.name.startswith(("~$", "Thumbs.db")))
    shown = [file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    return sorted(shown, key=lambda file: nfc(file.relative_to(path).as_posix()))


def _documents(file: Path, name: str, scratch: Path) -> Iterator[Found]:
    source = _told(file.resolve())
    found = _look(file, Found(name, file, source))
    if found.kind != "zip":
        yield found
        return
    folder = scratch / hashlib.sha256(source.encode()).hexdigest()[:16]
    seen: Counter[str] = Counter()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for member, path, reason in unpack(file, folder):
            seen[member] += 1
            told = member if seen[member] == 1 else f"{member} ({seen[member]})"  # an archive may hold a name twice
            if path is None:
                yield Found(f"{name}/{member.strip('/').replace('..', '_')}", file, source, reason=reason, member=told)
                continue
            inner = _look(path, Found(f"{name}/{member}", path, source, member=told))
            if inner.kind == "zip":
                inner = replace(inner, kind=None, reason="it is an archive in an archive", hint="unpack it first")
            yield inner
            path.unlink(missing_ok=True)
    except DocumentError as error:
        yield Found(name, file, source, reason=error.message, hint=error.hint)
    except OSError as error:
        yield Found(name, file, source, reason=f"it cannot be unpacked: {error.strerror}", hint="free some disk space")


def _look(path: Path, found: Found) -> Found:
    """What was found, with its format or why it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"it has more than {MAX_BYTES >> 20} MB", "split it")
        return replace(found, kind=detect(path, found.name))
    except DocumentError as error:
        return replace(found, reason=error.message, hint=error.hint)
    except OSError as error:
        return replace(found, reason=f"it cannot be read: {error.strerror}")
