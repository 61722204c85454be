"""What is given to a machine at a time: as many documents as the teacher may be asked about at once.

The same blocks that one process walks (``phi4.dataset.walk``): the rounds of a block depend on nothing else,
but for questions that an earlier block asked already, which the merge looks after.
"""

from __future__ import annotations

import json
import math
import os
import sys
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from phi4.paths import atomic_write
from phi4.scale.journal import JournalsByDocument, journal_file
from phi4.seeds import SeedFolder


@dataclass(frozen=True)
class Unit:
    """Documents by the names of their files; ``share``: the rows that each may have; ``earlier``: journals."""

    number: int
    names: tuple[str, ...]
    share: int
    journal: str
    earlier: tuple[str, ...]


def write_units(path: Path, folder: SeedFolder, size: int, rows: int, journals: Path) -> list[int]:
    """Cut the list of seeds into units, a line each; gives back where each begins in the file.

    With ``rows`` wanted in all, every document is first asked for an even share.
    """
    share = math.ceil(rows / len(folder)) if rows else sys.maxsize
    known, names, places = JournalsByDocument(journals), folder.names(), list[int]()
    with atomic_write(path) as file:
        while block := tuple(os.fsdecode(raw) for raw in islice(names, size)):
            own = journal_file(journals, block).name
            earlier = tuple(name for name in known.of(block) if name != own)
            places.append(file.tell())
            file.write(json.dumps(asdict(Unit(len(places) - 1, block, share, own, earlier))) + "\n")
    return places


def read_unit(path: Path, place: int) -> Unit:
    """The unit that begins there."""
    with path.open(encoding="ascii") as file:
        file.seek(place)
        told = json.loads(file.readline())
    return Unit(**{**told, "names": tuple(told["names"]), "earlier": tuple(told["earlier"])})
