"""Read a folder of Korean text files, whatever wrote them; name every file that cannot be used."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from phi4.errors import SeedError, WorkspaceError
from phi4.korean import hangul_share, nfc
from phi4.records import Seed

MAX_BYTES = 4 << 20  # a seed is a text of some pages; a file of 4 MB is something else
MIN_HANGUL = 0.2  # of its letters
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class SeedFolder:
    """What was read, and every file that was not, with its reason."""

    seeds: tuple[Seed, ...]
    refused: tuple[tuple[str, str], ...]


def decode(raw: bytes) -> str:
    """Text of a Korean file: by its BOM, else strict UTF-8, else CP949. Raises ``SeedError``."""
    if b"\x00" in raw and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SeedError("it is a binary file, not text")
    encodings = [name for bom, name in _BOMS if raw.startswith(bom)] or ["utf-8", "cp949"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:  # UTF-32 begins as UTF-16 does
            return text
    raise SeedError("it is neither UTF-8, UTF-16 with BOM nor CP949 text")


def read_seed(path: Path, name: str) -> Seed:
    """One seed file. Raises ``SeedError`` with the reason when it cannot be used."""
    if not path.exists():
        raise SeedError("it is a link to a file that does not exist")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SeedError(f"it has {size / (1 << 20):.1f} MB, more than {MAX_BYTES >> 20} MB: split it")
        raw = path.read_bytes()
    except OSError as error:
        raise SeedError(f"it cannot be read: {error.strerror}") from error
    text = nfc(decode(raw)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise SeedError("it is empty")
    if hangul_share(text) < MIN_HANGUL:
        raise SeedError(f"it is not Korean: {hangul_share(text):.0%} of its letters are Hangul")
    return Seed(file=nfc(name), sha256=hashlib.sha256(raw).hexdigest(), text=text)


def read_seeds(folder: Path, limit: int = 0) -> SeedFolder:
    """Every ``*.txt`` below ``folder``, folders before files, by name, until ``limit`` could be used.

    Raises ``WorkspaceError`` when there is no seed file, or none that can be used.
    """
    if not folder.is_dir():
        raise WorkspaceError(f"there is no folder '{folder}'", "type: phi4 init")
    paths = [path for path in folder.rglob("*") if path.suffix.lower() == ".txt" and not path.is_dir()]
    paths.sort(key=lambda path: _order(path.relative_to(folder)))
    if not paths:
        raise WorkspaceError(
            f"no seed file (*.txt) in '{folder}'", "put Korean text files of 500-2000 characters there"
        )
    seeds: list[Seed] = []
    refused: list[tuple[str, str]] = []
    for path in paths:
        if limit and len(seeds) >= limit:
            break
        name = nfc(path.relative_to(folder).as_posix())
        try:
            seeds.append(read_seed(path, name))
        except SeedError as error:
            refused.append((name, error.message))
    if not seeds:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in refused[:3])
        raise WorkspaceError(f"none of the {len(refused)} seed files can be used ({reasons})", "mend or replace them")
    return SeedFolder(tuple(seeds), tuple(refused))


def _order(path: Path) -> tuple[tuple[bool, str], ...]:
    """As a file manager lists: at every level folders first, then files, each by name."""
    *folders, file = path.parts
    return (*((False, nfc(part)) for part in folders), (True, nfc(file)))
