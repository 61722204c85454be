"""Broken versions of documents, each converted as ``phi4 import`` does it: ``benchmarks/documents.py --fuzz N``.

A child of this process reads (in a child of its own, as always), repairs, cuts, looks for personal data, masks it and
makes the preview. It has loaded the Korean model once, so a document costs milliseconds; it may take ``LIMIT``
seconds for one and ``MEMORY`` bytes beside what it begins with, and a new one begins where it was lost.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import resource
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from phi4.documents.conversion import convert
from phi4.documents.detect import Format, detect
from phi4.documents.isolation import MEMORY, SILENCE, address_space
from phi4.documents.pages import preview_page
from phi4.errors import DocumentError

LIMIT = 2 * SILENCE  # seconds for one document; its reader is stopped before
START = 120.0  # seconds for a child to begin


class Converter:
    """A child that converts one document after another."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._link, end = context.Pipe()
        self._child = context.Process(target=_serve, args=(end,))
        self._child.start()
        end.close()
        if not self._link.poll(START) or self._link.recv() != "ready":
            raise RuntimeError("the converter did not begin")

    def outcome(self, path: Path, kind: Format) -> str:
        """What becomes of a document: read, refused, fault (an error that is none of ours), hang or crash."""
        self._link.send((str(path), kind))
        try:
            told = str(self._link.recv()) if self._link.poll(LIMIT) else "hang"
        except EOFError:
            told = "crash"
        if told in ("hang", "crash"):
            self.close()
            self._begin()
        return told

    def close(self) -> None:
        """End the child."""
        self._child.kill()
        self._child.join()
        self._link.close()


def _serve(link: Connection) -> None:
    from phi4.documents.personal import find_personal
    from phi4.korean import split_sentences

    split_sentences("준비합니다.")
    find_personal("환자 홍길동님")
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + MEMORY, hard))
    link.send("ready")
    while True:
        path, kind = link.recv()
        link.send(_converted(Path(path), kind))


def _converted(path: Path, kind: Format) -> str:
    try:
        made = convert(path, kind, path.name, "mask", lambda seed: "A")
        pieces = [preview_page(path.name, made), *(seed.text for seed in made.seeds)]
        "".join(pieces).encode()  # as it is written
    except DocumentError as error:
        if "crashed" in error.message:
            return "crash of the reader"
        return "hang of the reader" if "too long" in error.message else "refused"
    except Exception:
        traceback.print_exc()
        return "fault"
    return "read"


def fuzz(folder: Path, each: int, only: Sequence[str] = ()) -> dict[str, Any]:
    """Convert mutations of every file, or of those that end on ``only``; returns outcomes and the longest times."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix != ".zip"]
    files = [path for path in files if not only or path.suffix.lstrip(".") in only]
    told: dict[str, Any] = {}
    target = folder / "mutant"
    converter = Converter()
    for path in files:
        raw = path.read_bytes()
        chance = random.Random(path.name)  # so that a file alone meets the same mutations as among others
        outcomes: Counter[str] = Counter()
        slowest = 0.0
        for _ in range(each):
            target.write_bytes(mutate(raw, chance))
            started = time.monotonic()
            outcomes[_outcome(converter, target, path.name)] += 1
            slowest = max(slowest, time.monotonic() - started)
        told[path.name] = {**outcomes, "slowest": round(slowest, 2)}
        print(f"{path.name:14} {dict(outcomes)}  slowest {slowest:.2f} s", flush=True)
    converter.close()
    target.unlink()
    told["peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    return told


def _outcome(converter: Converter, path: Path, name: str) -> str:
    try:
        kind = detect(path, name)
    except DocumentError:
        return "refused"
    return "refused" if kind == "zip" else converter.outcome(path, kind)


def mutate(raw: bytes, chance: random.Random) -> bytes:
    """A broken version of a file; every other time, of an archive, whole but with a broken member, and of a text in
    UTF-8, still in UTF-8."""
    whole = chance.random() < 0.5
    if not raw.startswith(b"PK") or not whole:
        broken = _broken(raw, chance)
        return broken.decode(errors="ignore").encode() if whole and _is_text(raw) else broken
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice([name for name in names if name.endswith(".xml")] or names)
        for name in names:
            new.writestr(name, _broken(old.read(name), chance) if name == chosen else old.read(name))
    return out.getvalue()


def _is_text(raw: bytes) -> bool:
    try:
        return b"\0" not in raw and bool(raw.decode())
    except UnicodeDecodeError:
        return False


def _broken(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, a piece cut out, repeated or zeroed, or the end missing."""
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(data) or 1)
        size = chance.choice((1, 4, 64, 1024))
        way = chance.randrange(5)
        if way == 0:
            data[at : at + size] = bytes(chance.randrange(256) for _ in range(min(size, len(data) - at)))
        elif way == 1:
            del data[at : at + size]
        elif way == 2:
            data[at:at] = data[at : at + size] * chance.choice((1, 8))
        elif way == 3:
            data[at : at + size] = bytes(min(size, len(data) - at))
        elif chance.random() < 0.2:
            del data[at:]
    return bytes(data)
