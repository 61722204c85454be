"""Tables as files: XLSX by openpyxl, CSV by the standard library. Each row of a sheet says one thing."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from phi4.documents.blocks import Block, left
from phi4.documents.tables import is_form, is_label
from phi4.errors import DocumentError

GROUP = 50  # rows in one table block
MAX_COLUMNS = 200
_EVIDENCE = 3  # rows of two columns from which their look tells names from values
_LONG_VALUE = 20  # letters that no name of a column has
_ABOVE = ("구분", "항목", "연번", "순번")  # stand above a column, hardly beside a value
_PLAIN_LOOK = re.compile(r'"[^"]*"|\\.|;.*')  # what a format of numbers says as text, or of negative ones
_PADDED = re.compile(r"0[0-]*0")
_DIGIT = re.compile(r"\d")
_EMPTY_END = 1000  # empty rows after which a sheet is over, whatever its formatting says
_FIELD = 1 << 20  # characters of one CSV field


def read_xlsx(path: Path) -> Iterator[Block]:
    """The blocks of a workbook, a sheet as a page: its name, title lines, and its rows in groups.

    Values are those that were calculated when the file was saved; no formula runs, no link is followed.
    """
    with path.open("rb") as file:  # by its content: openpyxl would refuse a name that does not end on .xlsx
        yield from _workbook(file)


def _workbook(file: BinaryIO) -> Iterator[Block]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # a broken package fails in whatever part of it is broken
        raise DocumentError(f"it is a broken XLSX file: {type(error).__name__}: {str(error)[:120]}") from error
    for number, sheet in enumerate(book.worksheets, start=1):
        yield Block("page", page=number)
        if sheet.sheet_state != "visible":
            yield left("hidden sheet", sheet.title, number)
            continue
        sheet.reset_dimensions()  # some writers state them wrongly, and rows would be lost
        if len(book.worksheets) > 1 or not sheet.title.lower().startswith(("sheet", "시트")):
            yield Block("heading", sheet.title, number, level=2)
        wide = _Cells()
        try:
            yield from _blocks(wide.of(sheet.iter_rows()), number)
            if wide.cut:
                yield left(f"columns after the first {MAX_COLUMNS}", sheet.title, number)
        except Exception as error:  # one broken sheet costs only itself
            yield left(f"broken sheet: {type(error).__name__}", sheet.title, number)


def read_csv(text: str) -> Iterator[Block]:
    """The blocks of a CSV text, whatever separates its fields."""
    csv.field_size_limit(_FIELD)
    try:
        delimiter = csv.Sniffer().sniff(text[:8192], delimiters=",\t;|").delimiter
    except csv.Error:
        delimiter = ","
    # Nothing but the delimiter is guessed: a quote may be written twice first where the guess does not look.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        yield from _blocks(([cell.strip() for cell in row] for row in rows), 0)
    except csv.Error as error:
        raise DocumentError(f"it is a broken CSV file: {error}") from error


class _Cells:
    """The rows of a sheet as people see them; ``cut``: some had more columns than are read."""

    def __init__(self) -> None:
        self.cut = False

    def of(self, rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
        for row in rows:
            self.cut |= any(cell.value is not None for cell in row[MAX_COLUMNS:])
            yield [_told(cell.value, cell.number_format or "") for cell in row[:MAX_COLUMNS]]


def _told(value: object, look: str) -> str:
    """A cell as a person sees it: 12.0 is 12, a date at midnight is a day, 0.05 may look like 5 % and 123 like 00123.

    No number is rounded to its look: what is seen there is not what the sheet says.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in _PLAIN_LOOK.sub("", look):
            return f"{value * 100:.10g}%"
        if _PADDED.fullmatch(padded := look.replace("\\", "").replace('"', "")) and value == int(value) >= 0:
            return _padded(int(value), padded)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M")
    return " ".join(str(value).split())


def _padded(value: int, look: str) -> str:
    """A number with the zeros and dashes of its look: 1012345678 is 010-1234-5678 in 000-0000-0000."""
    places = look.count("0")
    digits = str(value).zfill(places)
    rest = iter(digits[-places:])
    return digits[:-places] + "".join(next(rest) if mark == "0" else mark for mark in look)


def _blocks(rows: Iterable[list[str]], page: int) -> Iterator[Block]:
    """Lone cells above a table are its title; its first row may name the columns.

    Every group of rows repeats the names, so that it can be read by itself.
    """
    names: list[str] = []
    begun = False  # a table, since the last empty row
    for is_new, group in _groups(rows):
        if is_new:
            names, begun = [], False
        while group and not begun and sum(map(bool, group[0])) == 1:
            yield Block("paragraph", next(filter(None, group.pop(0))), page)
        if group and not begun and _are_names(group[0], group[1:]):
            names = group.pop(0)
        if group:
            begun = True
            head = [names] if names else []
            yield Block("table", page=page, rows=tuple(map(tuple, [*head, *group])), named=bool(names))


def _groups(rows: Iterable[list[str]]) -> Iterator[tuple[bool, list[list[str]]]]:
    """Rows that stand together, ``GROUP`` at most and one for the names; and whether an empty row is above them."""
    group: list[list[str]] = []
    is_new = True
    empty = 0
    for row in rows:
        if any(row):
            empty = 0
            group.append(row)
            if len(group) >= GROUP + is_new:
                yield is_new, group
                group, is_new = [], False
            continue
        if group:
            yield is_new, group
        group, is_new = [], True
        empty += 1
        if empty >= _EMPTY_END:
            return
    if group:
        yield is_new, group


def _are_names(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row names the columns of the rows below it: words, all different."""
    cells = [cell for cell in row if cell]
    if not below or len(cells) < 2 or len(set(cells)) < len(cells) or is_form(cells):
        return False
    if any(cell[:1].isdigit() or len(cell) > 30 for cell in cells):
        return False
    pairs = [[cell for cell in line if cell] for line in below]
    return max(map(len, (cells, *pairs))) > 2 or _are_names_of_two(cells, [pair for pair in pairs if len(pair) == 2])


def _are_names_of_two(names: Sequence[str], pairs: Sequence[Sequence[str]]) -> bool:
    """Whether two columns have names above: else each row is a label with its value (``담당자, 김철수``), and a
    sentence with the first row's words would be false."""
    if pairs and all(key.isdigit() for key, _ in pairs):
        return True
    values = [value for _, value in pairs]
    if len(pairs) < _EVIDENCE or any(is_label(key) for key, _ in pairs):
        return False
    numbers = all(map(_DIGIT.search, values)) and not _DIGIT.search(names[1])
    long = all(len(value) > _LONG_VALUE for value in values) and len(names[1]) * 2 < _LONG_VALUE
    return names[0] in _ABOVE or numbers or long or len(set(values)) * 2 <= len(values)
