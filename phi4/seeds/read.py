"""Read a folder of Korean text files, whatever wrote them; name every file that cannot be used."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from phi4.errors import SeedError, WorkspaceError
from phi4.korean import decode, hangul_share, nfc
from phi4.records import Seed
from phi4.seeds.store import Store

MAX_BYTES = 4 << 20  # a seed is a text of some pages; a file of 4 MB is something else
MIN_HANGUL = 0.2  # of its letters


class Refused(NamedTuple):
    """A seed file that cannot be used."""

    file: str
    reason: str


def read_seed(path: Path, name: str) -> Seed:
    """One seed file. Raises ``SeedError`` with the reason when it cannot be used."""
    if not path.exists():
        raise SeedError("it is a link to a file that does not exist")
    try:
        _refuse_big(path.stat().st_size)
        raw = path.read_bytes()
    except OSError as error:
        raise SeedError(f"it cannot be read: {error.strerror}") from error
    return _seed(raw, name)


def _refuse_big(size: int) -> None:
    if size > MAX_BYTES:
        raise SeedError(f"it has {size / (1 << 20):.1f} MB, more than {MAX_BYTES >> 20} MB: split it")


def _seed(raw: bytes, name: str) -> Seed:
    _refuse_big(len(raw))
    text = nfc(decode(raw)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise SeedError("it is empty")
    if hangul_share(text) < MIN_HANGUL:
        raise SeedError(f"it is not Korean: {hangul_share(text):.0%} of its letters are Hangul")
    return Seed(file=nfc(name), sha256=hashlib.sha256(raw).hexdigest(), text=text)


def read_named(place: Path | Store, raw: bytes) -> Seed | Refused:
    """The seed file with a name of ``SeedFolder.names``."""
    relative = os.fsdecode(raw)
    name = nfc(Path(relative).as_posix())
    try:
        return read_seed(place / relative, name) if isinstance(place, Path) else _seed(place.read(relative), name)
    except SeedError as error:
        return Refused(name, error.message)


class SeedFolder:
    """The seed files of a folder, in order; each is read when it is its turn, and none is kept.

    The list of names lies in a private SQLite file, which sorts on disk: a million files need no memory.
    """

    def __init__(self, place: Path | Store) -> None:
        self.place = place
        self._names = sqlite3.connect("", isolation_level=None)  # "": on disk, gone with this process
        self._names.execute("CREATE TABLE names (place BLOB, name BLOB)")
        self._names.execute("BEGIN")
        self._names.executemany("INSERT INTO names VALUES (?, ?)", _listed(place))
        self._names.execute("CREATE INDEX by_place ON names (place)")
        self._names.execute("COMMIT")
        self._count = self._names.execute("SELECT count(*) FROM names").fetchone()[0]

    def __len__(self) -> int:
        return int(self._count)

    def __iter__(self) -> Iterator[Seed | Refused]:
        return (read_named(self.place, raw) for raw in self.names())

    def names(self) -> Iterator[bytes]:
        """The names of the files as the system writes them, in order."""
        return (raw for (raw,) in self._names.execute("SELECT name FROM names ORDER BY place LIMIT ?", (self._count,)))

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """All that can be read, at once."""
        return tuple(found for found in self if isinstance(found, Seed))

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Every file that cannot be used, with its reason."""
        return tuple(found for found in self if isinstance(found, Refused))

    def cut_after(self, limit: int) -> None:
        """End the list with the file that is the ``limit``-th usable one."""
        usable = 0
        for place, found in enumerate(self, start=1):
            usable += isinstance(found, Seed)
            if usable == limit:
                self._count = place
                return


def read_seeds(folder: Path | Store, limit: int = 0) -> SeedFolder:
    """Every ``*.txt`` below ``folder``, folders before files, by name, until ``limit`` could be used.

    Raises ``WorkspaceError`` when there is no seed file, or none that can be used.
    """
    if isinstance(folder, Path) and not folder.is_dir():
        raise WorkspaceError(f"there is no folder '{folder}'", "type: phi4 init")
    found = SeedFolder(folder)
    if not found:
        raise WorkspaceError(
            f"no seed file (*.txt) in '{_shown(folder)}'",
            "put Korean text files of 500-2000 characters there, or documents with: phi4 import FOLDER",
        )
    if not any(isinstance(one, Seed) for one in found):
        reasons = "; ".join(f"{name}: {reason}" for name, reason in islice(found.refused, 3))
        raise WorkspaceError(f"none of the {len(found)} seed files can be used ({reasons})", "mend or replace them")
    if limit:
        found.cut_after(limit)
    return found


def _shown(place: Path | Store) -> str:
    return str(place) if isinstance(place, Path) else place.url


def _listed(place: Path | Store) -> Iterator[tuple[bytes, bytes]]:
    """Every text file below a folder, as its sorting key and its path."""
    if isinstance(place, Store):
        return ((_order(PurePosixPath(name)), os.fsencode(name)) for name in place.names())
    return _files_below(place)


def _files_below(folder: Path) -> Iterator[tuple[bytes, bytes]]:
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:  # not os.walk: it holds all names of a folder
                for entry in entries:
                    path = Path(entry.path).relative_to(folder)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(folder / path)
                    elif path.suffix.lower() == ".txt" and not entry.is_dir():
                        yield _order(path), os.fsencode(path)
        except OSError as error:
            raise WorkspaceError(f"cannot read '{error.filename}': {error.strerror}", "check permissions") from error


def _order(path: PurePath) -> bytes:
    """As a file manager lists: at every level folders first, then files, each by name."""
    *folders, file = (os.fsencode(nfc(part)) + b"\0" for part in path.parts)
    return b"".join([*(b"\1" + part for part in folders), b"\2" + file])
