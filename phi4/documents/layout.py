"""From words with places to lines in reading order: rows, columns, tables.

Columns are found by the gutter between them: a strip that many rows leave free while text fills both
sides. Rows that cross it (titles, tables) part the page into pieces, each read column by column, as in
the XY-cut of Nagy and Seth (1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

Box = tuple[float, float, float, float]  # left, top, right, bottom in points, from the upper left corner
GAP = 0.15  # between words, in letter heights, where the file has no letter for the space
MIXED_GAP = 0.45  # between Hangul and Latin letters or digits, which word processors set apart by themselves
GUTTER = 0.9  # least width of a gap between columns, in letter heights
MIN_ROWS = 3  # rows that share a gutter
FILLED = 0.55  # of its column's width that a line of running text takes


@dataclass(frozen=True)
class Word:
    """Letters without a space between them; ``space``: the file has one after it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    space: bool = True
    bold: bool = False

    @property
    def size(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Table:
    """Where a table stands, and the boxes of its cells row by row (none where another cell reaches over)."""

    box: Box
    cells: tuple[tuple[Box | None, ...], ...]


@dataclass(frozen=True)
class Line:
    """A line of text within its column, or a whole table."""

    text: str
    page: int
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    space: bool = False  # the file has a space after its last word
    bold: bool = False
    column: tuple[float, float] = (0.0, 0.0)  # left and right edge of the column's text
    height: float = 0.0  # of the page
    rows: tuple[tuple[str, ...], ...] = field(default=())


def page_lines(words: Sequence[Word], tables: Sequence[Table], page: int, height: float) -> list[Line]:
    """The lines of a page in reading order; the words of a table become one ``Line`` with ``rows``."""
    outside, filled = _take_tables(words, tables)
    lines = [line for row in _rows(outside) for line in _segments(row, page, height)]
    for table, rows in filled:
        x0, top, x1, bottom = table.box
        lines.append(Line("", page, x0, top, x1, bottom, 0.0, height=height, rows=rows))
    return _in_order(lines)


def _take_tables(
    words: Sequence[Word], tables: Sequence[Table]
) -> tuple[list[Word], list[tuple[Table, tuple[tuple[str, ...], ...]]]]:
    """The words outside of every table, and each table with the texts of its cells."""
    outside, filled = list(words), []
    for table in tables:
        inside = [word for word in outside if _within(word, table.box)]
        rows = tuple(tuple(_cell_text(inside, cell) for cell in row) for row in table.cells)
        held = sum(len(cell.replace("\n", "").replace(" ", "")) for row in rows for cell in row)
        if held < sum(len(word.text) for word in inside) or sum(any(row) for row in rows) < 1:
            continue  # text between the cells: the lines are no table, and nothing may be lost
        if not rows or max(sum(bool(cell) for cell in row) for row in rows) < 2:
            continue  # one column is a frame around running text
        outside = [word for word in outside if not _within(word, table.box)]
        filled.append((table, rows))
    return outside, filled


def _within(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _cell_text(words: Sequence[Word], cell: Box | None) -> str:
    if cell is None:
        return ""
    return "\n".join(_joined(row) for row in _rows([word for word in words if _within(word, cell)]))


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words that stand side by side, from the top down, each row from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        last = rows[-1] if rows else []
        if last and last[0].top <= middle <= last[0].bottom and word.top <= (last[0].top + last[0].bottom) / 2:
            last.append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def _joined(words: Sequence[Word]) -> str:
    """The text of neighbours in a row: a space where the file has one, or where the gap is that of one."""
    text = words[0].text
    for before, word in pairwise(words):
        least = MIXED_GAP if before.text[-1].isascii() != word.text[0].isascii() else GAP
        apart = before.space or word.x0 - before.x1 > least * before.size
        text += f" {word.text}" if apart else word.text
    return text


def _segments(row: Sequence[Word], page: int, height: float) -> list[Line]:
    """A row cut where a gap may be a gutter."""
    pieces: list[list[Word]] = [[row[0]]]
    for before, word in pairwise(row):
        if word.x0 - before.x1 > GUTTER * max(before.size, word.size):
            pieces.append([])
        pieces[-1].append(word)
    return [_line(piece, page, height) for piece in pieces]


def _line(words: Sequence[Word], page: int, height: float) -> Line:
    return Line(
        text=_joined(words),
        page=page,
        x0=words[0].x0,
        top=min(word.top for word in words),
        x1=max(word.x1 for word in words),
        bottom=max(word.bottom for word in words),
        size=median(word.size for word in words),
        space=words[-1].space,
        bold=all(word.bold for word in words),
        height=height,
    )


def _in_order(lines: Sequence[Line], depth: int = 0) -> list[Line]:
    """Lines of one region in reading order, each told the edges of its column."""
    rows = _bands(lines)
    gutter = _gutter(rows) if depth < 4 else None
    if gutter is None:
        return _one_column(rows)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []

    def columns() -> None:
        for column in (left, right):
            ordered.extend(_in_order(column, depth + 1))
            column.clear()

    for row in rows:
        if any(line.x0 < gutter < line.x1 for line in row):
            columns()
            ordered.extend(_one_column([row]))
        else:
            left.extend(line for line in row if line.x1 <= gutter)
            right.extend(line for line in row if line.x0 >= gutter)
    columns()
    return ordered


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that overlap in height, from the top down."""
    rows: list[list[Line]] = []
    bottom = 0.0
    for line in sorted(lines, key=lambda line: (line.top, line.x0)):
        if rows and line.top < bottom - 0.4 * (line.bottom - line.top):
            rows[-1].append(line)
            bottom = max(bottom, line.bottom) if line.rows else bottom
        else:
            rows.append([line])
            bottom = line.bottom
    return [sorted(row, key=lambda line: line.x0) for row in rows]


def _gutter(rows: Sequence[Sequence[Line]]) -> float | None:
    """The middle of a strip that parts two columns of running text; none when there is none."""
    gaps = [(one.x1, two.x0) for row in rows for one, two in pairwise(row) if not one.rows and not two.rows]
    best: tuple[int, float] = (0, 0.0)
    for start, stop in gaps:
        for place in (start + 0.5, (start + stop) / 2, stop - 0.5):
            best = max(best, (sum(a < place < b for a, b in gaps), place))
    shared, place = best
    if shared < MIN_ROWS:
        return None
    across = [line for row in rows for line in row if line.x0 < place < line.x1]
    sides = [
        [line for row in rows for line in row if line.x1 <= place],
        [line for row in rows for line in row if line.x0 >= place],
    ]
    if len(across) > shared or not all(_is_running(side) for side in sides):
        return None
    return place


def _is_running(side: Sequence[Line]) -> bool:
    """Whether rows fill their column as text does; cells and short labels do not."""
    width = max((line.x1 for line in side), default=0.0) - min((line.x0 for line in side), default=0.0)
    rows = [row[-1].x1 - row[0].x0 for row in _bands(side)]
    return len(rows) >= MIN_ROWS and median(rows) >= FILLED * width and width > 8 * side[0].size


def _one_column(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """Rows of one column; what stands side by side in a row (a label, its value) becomes one line."""
    whole: list[Line] = []
    for row in rows:
        texts = [line for line in row if not line.rows]
        if texts:
            text = "  ".join(line.text for line in texts)
            last = max(texts, key=lambda line: line.x1)
            size = max(texts, key=lambda line: len(line.text)).size  # a bullet's font has its own
            whole.append(
                replace(
                    texts[0], text=text, x1=last.x1, size=size, space=last.space, bold=all(line.bold for line in texts)
                )
            )
        whole.extend(line for line in row if line.rows)
    edges = (min((line.x0 for line in whole), default=0.0), max((line.x1 for line in whole), default=0.0))
    return [replace(line, column=edges) for line in whole]
