"""PDF files with a text layer: letters and their places by pdfium, tables with ruled lines by pdfplumber.

pdfium is fast enough for a thousand pages and knows where each letter stands; pdfplumber finds cells
between ruled lines, and only pages with such lines are shown to it. Pages are read one after another
and closed, so that only lines of text stay in memory.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phi4.documents.blocks import Block, left
from phi4.documents.detect import OCR
from phi4.documents.layout import Line, Table, Word, page_lines
from phi4.documents.paragraphs import line_blocks
from phi4.errors import DocumentError

MAX_PAGES = 10_000
MIN_LETTERS = 5  # of a page with text
MAX_UNKNOWN = 0.3  # share of letters without a Unicode value from which a page cannot be read
RULES = 4  # ruled lines of the smallest table
MAX_RULES = 3000  # of a page; more are a drawing
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
        words, unknown = _words(page)
        letters = sum(len(word.text) for word in words)
        images, rules = _objects(page)
        if letters < MIN_LETTERS:
            return [], "a page that is only an image: it needs OCR" if images else "a page without text"
        if unknown > MAX_UNKNOWN * letters:
            return [], "a page whose letters have no Unicode value: it needs OCR"
        cells = tables.find(number) if RULES <= rules <= MAX_RULES else []
        return page_lines(words, cells, number, page.get_height()), ""
    finally:
        page.close()


def _objects(page: Any) -> tuple[int, int]:
    """How many images and how many drawn paths a page has."""
    import pypdfium2.raw as pdfium

    kinds = [
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, n))
        for n in range(pdfium.FPDFPage_CountObjects(page))
    ]
    return kinds.count(_IMAGE), kinds.count(_PATH)


def _words(page: Any) -> tuple[list[Word], int]:
    """The words of a page in the order of the file, and how many letters have no Unicode value."""
    import pypdfium2.raw as pdfium

    height, words, unknown = page.get_height(), [], 0
    text = page.get_textpage()
    box, held = pdfium.FS_RECTF(), _Held(height)
    flags = ctypes.c_int()
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        letter = "-" if code in (0x02, 0xFFFE, 0xAD) else chr(code) if code else "\ufffd"  # 2: a hyphen at a line's end
        if letter.isspace():
            made_up = pdfium.FPDFText_IsGenerated(text, index) == 1
            words.extend(held.close(space=not made_up))
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, index, box) or box.right <= box.left:
            continue
        unknown += letter == "\ufffd" or 0xE000 <= code <= 0xF8FF
        if held.is_apart(box):
            words.extend(held.close(space=False))
        if not held.letters:
            held.bold = pdfium.FPDFText_GetFontWeight(text, index) >= _BOLD or _is_bold_name(text, index, flags)
        held.add(letter, box)
    words.extend(held.close(space=False))
    text.close()
    return words, unknown


def _is_bold_name(text: Any, index: int, flags: Any) -> bool:
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text, index, name, 128, flags)
    return b"bold" in name.value.lower()


class _Held:
    """The word that is being read."""

    def __init__(self, height: float) -> None:
        self._height = height
        self.letters: list[str] = []
        self.bold = False
        self._x0 = self._x1 = self._top = self._bottom = 0.0

    def is_apart(self, box: Any) -> bool:
        """Whether a letter stands too far from the word to belong to it."""
        if not self.letters:
            return False
        size = self._bottom - self._top
        middle = self._height - (box.top + box.bottom) / 2
        off_line = not self._top <= middle <= self._bottom
        return off_line or box.left - self._x1 > 0.6 * size or box.left < self._x0 - 0.2 * size

    def add(self, letter: str, box: Any) -> None:
        top, bottom = self._height - box.top, self._height - box.bottom
        if not self.letters:
            self._x0, self._x1, self._top, self._bottom = box.left, box.right, top, bottom
        self.letters.append(letter)
        self._x0, self._x1 = min(self._x0, box.left), max(self._x1, box.right)
        self._top, self._bottom = min(self._top, top), max(self._bottom, bottom)

    def close(self, space: bool) -> list[Word]:
        if not self.letters:
            return []
        word = Word("".join(self.letters), self._x0, self._top, self._x1, self._bottom, space, self.bold)
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
            found = [Table(table.bbox, tuple(tuple(row.cells) for row in table.rows)) for table in page.find_tables()]
            page.close()
        except Exception:  # pdfminer knows many ways to fail; the text is read all the same
            self._broken = True
            return []
        return [table for table in found if len(table.cells) > 1 or len(table.cells[0]) > 1]
