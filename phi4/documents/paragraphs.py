"""From the lines of pages to blocks: furniture out, headings by size, paragraphs joined again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from phi4.documents.blocks import Block, left
from phi4.documents.layout import Line
from phi4.korean.items import LETTERS

MARGIN = 0.25  # of a page's height at its top and bottom, where headers and footers stand
OUTER = 3  # lines of a page from its top and its bottom that may be one
REPEATED = 3  # pages from which a line is a running header
FEW = 4  # pages of a document in which two are enough
LARGER = 1.12  # than the body's letters: a heading
EVIDENCE = 0.2  # share of wrapped lines with a space at their end from which the file is believed about spaces
MAX_HEADING = 80  # characters

_PAGE_NUMBER = re.compile(
    r"^\W*(?:제\s*)?(?:page|p\.?|페이지)?\s*\d{1,4}\s*(?:(?:/|of|중)\s*\d{1,4})?\s*(?:쪽|페이지|면|page)?\W*$|^\W*[ivxlc]{1,6}\W*$",
    re.IGNORECASE,
)
_ITEM = re.compile(
    rf"^(?:[-*•·○●◦▪■□▶◆※❍ㅇ\ue000-\uf8ff①-⑳]\s*|\(?\d{{1,2}}[.)](?:\s+|(?=[가-힣]))|[{LETTERS}][.)]\s*)(?=\S)"
)
_COUNT = re.compile(rf"^(?P<open>\(?)(?:(?P<number>\d{{1,2}})|(?P<letter>[{LETTERS}]))(?P<close>[.)])")
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s")
_SECTION = re.compile(r"^제\s*\d+\s*[편장절관조]")
_TITLE = re.compile(r"^\W*(?:제\s*\d+\s*[편장절관조]|(?:별표|별지|부록|붙임|서식)\s*(?:제\s*)?\d)")
_CLOSED = re.compile(r"[.!?。]['\"”’)\]]*$")
_DAY_AWAITED = re.compile(r"\d\.$")  # 2026. 3. | 1. 부터


def line_blocks(lines: Sequence[Line], titles: Mapping[str, int], pages: int) -> Iterator[Block]:
    """Blocks from all lines of a document. ``titles`` are those of its outline with their levels."""
    kept: list[Line] = []
    for line, reason in _furniture(lines, pages):
        if reason:
            yield left(reason, line.text, line.page)
        else:
            kept.append(line)
    sizes = Counter[float]()
    for line in kept:
        sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted(
        {round(line.size, 1) for line in kept if line.size >= body * LARGER and not line.rows}, reverse=True
    )
    builder = _Builder(_trusts_spaces(kept))
    for line in kept:
        yield from builder.take(line, _level(line, body, larger, titles))
    yield from builder.close()


def _furniture(lines: Sequence[Line], pages: int) -> Iterator[tuple[Line, str]]:
    """Every line with the reason to leave it out: a header or footer that repeats, a page number."""
    margin = _outermost(lines)
    seen: dict[str, set[int]] = {}
    for number in margin:
        seen.setdefault(_pattern(lines[number]), set()).add(lines[number].page)
    least = 2 if 1 < pages <= FEW else max(REPEATED, pages // 20)
    for number, line in enumerate(lines):
        if number not in margin:
            yield line, ""
        elif _PAGE_NUMBER.match(line.text):
            yield line, "page number"
        elif len(seen[_pattern(line)]) >= least:
            yield line, "page header or footer"
        else:
            yield line, ""


def _outermost(lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines at the top and bottom of their pages."""
    pages: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        if not line.rows and not MARGIN < line.top / line.height < 1 - MARGIN:
            pages.setdefault(line.page, []).append(number)
    ordered = [sorted(numbers, key=lambda number: lines[number].top) for numbers in pages.values()]
    return {number for numbers in ordered for number in (*numbers[:OUTER], *numbers[-OUTER:])}


def _pattern(line: Line) -> str:
    """What stays the same from page to page: the words without numbers, and where they stand.

    The number of a section stays: ``제2장`` is another one than ``제1장``.
    """
    where = "top" if line.top < line.height / 2 else "bottom"
    words = "".join(line.text.split())
    return where + (words if _TITLE.match(line.text) else re.sub(r"\d+", "#", words))


def _level(line: Line, body: float, larger: Sequence[float], titles: Mapping[str, int]) -> int:
    """The level of a heading, 0 for other lines."""
    if line.rows or len(line.text) > MAX_HEADING:
        return 0
    if outlined := titles.get("".join(line.text.split())):
        return min(outlined, 6)
    if _CLOSED.search(line.text) and not _NUMBERED.match(line.text):
        return 0
    if line.size >= body * LARGER:
        return min(larger.index(round(line.size, 1)) + 1, 4)
    short = line.x1 < line.column[1] - 4 * line.size and len(line.text) <= MAX_HEADING // 2
    return min(len(larger) + 1, 4) if line.bold and short and not line.text.startswith(("-", "•", "*")) else 0


def _is_full(line: Line) -> bool:
    """Whether a line reaches the right edge of its column, so that the next may go on with it."""
    return line.x1 >= line.column[1] - 2.2 * line.size


def _trusts_spaces(lines: Sequence[Line]) -> bool:
    wrapped = [line for line in lines if not line.rows and _is_full(line)]
    return bool(wrapped) and sum(line.space for line in wrapped) >= EVIDENCE * len(wrapped)


def _counting(text: str) -> tuple[str, int] | None:
    """The look and the place of the mark of an item that counts: ``나.`` is the second of its look."""
    match = _COUNT.match(text)
    if match is None or not _ITEM.match(text):
        return None
    kind = "number" if match["number"] else "letter"
    place = int(match["number"]) if match["number"] else LETTERS.index(match["letter"]) + 1
    return match["open"] + kind + match["close"], place


class _Builder:
    """Joins lines into paragraphs; knows the paragraph that is open."""

    def __init__(self, trusts_spaces: bool) -> None:
        self._trusts_spaces = trusts_spaces
        self._open: list[Line] = []
        self._heading = 0
        self._counted: dict[str, int] = {}  # how far the lists are that are under way, by the look of their marks

    def take(self, line: Line, level: int) -> Iterator[Block]:
        """The blocks that a line ends, and itself if it is a table."""
        if line.rows:
            yield from self.close()
            yield Block("table", page=line.page, rows=line.rows)
            return
        if not self._goes_on(line, level):
            yield from self.close()
        if not self._open:
            self._count(line, level)
        self._open.append(line)
        self._heading = level

    def close(self) -> Iterator[Block]:
        if not self._open:
            return
        text = self._open[0].text
        for before, line in pairwise(self._open):
            text += self._seam(before, line) + line.text
        text = re.sub(r"(?<=[A-Za-z])-\x00(?=[a-z])", "", text).replace("\x00", "")
        raw = "\n".join(line.text for line in self._open)
        page = self._open[0].page
        if self._heading:
            yield Block("heading", " ".join(text.split()), page, level=self._heading, raw=raw)
        elif _ITEM.match(text):
            yield Block("item", text, page, raw=raw)
        else:
            yield Block("paragraph", text, page, raw=raw)
        self._open = []

    def _goes_on(self, line: Line, level: int) -> bool:
        """Whether a line continues the paragraph (or the heading) above it."""
        if not self._open:
            return False
        last, first = self._open[-1], self._open[0]
        same_size = abs(line.size - last.size) <= 0.1 * last.size
        if level or self._heading:
            close = line.page == last.page and 0 <= line.top - last.bottom < 0.6 * last.size
            return level == self._heading and same_size and close and _is_full(last) and not _NUMBERED.match(line.text)
        if not same_size or not _is_full(last) or self._begins_item(line, last) or _SECTION.match(line.text):
            return False
        same_column = line.page == last.page and line.column == last.column and line.top > last.top
        if not same_column:
            return not _CLOSED.search(last.text)
        indented = line.x0 > line.column[0] + 0.8 * line.size and not _ITEM.match(first.text)
        apart = line.top - last.bottom > 1.1 * line.size
        return not apart and not (indented and line.x0 > last.x0 + 0.5 * line.size)

    def _count(self, line: Line, level: int) -> None:
        """Take note of the mark of a line that begins a paragraph; what is no item ends all lists."""
        mark = _counting(line.text) if not level else None
        if mark:
            looks = [*self._counted, mark[0]]
            for inner in looks[looks.index(mark[0]) + 1 : -1]:  # lists within the item before, which has ended
                del self._counted[inner]
            self._counted[mark[0]] = mark[1]
        elif level or not _ITEM.match(line.text):
            self._counted = {}

    def _begins_item(self, line: Line, last: Line) -> bool:
        """Whether a line below a full one begins an item. After a line that is not closed, a number or a letter must
        count on: else it is a piece of a sentence (``…복용합니``, ``다. 자몽은 …``)."""
        if not _ITEM.match(line.text):
            return False
        mark = _counting(line.text)
        if mark is None or (_CLOSED.search(last.text) and not _DAY_AWAITED.search(last.text)):
            return True
        look, place = mark
        return place == self._counted.get(look, 0) + 1 and not _DAY_AWAITED.search(last.text)

    def _seam(self, before: Line, line: Line) -> str:
        """What stands between two lines: a space, nothing, or a line feed where nobody knows."""
        if re.search(r"[A-Za-z]-$", before.text) and re.match(r"[a-z]", line.text):
            return "\x00"  # hyphenated
        latin = (
            before.text[-1:].isascii()
            and before.text[-1:].isalnum()
            and line.text[:1].isascii()
            and line.text[:1].isalpha()
        )
        if before.space or latin or _CLOSED.search(before.text) or before.text.endswith((",", ";", ":")):
            return " "
        return "" if self._trusts_spaces else "\n"
