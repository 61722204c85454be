"""PDF files with a text layer: letters and their places by pdfium, tables with ruled lines by pdfplumber.

pdfium is fast enough for a thousand pages and knows where each letter stands; pdfplumber finds cells
between ruled lines, and only pages with such lines are shown to it. Pages are read one after another
and closed, so that only lines of text stay in memory.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4.documents.blocks import Block, left
from phi4.documents.detect import OCR
from phi4.documents.layout import Box, Line, Table, Word, page_lines
from phi4.documents.paragraphs import line_blocks
from phi4.errors import DocumentError

MAX_PAGES = 10_000
MIN_LETTERS = 5  # of a page with text
MAX_UNKNOWN = 0.3  # share of letters without a Unicode value from which a page cannot be read
RULES = 4  # ruled lines of the smallest table
MAX_RULES = 3000  # of a page; more are a drawing
SAMPLED = 200  # letters of a page that tell which way it is turned
_BOLD = 600
_IMAGE, _PATH = 3, 2  # FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH


def read_pdf(path: Path) -> Iterator[Block]:
    """The blocks of a PDF. Raises ``DocumentError`` when it is encrypted, broken or has no text."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("it is encrypted", "save a copy without a password") from error
        raise DocumentError(f"it is a broken PDF: {error}") from error
    if not count:
        raise DocumentError("it is a broken PDF: it has no page")
    if count > MAX_PAGES:
        raise DocumentError(f"it has {count:,} pages, more than {MAX_PAGES:,}", "split it")
    lines: list[Line] = []
    gone: list[Block] = []
    with document, _Tables(path) as tables:
        titles = _bookmarks(document)
        for number in range(1, count + 1):
            yield Block("page", page=number)
            found, reason = _page(document, number, tables)
            lines.extend(found)
            if reason:
                gone.append(left(reason, page=number))
    if not lines:
        reasons = {block.reason for block in gone}
        if any("OCR" in reason for reason in reasons):
            raise DocumentError(f"it has no text: {gone[0].reason} (all of its {count} pages)", OCR)
        raise DocumentError("it has no text")
    yield from gone
    yield from line_blocks(lines, titles, count)


def _bookmarks(document: Any) -> dict[str, int]:
    """The titles in its outline, without spaces, with their level from 1."""
    try:
        entries = [(bookmark.get_title() or "", bookmark.level) for bookmark in document.get_toc(max_depth=6)]
    except Exception:  # an outline that goes in a circle is no reason to lose the text
        return {}
    return {"".join(title.split()): level + 1 for title, level in entries if title.strip()}


def _page(document: Any, number: int, tables: _Tables) -> tuple[list[Line], str]:
    """The lines of a page, and why it was left out."""
    import pypdfium2

    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        return [], f"broken page: {error}"
    try:
        text = page.get_textpage()
        view = _view(page, text)
        words, unknown = _words(text, view)
        text.close()
        letters = sum(len(word.text) for word in words)
        images, rules = _objects(page)
        if letters < MIN_LETTERS:
            return [], "a page that is only an image: it needs OCR" if images else "a page without text"
        if unknown > MAX_UNKNOWN * letters:
            return [], "a page whose letters have no Unicode value: it needs OCR"
        shown = view.quarters * 90 == page.get_rotation()  # else the other reader sees it turned
        cells = tables.find(number) if RULES <= rules <= MAX_RULES and shown else []
        return page_lines(words, cells, number, view.height), ""
    finally:
        page.close()


@dataclass(frozen=True)
class _View:
    """A page as it is read: its visible box, turned clockwise by so many quarters."""

    quarters: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.right - self.left if self.quarters % 2 else self.top - self.bottom

    def box(self, rect: Any) -> Box:
        """A box of pdfium, whose places begin below and know no turn, as one from the upper left corner."""
        x0, x1, y0, y1 = (
            rect.left - self.left,
            rect.right - self.left,
            rect.bottom - self.bottom,
            rect.top - self.bottom,
        )
        width, height = self.right - self.left, self.top - self.bottom
        return (
            (x0, height - y1, x1, height - y0),
            (y0, x0, y1, x1),
            (width - x1, y0, width - x0, y1),
            (height - y1, width - x1, height - y0, width - x0),
        )[self.quarters]


def _view(page: Any, text: Any) -> _View:
    """The page turned so that most of its letters stand upright, whatever its ``/Rotate`` says."""
    import pypdfium2.raw as pdfium

    count = text.count_chars()
    sampled = [n for n in range(0, count, max(1, count // SAMPLED)) if pdfium.FPDFText_GetUnicode(text, n) > 0x20]
    angles = [pdfium.FPDFText_GetCharAngle(text, n) for n in sampled]  # clockwise in radians, below 0 if unknown
    turns = Counter(round(-angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0)
    return _View(turns.most_common(1)[0][0] if turns else 0, *page.get_bbox())


def _objects(page: Any) -> tuple[int, int]:
    """How many images and how many drawn paths a page has."""
    import pypdfium2.raw as pdfium

    kinds = [
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, n))
        for n in range(pdfium.FPDFPage_CountObjects(page))
    ]
    return kinds.count(_IMAGE), kinds.count(_PATH)


def _words(text: Any, view: _View) -> tuple[list[Word], int]:
    """The words of a page in the order of the file, and how many letters have no Unicode value."""
    import pypdfium2.raw as pdfium

    words: list[Word] = []
    unknown = 0
    rect, held = pdfium.FS_RECTF(), _Held()
    flags = ctypes.c_int()
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        letter = "-" if code in (0x02, 0xFFFE, 0xAD) else chr(code) if code else "\ufffd"  # 2: a hyphen at a line's end
        if letter.isspace():
            made_up = pdfium.FPDFText_IsGenerated(text, index) == 1
            words.extend(held.close(space=not made_up))
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, index, rect) or rect.right <= rect.left:
            continue
        unknown += letter == "\ufffd" or 0xE000 <= code <= 0xF8FF
        box = view.box(rect)
        if held.is_apart(box):
            words.extend(held.close(space=False))
        if not held.letters:
            held.bold = pdfium.FPDFText_GetFontWeight(text, index) >= _BOLD or _is_bold_name(text, index, flags)
        held.add(letter, box)
    words.extend(held.close(space=False))
    return words, unknown


def _is_bold_name(text: Any, index: int, flags: Any) -> bool:
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text, index, name, 128, flags)
    return b"bold" in name.value.lower()


class _Held:
    """The word that is being read."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.bold = False
        self._box: Box = (0.0, 0.0, 0.0, 0.0)

    def is_apart(self, box: Box) -> bool:
        """Whether a letter stands too far from the word to belong to it."""
        if not self.letters:
            return False
        x0, top, x1, bottom = self._box
        size = bottom - top
        off_line = not top <= (box[1] + box[3]) / 2 <= bottom
        return off_line or box[0] - x1 > 0.6 * size or box[0] < x0 - 0.2 * size

    def add(self, letter: str, box: Box) -> None:
        x0, top, x1, bottom = self._box if self.letters else box
        self.letters.append(letter)
        self._box = min(x0, box[0]), min(top, box[1]), max(x1, box[2]), max(bottom, box[3])

    def close(self, space: bool) -> list[Word]:
        if not self.letters:
            return []
        word = Word("".join(self.letters), *self._box, space, self.bold)
        self.letters = []
        return [word]


class _Tables:
    """The tables of a PDF's pages; the second reader opens only when a page has ruled lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._plumber: Any = None
        self._broken = False

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *_: object) -> None:
        if self._plumber is not None:
            self._plumber.close()

    def find(self, number: int) -> list[Table]:
        """The cells of each table on a page; none where the second reader cannot read it."""
        import pdfplumber

        if self._broken:
            return []
        try:
            if self._plumber is None:
                self._plumber = pdfplumber.open(self._path)
            page = self._plumber.pages[number - 1]
            found = [_table(table, page) for table in page.find_tables()]
            page.close()
        except Exception:  # pdfminer knows many ways to fail; the text is read all the same
            self._broken = True
            return []
        return [table for table in found if len(table.cells) > 1 or len(table.cells[0]) > 1]


def _table(table: Any, page: Any) -> Table:
    """A table of pdfplumber, counted from the corner of what is visible."""
    right, down = page.cropbox[:2]

    def shift(box: Box) -> Box:
        return box[0] - right, box[1] - down, box[2] - right, box[3] - down

    cells = tuple(tuple(cell and shift(cell) for cell in row.cells) for row in table.rows)
    return Table(shift(table.bbox), cells)
