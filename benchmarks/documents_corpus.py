"""Documents of every format with known text, made by real programs, for ``benchmarks/documents.py``.

LibreOffice (``soffice``) makes DOCX, PDF (one column and two), PPTX, XLSX, EPUB and HTML from flat
OpenDocument text; ``hwp-converter-ai`` makes HWP 5 and ``hwpforge`` HWPX from Markdown; Markdown, CSV and
text are written here. The texts are the seeds that ship with the project, and tables of our own.
"""

from __future__ import annotations

import csv
import io
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[1] / "Phi-4" / "data" / "seeds" / "medical"
HEADER, FOOTER = "한빛병원 약제부 의약품 안내서", "무단 복제 금지"


@dataclass(frozen=True)
class Unit:
    """One piece of the known text: ``kind`` is h1, h2, p, li or row (the cells of a table's row)."""

    kind: str
    text: str = ""
    cells: tuple[str, ...] = ()


TABLE = (
    ("약물명", "하루 최대 용량", "목표 수치", "금기"),
    ("와파린", "10 mg", "INR 2.0~3.0", "임신부"),
    ("아스피린", "4,000 mg", "없음", "위장관 출혈 환자"),
    ("메트포르민", "2,550 mg", "당화혈색소 7% 미만", "중증 신장애 환자"),
    ("암로디핀", "10 mg", "혈압 140/90 mmHg 미만", "심한 저혈압 환자"),
)
STATUTE = (
    Unit("p", "제1장 총칙"),
    Unit(
        "p", "제1조(목적) 이 법은 醫藥品의 製造·管理에 필요한 사항을 정하여 國民保健 향상에 이바지함을 목적으로 한다."
    ),
    Unit("p", "제2조(정의) 이 법에서 “의약품”이란 大韓民國藥典에 실린 물품 중 醫藥外品이 아닌 것을 말한다."),
    Unit("p", "제3조의2(약사의 의무) 약사는 處方箋에 따라 조제하여야 하며, 임의로 처방을 변경하여서는 아니 된다."),
)


def units(count: int = 15, tables: bool = True) -> list[Unit]:
    """The known text: ``count`` seeds as chapters, a table and a mixed-script statute."""
    told = [Unit("h1", "의약품 안내서")]
    for path in sorted(SEEDS.glob("*.txt"))[:count]:
        told.append(Unit("h1", f"{path.stem.capitalize()} 안내"))
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.endswith(":"):
                told.append(Unit("h2", line.rstrip(":")))
            elif line.startswith("- "):
                told.append(Unit("li", line[2:]))
            elif line.strip():
                told.append(Unit("p", line.strip()))
    if tables:
        told.append(Unit("h1", "용량 표"))
        told.extend(Unit("row", cells=row) for row in TABLE)
    told.append(Unit("h1", "법령"))
    return [*told, *STATUTE]


def markdown(told: Sequence[Unit]) -> str:
    """The known text as Markdown."""
    lines: list[str] = []
    for number, unit in enumerate(told):
        if unit.kind == "row":
            lines.append(f"| {' | '.join(unit.cells)} |")
            if told[number - 1].kind != "row":
                lines.append("|" + " --- |" * len(unit.cells))
            if number + 1 == len(told) or told[number + 1].kind != "row":
                lines.append("")
        else:
            mark = {"h1": "# ", "h2": "## ", "p": "", "li": "- "}[unit.kind]
            lines += [mark + unit.text, ""]
    return "\n".join(lines)


_FODT = (Path(__file__).parent / "labelled" / "corpus.fodt").read_text(encoding="utf-8")


def fodt(told: Sequence[Unit], columns: int = 1, align: str = "justify") -> str:
    """The known text as flat OpenDocument, with a header, a footer and page numbers."""
    parts: list[str] = []
    for number, unit in enumerate(told):
        text = escape(unit.text)
        if unit.kind in ("h1", "h2"):
            level = unit.kind[1]
            parts.append(f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{text}</text:h>')
        elif unit.kind == "li":
            parts.append(f"<text:list><text:list-item><text:p>{text}</text:p></text:list-item></text:list>")
        elif unit.kind == "p":
            parts.append(f"<text:p>{text}</text:p>")
        else:
            if told[number - 1].kind != "row":
                parts.append(
                    '<table:table table:name="T"><table:table-column '
                    f'table:number-columns-repeated="{len(unit.cells)}"/>'
                )
            cells = (
                f'<table:table-cell table:style-name="C"><text:p>{escape(cell)}</text:p></table:table-cell>'
                for cell in unit.cells
            )
            parts.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
            if number + 1 == len(told) or told[number + 1].kind != "row":
                parts.append("</table:table>")
    fields = {"header": HEADER, "footer": FOOTER, "body": "".join(parts), "columns": columns, "align": align}
    return _FODT % fields


def soffice(source: Path, kind: str, folder: Path, infilter: str = "") -> Path:
    """Convert with LibreOffice, unless an earlier run has (``--keep``). Raises ``CalledProcessError``."""
    made = folder / f"{source.stem}.{kind.split(':')[0]}"
    if made.is_file():
        return made
    with tempfile.TemporaryDirectory() as profile:
        words = [
            "soffice",
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            *([f"--infilter={infilter}"] if infilter else []),
        ]
        subprocess.run(
            [*words, "--convert-to", kind, "--outdir", str(folder), str(source)],
            check=True,
            capture_output=True,
            timeout=300,
        )
    return made


def rows(told: Sequence[Unit]) -> str:
    """The known text as CSV: the table of drugs, and a row a paragraph."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(TABLE)
    writer.writerow([])
    writer.writerow(("구분", "설명"))
    for number, unit in enumerate(unit for unit in told if unit.kind in ("p", "li")):
        writer.writerow((f"항목{number + 1}", unit.text))
    return out.getvalue()


def row_units(told: Sequence[Unit]) -> list[Unit]:
    """The text that ``rows`` tells."""
    table = [Unit("row", cells=row) for row in TABLE]
    return [*table, *(Unit("p", unit.text) for unit in told if unit.kind in ("p", "li"))]


def slides(told: Sequence[Unit], path: Path) -> None:
    """A presentation by python-pptx, opened and saved again by LibreOffice: a slide for every section."""
    import pptx

    deck = pptx.Presentation()
    body = None
    for unit in told:
        if unit.kind in ("h1", "h2"):
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = unit.text
            body = slide.placeholders[1].text_frame
        elif unit.kind == "row":
            if not any(shape.has_table for shape in slide.shapes):
                grid = slide.shapes.add_table(len(TABLE), len(unit.cells), 0, 0, 9_000_000, 2_000_000).table
                for row, cells in enumerate(TABLE):
                    for column, cell in enumerate(cells):
                        grid.cell(row, column).text = cell
        elif body is not None:
            if body.text:
                body.add_paragraph().text = unit.text
            else:
                body.text = unit.text
    deck.save(str(path))


def make(folder: Path, count: int = 15) -> dict[str, list[Unit]]:
    """Write the corpus; returns the known text of each file by its name."""
    told = units(count)
    bare = units(count, tables=False)
    known: dict[str, list[Unit]] = {}
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)

    def source(name: str, text: str) -> Path:
        path = work / name
        path.write_text(text, encoding="utf-8")
        return path

    plain = source("안내서.fodt", fodt(told))
    for kind in ("docx", "pdf", "epub", "html"):
        known[soffice(plain, kind, folder).name] = told
    known[soffice(source("두단.fodt", fodt(bare, columns=2)), "pdf", folder).name] = bare
    known[soffice(source("왼쪽맞춤.fodt", fodt(told, align="left")), "pdf", folder).name] = told
    known[soffice(source("표.csv", rows(told)), "xlsx", folder, "Text - txt - csv (StarCalc):44,34,76").name] = (
        row_units(told)
    )
    slides(told, work / "발표.pptx")
    soffice(work / "발표.pptx", "odp", work)
    known[soffice(work / "발표.odp", "pptx", folder).name] = told
    (folder / "표.csv").write_bytes(rows(told).replace("·", "/").encode("cp949", "replace"))
    known["표.csv"] = [Unit(one.kind, one.text.replace("·", "/"), one.cells) for one in row_units(told)]
    (folder / "안내서.md").write_text(markdown(told), encoding="utf-8")
    text = "\n\n".join(unit.text for unit in bare)
    (folder / "글.txt").write_bytes(text.encode("utf-16"))
    known |= {"안내서.md": told, "글.txt": bare}
    known |= _hangul(folder, told)
    with zipfile.ZipFile(folder / "묶음.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "안내서.docx", "안내서.docx")
    return known


SMALL = (
    Unit("h1", "손 위생 지침"),
    Unit(
        "p",
        "손 위생은 감염을 막는 가장 쉬운 방법이며, 비누로 30초 이상 씻으면 "
        "손의 세균이 크게 줄어들기 때문에 병원에서 반드시 지켜야 합니다.",
    ),
    Unit("h2", "씻는 때"),
    Unit("li", "환자를 만지기 전에 씻습니다."),
    Unit("li", "환자를 만진 뒤에 씻습니다."),
    Unit("h2", "소독제"),
    Unit(
        "p",
        "알코올 소독제는 70% 농도일 때 세균을 가장 잘 죽이며, "
        "농도가 더 높으면 세균의 막이 먼저 굳어 오히려 효과가 떨어집니다.",
    ),
    Unit("row", cells=("소독제", "농도", "시간")),
    Unit("row", cells=("알코올", "70%", "30초")),
    Unit("row", cells=("요오드", "10%", "2분")),
    Unit("p", "제1조(목적) 이 지침은 患者의 안전을 위하여 손 위생을 정함을 목적으로 한다."),
)


def fixtures(folder: Path) -> None:
    """The small files that the tests read (tests/documents/files)."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for name, told, columns in (("small", SMALL, 1), ("columns", [one for one in SMALL if one.kind == "p"] * 4, 2)):
            path = Path(work) / f"{name}.fodt"
            text = fodt(told, columns).replace(' fo:font-weight="bold" style:font-weight-asian="bold"', "")
            path.write_text(text.replace("29.7cm", "14cm" if name == "small" else "29.7cm"), encoding="utf-8")
            soffice(path, "pdf", folder)
            if name == "small":
                soffice(path, "docx", folder)
    hangul = _hangul(folder, SMALL)
    for name in hangul:
        (folder / name).rename(folder / f"small{Path(name).suffix}")


def _hangul(folder: Path, told: Sequence[Unit]) -> dict[str, list[Unit]]:
    """HWP and HWPX, where their writers are installed (they are no dependency of the project)."""
    made: dict[str, list[Unit]] = {}
    try:
        import hwp_converter_ai

        hwp_converter_ai.HwpWriter().from_markdown(markdown(told), folder / "안내서.hwp")
        made["안내서.hwp"] = list(told)
    except ImportError:
        print("no HWP: pip install hwp-converter-ai")
    try:
        import hwpforge

        document = hwpforge.convert_md(markdown(told)).document
        (folder / "안내서.hwpx").write_bytes(document.to_bytes())
        made["안내서.hwpx"] = list(told)
    except ImportError:
        print("no HWPX: pip install hwpforge")
    return made


if __name__ == "__main__":
    import sys

    fixtures(Path(sys.argv[1]))
