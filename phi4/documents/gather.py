"""Find the documents that the user named: files, folders, archives of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    source: str  # what tells it apart from others: its path, and the member of an archive
    kind: Format | None = None
    reason: str = ""
    hint: str = ""


def gather(paths: Sequence[str], scratch: Path) -> Iterator[Found]:
    """Every document below the paths, in order of name; the files of archives are unpacked into ``scratch``.

    Hidden files are passed over, links to folders not followed. Raises ``UsageError`` for a path that
    does not exist.
    """
    for given in paths:
        path = Path(given).expanduser()
        if not path.exists():
            raise UsageError(f"there is no file or folder '{given}'", "type: phi4 import FOLDER")
        for file in _files(path):
            name = nfc(file.relative_to(path if path.is_dir() else path.parent).as_posix())
            yield from _documents(file, name, scratch)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    below = (file for file in path.rglob("*") if file.is_file() and not file.name.startswith(("~$", "Thumbs.db")))
    shown = [file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    return sorted(shown, key=lambda file: nfc(file.relative_to(path).as_posix()))


def _documents(file: Path, name: str, scratch: Path) -> Iterator[Found]:
    source = str(file.resolve())
    found = _look(file, name, source)
    if found.kind != "zip":
        yield found
        return
    folder = scratch / f"{abs(hash(source)):x}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for member, path, reason in unpack(file, folder):
            if path is None:
                yield Found(f"{name}/{member.strip('/').replace('..', '_')}", file, f"{source}!{member}", reason=reason)
            else:
                inner = _look(path, f"{name}/{member}", f"{source}!{member}")
                if inner.kind == "zip":
                    inner = Found(
                        inner.name, path, inner.source, reason="it is an archive in an archive", hint="unpack it first"
                    )
                yield inner
                path.unlink(missing_ok=True)
    except DocumentError as error:
        yield Found(name, file, source, reason=error.message, hint=error.hint)


def _look(path: Path, name: str, source: str) -> Found:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"it has more than {MAX_BYTES >> 20} MB", "split it")
        return Found(name, path, source, detect(path, name))
    except DocumentError as error:
        return Found(name, path, source, reason=error.message, hint=error.hint)
    except OSError as error:
        return Found(name, path, source, reason=f"it cannot be read: {error.strerror}")
