"""Questions of different documents that ask the same, among as many rows as there are: MinHash LSH on disk.

Signatures: Broder, On the resemblance and containment of documents (1997); bands: Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, 3.4. Whatever the bands propose is compared exactly, by the measure and with
the exceptions of the decontamination, so a proposal can cost time and never a row.

Memory holds one part of one band and ``TOGETHER`` proposals at a time; sets, bands and texts lie in files. Reading
grows with the rows. Proposals grow faster while buckets fill up to ``CROWD``, so ten thousands of them are compared
at once.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from phi4.dataset.decontamination import NEAR, ask_apart, content_of
from phi4.errors import WorkspaceError
from phi4.jsonl import walk_jsonl
from phi4.paths import Workspace, atomic_write
from phi4.records import Example

if TYPE_CHECKING:
    import numpy as np

BANDS, ROWS = 32, 4  # two questions with Jaccard 0.65 meet in a band with a chance of 1 - (1 - 0.65**4)**32 = 99.8 %
PART = 1 << 22  # rows of a band that are sorted in memory at a time: 64 MB
BLOCK = 4096  # rows whose signatures are computed together
SHOWN = 20  # pairs that are printed
TOGETHER = 1 << 16  # proposals that are compared together
CROWD = 50  # rows in a bucket from which on each is compared with the first ones alone: a manner of speaking


class Near(NamedTuple):
    """Two questions that ask the same, by their places among those given, and the Jaccard similarity of their words."""

    one: int
    other: int
    likeness: float


def near_questions(
    questions: Iterable[tuple[str, str]], folder: Path | None = None, near: float = NEAR
) -> Iterator[Near]:
    """Pairs among (document, question) that ask the same in different documents, each once.

    Within a document the same is asked in several wordings on purpose. Where more than ``CROWD`` questions are
    alike, each of them is paired with the first ones, and with another only where a smaller bucket holds both. Files
    grow in ``folder`` (default: the system's place for such) and are deleted.
    Raises ``WorkspaceError`` when there is no room for them.
    """
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix="near-") as made:
            kept = _Kept(Path(made))
            kept.write(questions)
            yield from _pairs(kept, near)
    except OSError as error:
        raise WorkspaceError(
            f"cannot write temporary files: {error.strerror or error}",
            "free some disk space, or name a folder with room: TMPDIR",
        ) from error


class _Kept:
    """What must be known of the questions, on disk: their words as hashes, their bands, their texts.

    ``beyond`` has a bit for each band in which a question is not among the first ones of a crowd.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.count = 0

    def write(self, questions: Iterable[tuple[str, str]]) -> None:
        """Walk the questions once."""
        import numpy as np

        names = ("sets", "ends", "text", "marks", "documents", "beyond", *(f"band{number}" for number in range(BANDS)))
        files = {name: (self._folder / name).open("wb") for name in names}
        try:
            ends = marks = 0
            for name in ("ends", "marks"):
                files[name].write(np.uint64(0).tobytes())  # so that row n lies between the n-th and the next
            for block in _blocks(questions, BLOCK):
                sets = [_hashed(content_of(question)) for _, question in block]
                for (document, question), words in zip(block, sets, strict=True):
                    raw = question.encode()
                    files["documents"].write(_hashed([document]).tobytes())
                    files["text"].write(raw)
                    ends, marks = ends + len(words), marks + len(raw)
                    files["sets"].write(words.tobytes())
                    files["ends"].write(np.uint64(ends).tobytes())
                    files["marks"].write(np.uint64(marks).tobytes())
                files["beyond"].write(np.zeros(len(block), np.uint64).tobytes())
                for number, band in enumerate(_bands(sets)):
                    files[f"band{number}"].write(band.tobytes())
                self.count += len(block)
        finally:
            for file in files.values():
                file.close()

    def array(self, name: str, mode: Literal["r", "r+"] = "r") -> Any:
        """One file as numbers, read (and written) where they are looked at."""
        import numpy as np

        path = self._folder / name
        return np.memmap(path, np.uint64, mode) if path.stat().st_size else np.empty(0, np.uint64)

    def opened(self) -> Any:
        """The texts, to be read at their places."""
        return (self._folder / "text").open("rb")


def _pairs(kept: _Kept, near: float) -> Iterator[Near]:
    """What the bands propose and holds. A pair that several bands propose counts in the first."""
    sets, ends, marks = kept.array("sets"), kept.array("ends"), kept.array("marks")
    documents, beyond = kept.array("documents"), kept.array("beyond", "r+")
    bands = [kept.array(f"band{number}") for number in range(BANDS)]
    with kept.opened() as texts:

        def text(place: int) -> str:
            texts.seek(int(marks[place]))
            return str(texts.read(int(marks[place + 1] - marks[place])).decode())

        for number, band in enumerate(bands):
            for ones, others in _proposed(band, beyond, number):
                apart = documents[ones] != documents[others]
                for one, other in _alike(sets, ends, ones[apart], others[apart], near):
                    if _were_proposed(bands[:number], beyond, one, other):
                        continue
                    likeness = _jaccard(sets[ends[one] : ends[one + 1]], sets[ends[other] : ends[other + 1]])
                    if likeness >= near and not ask_apart(text(one), text(other)):
                        yield Near(one, other, likeness)


def _were_proposed(bands: Sequence[Any], beyond: Any, one: int, other: int) -> bool:
    """Whether one of these bands proposed the pair: there it met, and its first was among the first of the bucket."""
    out = int(beyond[one])
    return any(band[one] == band[other] and not out >> number & 1 for number, band in enumerate(bands))


def _alike(sets: Any, ends: Any, ones: Any, others: Any, near: float) -> Iterator[tuple[int, int]]:
    """Those of the pairs whose sets are alike, by the upper 40 bits of their hashes: hardly one too many, none lost."""
    import numpy as np

    sizes = np.stack([(ends[places + 1] - ends[places]).astype(np.int64) for places in (ones, others)])
    hopeful = np.flatnonzero(sizes.min(0) / np.maximum(sizes.max(0), 1) >= near)
    ones, others, sizes = ones[hopeful], others[hopeful], sizes[:, hopeful]
    pairs = np.arange(len(ones), dtype=np.uint64) << np.uint64(40)
    words = [
        np.repeat(pairs, size) | (sets[_spans(ends[places].astype(np.int64), size)] >> np.uint64(24))
        for places, size in zip((ones, others), sizes, strict=True)
    ]
    told = np.sort(np.concatenate(words))
    twice = told[1:][told[1:] == told[:-1]] >> np.uint64(40)
    shared = np.bincount(twice.astype(np.int64), minlength=len(ones))
    whole = np.maximum(sizes.sum(0) - shared, 1)
    for found in np.flatnonzero(shared / whole >= near):
        yield int(ones[found]), int(others[found])


def _spans(starts: Any, sizes: Any) -> Any:
    """The places ``start``, ``start + 1``, … of every span, one span after the other."""
    import numpy as np

    return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())


def _proposed(band: Any, beyond: Any, number: int) -> Iterator[tuple[Any, Any]]:
    """Pairs of places with the same value, some at a time; the values of a part of their range at a time.

    A place that is proposed to nobody after it, since ``CROWD`` are before it, gets a bit of that ``number`` in
    ``beyond``.
    """
    import numpy as np

    parts = max(1, math.ceil(len(band) / PART))
    for part in range(parts):
        places = np.arange(len(band)) if parts == 1 else _of_part(band, part, parts)
        values = np.asarray(band[places])
        order = np.argsort(values, kind="stable")
        places, values = places[order], values[order]
        firsts = np.r_[0, np.flatnonzero(np.diff(values)) + 1]
        firsts = np.repeat(firsts, np.diff(np.r_[firsts, len(values)]))
        before = np.arange(len(values)) - firsts  # in its bucket
        beyond[places[before >= CROWD]] |= np.uint64(1 << number)
        partners = np.minimum(before, CROWD)
        met = np.flatnonzero(partners)
        ends = np.cumsum(partners[met])
        cuts = np.searchsorted(ends, np.arange(TOGETHER, ends[-1] if len(ends) else 0, TOGETHER))
        for some in np.split(met, cuts):
            ones = places[_spans(firsts[some], partners[some])]
            yield ones, np.repeat(places[some], partners[some])


def _of_part(band: Any, part: int, parts: int) -> Any:
    """Places whose value belongs to that part of the range."""
    import numpy as np

    found = [
        start + np.flatnonzero(band[start : start + PART] % np.uint64(parts) == part)
        for start in range(0, len(band), PART)
    ]
    return np.concatenate(found)


def _bands(sets: Sequence[Any]) -> list[Any]:
    """The bands of a block of sets: of each the hash of ``ROWS`` minima."""
    import numpy as np

    factors, shifts = _permutations()
    sizes = np.array([len(words) for words in sets])
    told = np.concatenate([words if len(words) else np.zeros(1, np.uint64) for words in sets])
    starts = np.r_[0, np.cumsum(np.maximum(sizes, 1))[:-1]]
    lowest = [np.minimum.reduceat(told * factor + shift, starts) for factor, shift in zip(factors, shifts, strict=True)]
    found = []
    for number in range(BANDS):
        value = np.full(len(sets), number, np.uint64)
        for minimum in lowest[number * ROWS : (number + 1) * ROWS]:
            value = (value ^ (minimum >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(32)
        found.append(value)
    return found


def _permutations() -> tuple[Any, Any]:
    """Odd factors and shifts: multiplication modulo 2**64 permutes hashes, whose upper bits are then compared."""
    import numpy as np

    chance = np.random.default_rng(0)
    draw = chance.integers(1, 1 << 62, (2, BANDS * ROWS), dtype=np.uint64)
    return draw[0] * np.uint64(2) + np.uint64(1), draw[1]


def _hashed(words: Iterable[str]) -> np.ndarray[Any, Any]:
    import numpy as np

    told = (int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest()) for word in words)
    return np.array(sorted(told), np.uint64)


def _jaccard(one: Any, other: Any) -> float:
    import numpy as np

    shared = len(np.intersect1d(one, other, assume_unique=True))
    whole = len(one) + len(other) - shared
    return shared / whole if whole else 0.0


def _blocks(questions: Iterable[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    walked = iter(questions)
    while block := list(islice(walked, size)):
        yield block


def near_rows(workspace: Workspace) -> dict[str, Any]:
    """Which rows of ``train.jsonl`` ask what one of another document asks: all go to ``near.jsonl``, some are printed.

    A line is ``{"rows": [4, 90], "likeness": 0.83}``, rows being lines of ``train.jsonl`` from 1. Raises
    ``WorkspaceError`` when there are no rows.
    """
    path = workspace.train_file
    if not path.is_file():
        raise WorkspaceError(f"there is no file '{path}'", "type: phi4 generate")
    pairs, shown = 0, list[dict[str, Any]]()
    with atomic_write(workspace.near_file) as lines:
        for pair in near_questions(_asked(path)):
            told: dict[str, Any] = {"rows": [pair.one + 1, pair.other + 1], "likeness": round(pair.likeness, 3)}
            lines.write(json.dumps(told) + "\n")
            pairs += 1
            if len(shown) < SHOWN:
                shown.append(told)
    for row in _with_questions(path, shown):
        print(f"≈ {row['likeness']:.0%}  {row['questions'][0]}\n        {row['questions'][1]}")
    print(f"{pairs} pairs of questions of different documents ask the same")
    print(f"💾 Saved to: {workspace.show(workspace.near_file)}")
    return {"pairs": pairs, "examples": shown}


def _asked(path: Path) -> Iterator[tuple[str, str]]:
    for row in walk_jsonl(path, Example):
        yield row.source.file if row.source else "", row.question


def _with_questions(path: Path, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = {row for told in shown for row in told["rows"]}
    found = {number: asked for number, (_, asked) in enumerate(_asked(path), start=1) if number in wanted}
    for told in shown:
        told["questions"] = [found[row] for row in told["rows"]]
    return shown
