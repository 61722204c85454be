"""The two documents of the README, ``Phi-4/data/documents``: ``python benchmarks/documents_shown.py FOLDER``.

Both are written for this project: the guide for outpatients becomes HWPX (``hwpforge``), the rules for leave
become PDF (LibreOffice). They share no fact, so that nobody takes one for the other's twin.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from documents_corpus import HEADER, Unit, fodt, markdown, soffice

HERE = Path(__file__).parent / "labelled"
GUIDE, LEAVE = ((HERE / name).read_text(encoding="utf-8") for name in ("outpatients.md", "leave.md"))


def units(text: str) -> list[Unit]:
    """A text as the corpus knows it: ``#`` and ``##`` headings, ``-`` items, ``|`` rows, paragraphs."""
    told = []
    for line in text.strip().split("\n"):
        if line.startswith("|"):
            told.append(Unit("row", cells=tuple(cell.strip() for cell in line.strip("|").split("|"))))
        else:
            mark, _, rest = line.partition(" ")
            kind = {"#": "h1", "##": "h2", "-": "li"}.get(mark)
            told.append(Unit(kind, rest) if kind else Unit("p", line))
    return told


def make(folder: Path) -> None:
    """Write both documents."""
    import hwpforge

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "외래진료안내.hwpx").write_bytes(hwpforge.convert_md(markdown(units(GUIDE))).document.to_bytes())
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "휴가규정.fodt"
        text = fodt(units(LEAVE)).replace(HEADER, "한빛병원 인사 규정집").replace("29.7cm", "21cm")  # two pages
        source.write_text(text, encoding="utf-8")
        soffice(source, "pdf", folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
