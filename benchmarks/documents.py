"""How much of a document reaches the seeds: ``python benchmarks/documents.py``.

    (nothing)     make the corpus (LibreOffice must be there), import each file, compare with the known text
    --pii         find personal data in the labelled set benchmarks/labelled/personal.jsonl
    --fuzz N      convert N mutations of each format in child processes: no crash, no fault, no hang, bounded memory;
                  a thousand of a format take about ten minutes
    --only EXT…   of these formats alone
    --long N      a PDF of N pages: seconds, and the peak memory of the child that reads it

Prints tables and writes ``benchmarks/results/documents.json``. Columns of the first:

    recall    letters of the known text that are in the seeds, in their place (spaces do not count)
    spaces    known paragraphs that are in the seeds word for word, spaces as well
    order     known paragraphs that stand after the one before them
    tables    rows of tables all of whose cells stand in one line, with the name of their column
    extra     letters of the seeds that are not in the known text (headers that stayed, say)

"extra" holds what tables gain by being told as sentences.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from documents_corpus import FOOTER, HEADER, Unit, make
from documents_fuzz import LIMIT, fuzz

from phi4.documents.conversion import convert
from phi4.documents.detect import detect
from phi4.documents.isolation import MEMORY, read_isolated
from phi4.documents.personal import find_personal

HERE = Path(__file__).parent
NEAR = 400  # letters around the expected place in which a changed paragraph is looked for


@dataclass(frozen=True)
class Score:
    """One file against its known text; shares from 0 to 1."""

    file: str
    recall: float
    spaces: float
    order: float
    tables: float
    extra: float
    seeds: int
    good_length: float
    seconds: float


def letters(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def score(file: str, known: Sequence[Unit], texts: Sequence[str], seconds: float) -> Score:
    """Compare the seeds of a file with its known text."""
    whole = "\n".join(texts)
    bare = letters(whole)
    found = total = exact = ordered = units = place = 0
    for unit in known:
        for part in unit.cells or (unit.text,):
            wanted = letters(part)
            total += len(wanted)
            at = bare.find(wanted, place) if not unit.cells else bare.find(wanted)
            back = at < 0
            at = bare.find(wanted) if back else at
            if at >= 0:
                found += len(wanted)
                if not unit.cells:
                    place = at if not back else place
            else:
                around = bare[max(0, place - NEAR) : place + len(wanted) + NEAR]
                matcher = SequenceMatcher(None, wanted, around, autojunk=False)
                found += sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
        if not unit.cells:
            units += 1
            exact += unit.text in whole
            ordered += at >= 0 and not back
    rows = [unit.cells for unit in known if unit.kind == "row"]
    kept = [_row_kept(row, rows[0], whole.split("\n")) for row in rows[1:]]
    good = sum(500 <= len(text) <= 2000 for text in texts)
    return Score(
        file, found / total, exact / units, ordered / units, sum(kept) / len(kept) if kept else 1.0,
        max(0, len(bare) - found) / len(bare), len(texts), good / len(texts), seconds,
    )  # fmt: skip


def _row_kept(row: Sequence[str], names: Sequence[str], lines: Sequence[str]) -> bool:
    pairs = list(zip(names[1:], row[1:], strict=True))
    told = (line for line in lines if all(cell in line for cell in row))
    return any(all(any(f"{name}{end} {cell}" in line for end in "은는:") for name, cell in pairs) for line in told)


def measure(folder: Path, count: int) -> list[Score]:
    """Make the corpus and score every file."""
    scores = []
    for name, known in make(folder, count).items():
        started = time.monotonic()
        made = convert(folder / name, detect(folder / name, name), name, "keep", lambda seed: "A")
        texts = [seed.text for seed in made.seeds]
        scores.append(score(name, known, texts, time.monotonic() - started))
        stayed = sum(text.count(HEADER) + text.count(FOOTER) for text in texts)
        if stayed:
            print(f"{name}: {stayed} headers or footers stayed")
    return scores


def personal() -> dict[str, dict[str, float]]:
    """Precision and recall for each kind in the labelled set; a finding counts where it overlaps a label."""
    hits: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for line in (HERE / "labelled" / "personal.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text, wanted = case["text"], [(kind, value) for kind, value in case["personal"]]
        found = [(one.kind, text[one.start : one.end]) for one in find_personal(text)]
        for kind, value in wanted:
            hit = next((one for one in found if one[0] == kind and (value in one[1] or one[1] in value)), None)
            if hit:
                found.remove(hit)
            else:
                print(f"missed {kind} {value!r}: {text}")
            (hits if hit else missed)[kind] += 1
        for kind, value in found:
            print(f"wrong {kind} {value!r}: {text}")
            wrong[kind] += 1
    return {
        kind: {
            "labelled": hits[kind] + missed[kind],
            "recall": hits[kind] / max(1, hits[kind] + missed[kind]),
            "precision": hits[kind] / max(1, hits[kind] + wrong[kind]),
        }
        for kind in sorted({*hits, *missed, *wrong})
    }


def long_pdf(folder: Path, pages: int) -> dict[str, float]:
    """A PDF with the same pages again and again: how long it takes and how much memory its child needs."""
    import pypdfium2

    with pypdfium2.PdfDocument(folder / "안내서.pdf") as source, pypdfium2.PdfDocument.new() as target:
        for _ in range(-(-pages // len(source))):
            target.import_pages(source)
        target.save(folder / "긴.pdf")
    started = time.monotonic()
    count = sum(block.kind == "page" for block in read_isolated(folder / "긴.pdf", "pdf"))
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"pages": count, "seconds": round(seconds, 1), "limit_mb": MEMORY >> 20, "peak_mb_of_children": round(peak)}


def show(scores: Sequence[Score]) -> None:
    """The first table."""
    print(
        f"{'file':16}{'recall':>8}{'spaces':>8}{'order':>8}{'tables':>8}{'extra':>8}{'seeds':>7}{'500-2000':>10}{'s':>7}"
    )
    for one in scores:
        shares = "".join(f"{share:>8.1%}" for share in (one.recall, one.spaces, one.order, one.tables, one.extra))
        print(f"{one.file:16}{shares}{one.seeds:>7}{one.good_length:>10.0%}{one.seconds:>7.2f}")


def main() -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[], metavar="EXT")
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--pii", action="store_true")
    parser.add_argument("--count", type=int, default=15, help="seeds in the known text")
    parser.add_argument("--keep", type=Path, help="make the corpus in this folder and leave it there")
    words = parser.parse_args()
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = words.keep or Path(temporary)
        if words.pii:
            told["personal"] = personal()
            for kind, one in told["personal"].items():
                print(f"{kind:10} {one['labelled']:>4}  recall {one['recall']:.1%}  precision {one['precision']:.1%}")
        else:
            scores = measure(folder, words.count)
            show(scores)
            told["scores"] = [asdict(one) for one in scores]
        if words.fuzz:
            print(f"limit {LIMIT:.0f} s, {MEMORY >> 20} MB")
            told["fuzz"] = fuzz(folder, words.fuzz, words.only)
        if words.long:
            told["long"] = long_pdf(folder, words.long)
            print(told["long"])
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "documents.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
