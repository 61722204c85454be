"""Records in files: one JSON object a line, written whole or one by one, read with the line that is wrong."""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from phi4.errors import RecordError, WorkspaceError
from phi4.paths import FileInMaking, atomic_write
from phi4.records import ExamQuestion, Record

R = TypeVar("R", bound=Record)


def to_line(record: Record) -> str:
    """One line of JSON, Hangul as Hangul."""
    return json.dumps(record.model_dump(mode="json"), ensure_ascii=False)


def write_jsonl(path: Path, records: Iterable[Record]) -> int:
    """Write all records or none; returns how many."""
    count = 0
    with atomic_write(path) as file:
        for record in records:
            file.write(to_line(record) + "\n")
            count += 1
    return count


class JsonlWriter(Generic[R]):
    """Records that go to disk one by one, and become the file ``path`` together.

    Like a list that takes no memory: it can be appended to, counted and walked.
    """

    def __init__(self, path: Path, kind: type[R]) -> None:
        self._making, self._kind, self._count = FileInMaking(path), kind, 0
        self._published = False

    def append(self, record: R) -> None:
        """One more. Raises ``WorkspaceError`` when the disk refuses."""
        with self._making.refusals():
            self._making.file.write(to_line(record) + "\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[R]:
        if not self._published:
            with self._making.refusals():
                self._making.file.flush()
        path = self._making.path if self._published else self._making.part
        with path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield self._kind.model_validate_json(line)

    def publish(self) -> None:
        """Put the file in its place. Raises ``WorkspaceError`` when the disk refuses."""
        self._making.publish()
        self._published = True

    def discard(self) -> None:
        """Leave what stood at the path before, unless this was published."""
        if not self._published:
            self._making.discard()


def read_jsonl(path: Path, kind: type[R], hint: str = "") -> list[R]:
    """Every record of a file.

    Raises ``WorkspaceError`` for a missing or empty file and ``RecordError`` for a line that
    is not a ``kind``, naming the line's number and the key.
    """
    return read_hashed(path, kind, hint)[0]


def read_hashed(path: Path, kind: type[R], hint: str = "") -> tuple[list[R], str]:
    """Every record of a file, and the SHA-256 of the very bytes that they were read from: the file may be another
    a moment later. Raises what ``read_jsonl`` raises."""
    if not path.is_file():
        raise WorkspaceError(f"there is no file '{path}'", hint)
    digest = hashlib.sha256()
    records = list(walk_jsonl(path, kind, digest.update))
    if not records:
        raise WorkspaceError(f"'{path}' is empty", hint)
    return records, digest.hexdigest()


def read_exam(folder: Path) -> list[ExamQuestion]:
    """Every question of every ``*.jsonl`` in an exam folder; none when there is no such folder."""
    return [question for paper in sorted(folder.glob("*.jsonl")) for question in read_jsonl(paper, ExamQuestion)]


def walk_jsonl(path: Path, kind: type[R], seen: Callable[[bytes], object] | None = None) -> Iterator[R]:
    """The records of a file one by one, in little memory; blank lines are none. ``seen`` is given every line's bytes.

    Raises ``RecordError`` for a line that is not a ``kind``, naming its number and the key, and for a file that is
    not UTF-8.
    """
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            if seen:
                seen(raw)
            yield from _parsed(path, number, raw.removeprefix(BOM_UTF8) if number == 1 else raw, kind)


def _parsed(path: Path, number: int, raw: bytes, kind: type[R]) -> Iterator[R]:
    try:
        line = raw.decode()
    except UnicodeDecodeError as error:
        told = f"'{path}' is not UTF-8 text: line {number}, byte {error.start + 1}"
        raise RecordError(told, "save the file as UTF-8") from error
    if line.strip():
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "line"
            raise RecordError(
                f"'{path}', line {number}: {key}: {first['msg']}",
                "mend or delete that line",
            ) from error
