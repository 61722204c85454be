"""Where the seeds of a document go: a folder that bears its name, which a disk must take and no other may have."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from phi4.documents.ledger import LEDGER, Entry

PREVIEW, PAGE = "preview.html", "import.html"
LONGEST = 200  # bytes of a name: disks take 255, and a number may follow
_LONGEST_SUFFIX = 20  # letters
_TAKEN = {LEDGER, PAGE, ".lock"}  # beside the documents
_INSIDE = re.compile(rf"(?:\d{{3,}}\.(?:txt|txt\.old|meta\.json)|{re.escape(PREVIEW)})")  # in the folder of one


def folder_name(name: str, source: str, member: str, known: Mapping[str, Entry]) -> str:
    """The folder for a document of this name that lies in ``source`` (as ``member``, if that is an archive).

    It is the name itself where it can be; a long part is shortened, and what another document of ``known``
    (those imported before, by folder) has, or the import itself needs, gets a number.
    """
    parts = [_part(part) for part in PurePosixPath(name).parts]
    for number in itertools.count(1):
        for place in (-1, 0):  # the file gets the number, or else its first folder
            wanted = [*parts[:place], _numbered(parts[place], number), *(parts[1:] if place == 0 else ())]
            folder = "/".join(wanted)
            other = known.get(folder)
            if wanted[0].casefold() in _TAKEN or _meets(wanted, known):
                continue
            if other is None or (other.source, other.member) == (source, member) or not Path(other.source).exists():
                return folder
    raise AssertionError  # numbers do not end


def _numbered(part: str, number: int) -> str:
    path = PurePosixPath(part)
    return part if number == 1 else f"{path.stem} ({number}){path.suffix}"


def _part(part: str) -> str:
    """One part of a name as a disk takes it; a shortened one keeps its suffix and differs from others."""
    clean = "".join("_" if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in part)
    if len(clean.encode()) <= LONGEST:
        return clean
    suffix = PurePosixPath(clean).suffix[:_LONGEST_SUFFIX]
    end = f"~{hashlib.blake2b(clean.encode(), digest_size=4).hexdigest()}{suffix}"
    return clean.encode()[: LONGEST - len(end.encode())].decode(errors="ignore") + end


def _meets(wanted: Sequence[str], known: Mapping[str, Entry]) -> bool:
    """Whether a folder would stand where another document has a file, or the other way round."""
    above = (("/".join(wanted[:depth]), wanted[depth]) for depth in range(1, len(wanted)))
    if any(_INSIDE.fullmatch(file) and folder in known for folder, file in above):
        return True
    inside = f"{'/'.join(wanted)}/"
    return any(name.startswith(inside) and _INSIDE.fullmatch(name[len(inside) :].split("/")[0]) for name in known)
