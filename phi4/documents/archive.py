"""Archives from anywhere: looked over before anything in them is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from phi4.errors import DocumentError
from phi4.korean import nfc

MAX_MEMBERS = 10_000
MAX_UNPACKED = 512 << 20  # bytes, all members together
MAX_RATIO = 200  # unpacked to packed, of an archive that unpacks to more than SMALL
SMALL = 16 << 20
_UTF8 = 0x800  # flag of a member whose name is UTF-8
_ENCRYPTED = 0x1
_XML = (".xml", ".rels", ".hpf", ".opf", ".ncx")
_PIECE = 1 << 20  # unpacked at a time
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # unpacked in pieces; bzip2 and LZMA all at once
_HANGUL = re.compile("[가-힣\u1100-\u11ff]")  # composed, or the letters of decomposed syllables
_CODES = ("utf-8", "utf-16-le", "utf-16-be")
_DECLARATIONS = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in _CODES)


def check_archive(path: Path) -> None:
    """Raise ``DocumentError`` for an archive that is broken, encrypted or unpacks to too much.

    Sizes are those that the archive states. ``zipfile`` hands out no byte more than these, but unpacks first and
    cuts then: only of what is stored or deflated does it unpack no more at a time than it is asked for.
    """
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
    except Exception as error:  # broken archives fail in many ways
        raise DocumentError(f"it is a broken archive: {error}") from error
    if len(members) > MAX_MEMBERS:
        raise DocumentError(f"it holds {len(members):,} files, more than {MAX_MEMBERS:,}", "split the archive")
    if any(member.compress_type not in _BOUNDED for member in members):
        raise DocumentError("it is packed in a way that is not read", "pack it anew as a plain ZIP (deflate)")
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED:
        raise DocumentError(f"it would unpack to {total >> 20:,} MB, more than {MAX_UNPACKED >> 20} MB", "split it")
    packed = sum(member.compress_size for member in members) or 1
    if total > SMALL and total / packed > MAX_RATIO:
        raise DocumentError(f"it would unpack to {total / packed:,.0f} times its size: it looks like a zip bomb")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise DocumentError("it is encrypted", "save a copy without a password")


def check_package(path: Path, dtd_allowed: bool = False) -> None:
    """``check_archive`` for a document that is an archive (DOCX, HWPX, …), and no entity in its XML.

    No such format needs a document type declaration, so one is a trap (XXE, "billion laughs").
    EPUB's pages may have one and are read as HTML, which expands none.
    """
    check_archive(path)
    if dtd_allowed:
        return
    try:
        with zipfile.ZipFile(path) as package:
            for member in package.infolist():
                if member.filename.lower().endswith(_XML) and _declares(package, member):
                    raise DocumentError(f"'{member.filename}' declares XML entities, which no document needs (XXE)")
    except DocumentError:
        raise
    except Exception as error:  # a wrong checksum, an unknown compression
        raise DocumentError(f"it is a broken archive: {error}") from error


def _declares(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    tail = b""
    with package.open(member) as file:
        while piece := file.read(_PIECE):
            window = (tail + piece).upper()
            if any(word.upper() in window for word in _DECLARATIONS):
                return True
            tail = piece[-32:]
    return False


def member_name(member: zipfile.ZipInfo) -> str:
    """Its name: where the standard says CP437 Korean Windows writes CP949, macOS UTF-8 with decomposed Hangul.

    A name is taken for UTF-8 only where it is Korean so: 책 in CP949 is å in UTF-8.
    """
    name = member.filename
    if not member.flag_bits & _UTF8:
        with suppress(UnicodeEncodeError):  # a field of its own gave the name (Python 3.12): it is right already
            raw = name.encode("cp437")
            readings = (_decoded(raw, "utf-8"), _decoded(raw, "cp949"))
            name = readings[0] if _HANGUL.search(readings[0]) else readings[1] or readings[0] or name
    return nfc(name).replace("\\", "/")


def _decoded(raw: bytes, code: str) -> str:
    """What bytes say in a code, or ""."""
    try:
        return raw.decode(code)
    except UnicodeDecodeError:
        return ""


def unpack(path: Path, folder: Path) -> Iterator[tuple[str, Path | None, str]]:
    """The files of an archive, as (name, where it lies now, why it was left out).

    They are unpacked under numbers, never under their own names, so no name leads out of ``folder``.
    Raises ``DocumentError`` as ``check_archive`` does.
    """
    check_archive(path)
    with zipfile.ZipFile(path) as package:
        for number, member in enumerate(package.infolist()):
            name = member_name(member)
            parts = PurePosixPath(name).parts
            if member.is_dir() or "__MACOSX" in parts or parts[-1:] in ((".DS_Store",), ("Thumbs.db",)):
                continue
            if not parts:
                yield "_", None, f"its name '{name}' is none"
                continue
            if name.startswith("/") or ".." in parts or (len(name) > 1 and name[1] == ":"):
                yield name, None, "its name leads out of the archive"
                continue
            if stat.S_ISLNK(member.external_attr >> 16):
                yield name, None, "it is a link, which is not followed"
                continue
            target = folder / f"{number:05}"
            try:
                with package.open(member) as source, target.open("wb") as copy:
                    while piece := source.read(_PIECE):
                        copy.write(piece)
            except Exception as error:  # a wrong checksum, an unknown compression
                yield name, None, f"it is broken in the archive: {error}"
                continue
            yield name, target, ""
