"""What was imported before, so that importing again changes nothing: ``import.json`` beside the seeds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from phi4.errors import WorkspaceError
from phi4.korean import squeeze
from phi4.paths import atomic_write

VERSION = 1  # of the import; documents of another version are read anew
LEDGER = "import.json"
SKETCH = 64  # hashes kept of a text
SHINGLE = 12  # letters in one hash
SAME = 0.85  # share of hashes in common from which two documents are one


@dataclass(frozen=True)
class Entry:
    """One document: what it was when it was read, and what came of it."""

    name: str  # its name in the report, and its folder of seeds
    source: str  # where it lay: its path, or that of its archive
    sha256: str = ""
    format: str = ""
    state: str = "left"  # imported, left
    reason: str = ""  # why it was left out
    hint: str = ""
    seeds: dict[str, str] = field(default_factory=dict)  # names below its folder, with the hash of each text
    characters: int = 0
    grades: dict[str, int] = field(default_factory=dict)
    left: tuple[tuple[str, int], ...] = ()  # parts that were left out, by reason
    personal: dict[str, int] = field(default_factory=dict)
    treatment: str = ""
    sketch: tuple[int, ...] = ()
    member: str = ""  # its name in the archive
    changed: bool = True  # in this run; not written


def read_ledger(folder: Path) -> dict[str, Entry]:
    """The entries of a folder of imported seeds by name. Raises ``WorkspaceError`` for a broken file."""
    path = folder / LEDGER
    if not path.is_file():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            return {}
        entries = [_entry(one) for one in told["documents"]]
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"'{path}' is broken: {error}", "delete it: every document is then read anew") from error
    return {entry.name: entry for entry in entries}


def _entry(told: dict[str, object]) -> Entry:
    entry = Entry(**told)  # type: ignore[arg-type]  # its own JSON
    return replace(
        entry,
        left=tuple((str(reason), int(count)) for reason, count in entry.left),
        sketch=tuple(entry.sketch),
        changed=False,
    )


def write_ledger(folder: Path, entries: Sequence[Entry]) -> None:
    """Write the ledger; the same entries give the same bytes."""
    told = [{key: value for key, value in asdict(entry).items() if key != "changed"} for entry in entries]
    text = json.dumps({"version": VERSION, "documents": told}, ensure_ascii=False, indent=1) + "\n"
    path = folder / LEDGER
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        with atomic_write(path) as file:
            file.write(text)


def sketch(text: str) -> tuple[int, ...]:
    """The smallest hashes of a text's shingles: texts that share most of them say the same.

    Bottom-k sketch (Broder, "On the resemblance and containment of documents", 1997); spaces and marks
    do not count, so a document and its PDF are alike.
    """
    letters = squeeze(text)
    shingles = {letters[start : start + SHINGLE] for start in range(max(1, len(letters) - SHINGLE + 1))}
    hashes = (int.from_bytes(hashlib.blake2b(one.encode(), digest_size=6).digest(), "big") for one in shingles)
    return tuple(sorted(hashes)[:SKETCH])


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated share of shingles in common (Jaccard) of two sketches."""
    union = sorted({*one, *other})[:SKETCH]
    return len({*one} & {*other} & {*union}) / len(union) if union else 0.0
