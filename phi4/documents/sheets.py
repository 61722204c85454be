"""Tables as files: XLSX by openpyxl, CSV by the standard library. Each row of a sheet says one thing."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from phi4.documents.blocks import Block, left
from phi4.errors import DocumentError

GROUP = 50  # rows in one table block
MAX_COLUMNS = 200
_EMPTY_END = 1000  # empty rows after which a sheet is over, whatever its formatting says
_FIELD = 1 << 20  # characters of one CSV field


def read_xlsx(path: Path) -> Iterator[Block]:
    """The blocks of a workbook, a sheet as a page: its name, title lines, and its rows in groups.

    Values are those that were calculated when the file was saved; no formula runs, no link is followed.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
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
        try:
            yield from _rows((_cells(row) for row in sheet.iter_rows(values_only=True)), number)
        except Exception as error:  # one broken sheet costs only itself
            yield left(f"broken sheet: {type(error).__name__}", sheet.title, number)


def read_csv(text: str) -> Iterator[Block]:
    """The blocks of a CSV text, whatever separates its fields."""
    csv.field_size_limit(_FIELD)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:8192], delimiters=",\t;|")
    except csv.Error:
        dialect = csv.excel
    try:
        yield from _rows(([cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), dialect)), 0)
    except csv.Error as error:
        raise DocumentError(f"it is a broken CSV file: {error}") from error


def _cells(row: Iterable[object]) -> list[str]:
    return [_told(value) for value, _ in zip(row, range(MAX_COLUMNS), strict=False)]


def _told(value: object) -> str:
    """A cell as a person sees it: 12.0 is 12, a date at midnight is a day."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M")
    return " ".join(str(value).split())


def _rows(rows: Iterable[list[str]], page: int) -> Iterator[Block]:
    """Lone cells above a table are its title; its first full row of words names the columns.

    Every group of rows repeats the names, so that it can be read by itself.
    """
    names: tuple[str, ...] = ()
    group: list[tuple[str, ...]] = []
    empty = 0

    def table() -> Iterator[Block]:
        if group:
            head = (names,) if names else ()
            yield Block("table", page=page, rows=(*head, *group), named=bool(names))
            group.clear()

    for row in rows:
        filled = [cell for cell in row if cell]
        empty = 0 if filled else empty + 1
        if not filled:
            yield from table()
            names = ()
            if empty >= _EMPTY_END:
                break
        elif len(filled) == 1 and not group and not names:
            yield Block("paragraph", filled[0], page)
        elif not names and not group and _are_names(filled):
            names = tuple(row)
        else:
            group.append(tuple(row))
            if len(group) >= GROUP:
                yield from table()
    if names and not group:  # names without rows are all that there is
        group.append(names)
        names = ()
    yield from table()


def _are_names(cells: list[str]) -> bool:
    return (
        len(cells) > 1
        and len(set(cells)) == len(cells)
        and not any(cell[:1].isdigit() or len(cell) > 30 for cell in cells)
    )
