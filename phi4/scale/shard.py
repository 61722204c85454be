"""What became of one unit: a file of JSON lines that is whole or not there.

Its first line says what it was made of (seeds, settings, program), its last that this is all. A shard that was
made of the same is taken as it is, so that a run that is repeated asks and computes only what is missing. One that
could be more next time (a limit was reached, a request failed, a file ended its processes) says that it was made of
nothing: it is never the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phi4.jsonl import to_line
from phi4.paths import atomic_write
from phi4.program import program
from phi4.records import Document, Example, Preference, Record, Rejected

_KINDS: dict[str, type[Record]] = {
    "document": Document,
    "row": Example,
    "rejected": Rejected,
    "preference": Preference,
}


OPEN = ""  # made of nothing
_END = '{"end": true}\n'


@dataclass
class Shard:
    """Documents and what they gave, in order. ``works``: of each usable file its coverage and faults met."""

    document: list[Document] = field(default_factory=list)
    row: list[Example] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    preference: list[Preference] = field(default_factory=list)
    works: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def shard_file(folder: Path, number: int) -> Path:
    """The shard of the unit with that number."""
    return folder / f"{number:07}.jsonl"


def write_shard(path: Path, identity: str, shard: Shard) -> None:
    """Write it whole or not at all; ``identity`` is ``OPEN`` for one that is to be made again."""
    with atomic_write(path) as file:
        file.write(json.dumps({"identity": identity}) + "\n")
        for kind in _KINDS:
            for record in getattr(shard, kind):
                file.write(f'{{"{kind}": {to_line(record)}}}\n')
        file.write(json.dumps({"works": shard.works, "counts": shard.counts}, ensure_ascii=False) + "\n")
        file.write(_END)


def is_whole(path: Path, identity: str) -> bool:
    """Whether a shard made of the same lies there, from its first line to its last."""
    try:
        with path.open("rb") as file:
            first = json.loads(file.readline())
            file.seek(-len(_END), 2)
            last = file.read().decode()
    except (OSError, ValueError):
        return False
    return bool(identity != OPEN and first == {"identity": identity} and last == _END)


def read_shard(path: Path) -> Shard:
    """A shard that was written whole."""
    shard = Shard()
    with path.open(encoding="utf-8") as file:
        for line in file:
            told: dict[str, Any] = json.loads(line)
            for kind, value in told.items():
                if kind in _KINDS:
                    getattr(shard, kind).append(_KINDS[kind].model_validate(value))
            if "works" in told:
                shard.works = {file: (coverage, why) for file, (coverage, why) in told["works"].items()}
                shard.counts = told["counts"]
    return shard


def identity_of(parts: Sequence[object]) -> str:
    """Hash of everything that a shard follows from, the program included."""
    digest = hashlib.sha256()
    for part in (program(), *map(repr, parts)):
        digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()
