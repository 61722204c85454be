"""Where an imported seed comes from: document, pages and headings, in ``NAME.meta.json`` beside ``NAME.txt``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import Field

from phi4.errors import RecordError
from phi4.korean import nfc
from phi4.records import Record, Source


class Part(Record):
    """Some lines of a seed, and where they stand in the document that they were taken from."""

    first: int = Field(description="number of the first line in the seed, from 1")
    page: int = Field(default=0, description="page, slide or sheet, from 1; 0 where the format has none")
    headings: tuple[str, ...] = Field(default=(), description="the sections around it, the highest first")


class Origin(Record):
    """Where an imported seed comes from: ``NAME.meta.json`` beside ``NAME.txt``."""

    document: str = Field(description="the document, as it was named when it was imported")
    sha256: str = Field(description="of the document's bytes")
    format: str
    pages: tuple[int, ...] = ()
    headings: tuple[str, ...] = Field(default=(), description="of the first part, the highest first")
    parts: tuple[Part, ...] = ()
    personal: dict[str, int] = Field(default={}, description="personal data found, by kind")
    seed: str = Field(default="", description="SHA-256 of the seed as it was imported; the lines count in no other")

    def part_of(self, line: int) -> Part | None:
        """Where a line of the seed (from 1) stands in the document."""
        return next((part for part in reversed(self.parts) if part.first <= line), None)


def origin_file(seed: Path) -> Path:
    """The file that tells where a seed comes from; only imported seeds have one."""
    return seed.with_suffix(".meta.json")


def read_origin(seed: Path) -> Origin | None:
    """Where a seed comes from, or none when nobody wrote it down. Raises ``RecordError`` for a broken file."""
    path = origin_file(seed)
    if not path.is_file():
        return None
    try:
        return Origin.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecordError(f"'{path}' does not tell where a seed comes from", "import the document again") from error


def citation(seeds: Path, source: Source) -> str:
    """Where a row comes from, as a person would look it up.

    ``규정.pdf 12쪽 › 제3장 · 규정-001.txt [4, 5]`` for a seed that was imported into the folder ``seeds``, with the
    place of the last sentence, which the row is about; no place for a seed that was changed after its import or
    after the row was made; the seed and its sentences for any other.
    Raises ``RecordError`` for a broken ``.meta.json``.
    """
    plain = f"{source.file} {list(source.sentences)}"
    origin = read_origin(seeds / source.file)
    if origin is None:
        return plain
    part = origin.part_of(_line(seeds / source.file, source)) if origin.seed == source.sha256 else None
    page = f" {part.page}쪽" if part and part.page else ""
    sections = "".join(f" › {heading}" for heading in part.headings) if part else ""
    return f"{origin.document}{page}{sections} · {plain}"


def _line(seed: Path, source: Source) -> int:
    """The line, from 1, with the last sentence of a row; 0 where the seed is not the one that the row was made of.

    It was imported as it is, so it is UTF-8 with line feeds.
    """
    raw = seed.read_bytes() if seed.is_file() else b""
    if not source.spans or hashlib.sha256(raw).hexdigest() != source.sha256:
        return 0
    return nfc(raw.decode("utf-8")).count("\n", 0, source.spans[-1][0]) + 1
