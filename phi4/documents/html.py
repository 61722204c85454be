"""HTML, and what becomes HTML on its way: Markdown, DOCX (by mammoth) and the chapters of an EPUB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from phi4.documents.blocks import Block, left

_FURNITURE = {"nav": "navigation", "header": "page header", "footer": "page footer", "aside": "aside", "form": "form"}
_ROLES = {"navigation": "navigation", "banner": "page header", "contentinfo": "page footer", "search": "form"}
_NEVER = {"script", "style", "noscript", "template", "svg", "iframe", "object", "head", "button", "select", "textarea"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "br", "img", "math",
}  # fmt: skip
_SPACE = re.compile(r"[\s\u200b]+")
_RAISED = str.maketrans("0123456789+-\u2212\u2013", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_NOTE = re.compile(r"[\[(]?\d{1,3}[)\]]|\*+|[†‡§]")  # the mark of a note, whether it links to it or not
_MAX_FORM = 200  # letters around the fields of a form that is no text
_MAX_DEPTH = 200  # of nested elements; deeper ones are an attack on the stack
_MAX_SPAN = 100  # rows or columns that one cell may cover


def read_html(text: str, page: int = 0) -> Iterator[Block]:
    """The blocks of an HTML text. Navigation, headers, footers and short forms are left out, named."""
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False)
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    try:
        root = lxml.html.document_fromstring(cleaned, parser=parser)
    except lxml.etree.ParserError:  # nothing in it is an element
        return
    _raise_digits(root)
    walker = _Walker(page)
    body = root.find("body")
    yield from walker.children(root if body is None else body, 0)
    yield from walker.flush()


def _raise_digits(root: Any) -> None:
    """Give ``<sup>`` letters of its own, since 10<sup>6</sup> is not 106; the marks of notes go, which are no text."""
    for raised in list(root.iter("sup")):
        if _marks_note(raised):
            raised.clear(keep_tail=True)
        for element in raised.iter():
            element.text = element.text and element.text.translate(_RAISED)
            if element is not raised:
                element.tail = element.tail and element.tail.translate(_RAISED)


def _marks_note(raised: Any) -> bool:
    text = raised.text_content().strip()
    around = [link for link in raised.iterancestors("a") if link.text_content().strip() == text]
    linked = any(link.get("href", "").find("#") >= 0 for link in (*around, *raised.iter("a")))
    return bool(_NOTE.fullmatch(text)) or (linked and text.isdecimal())


class _Walker:
    """Goes through a tree and gathers running text until an element ends the paragraph."""

    def __init__(self, page: int) -> None:
        self.page = page
        self._held: list[str] = []
        self._list: list[str] = []  # kinds of the lists around: ul, ol
        self._count: list[int] = []
        self._label: str | None = None  # of the list item that has no text yet
        self._kept = 0  # depth of <pre>, whose line feeds are meant

    def flush(self) -> Iterator[Block]:
        lines = _clean("".join(self._held)).split("\n")  # those that <br> ends
        self._held = []
        for text in filter(None, lines):
            if self._label is not None:
                yield Block("item", f"{self._label} {text}".strip(), self.page, level=max(0, len(self._list) - 1))
                self._label = None
            else:
                yield Block("paragraph", text, self.page)

    def children(self, element: Any, depth: int) -> Iterator[Block]:
        self._kept += element.tag == "pre"
        self._hold(element.text)
        for child in element:
            if isinstance(child.tag, str):
                yield from self._element(child, depth + 1)
            self._hold(child.tail)
        self._kept -= element.tag == "pre"

    def _hold(self, text: str | None) -> None:
        self._held.append((text or "") if self._kept else _SPACE.sub(" ", text or ""))

    def _element(self, element: Any, depth: int) -> Iterator[Block]:
        tag = element.tag.lower().rpartition("}")[2]
        if tag in _NEVER or depth > _MAX_DEPTH or element.get("hidden") is not None:
            return
        furniture = _ROLES.get(element.get("role", "")) or _FURNITURE.get(tag)
        if tag == "div" and element.get("title") in ("header", "footer"):  # LibreOffice's
            furniture = f"page {element.get('title')}"
        if furniture and not _is_of_article(element, tag) and not _is_whole_page(element, tag):
            yield from self.flush()
            if text := _clean(element.text_content()):
                yield left(furniture, text, self.page)
        elif tag == "br":
            self._held.append("\n")
        elif tag in _INLINE:
            yield from self.children(element, depth)
        else:
            yield from self.flush()
            yield from self._block(element, tag, depth)
            yield from self.flush()

    def _block(self, element: Any, tag: str, depth: int) -> Iterator[Block]:
        if tag in _HEADINGS:
            if text := _clean(element.text_content()).replace("\n", " "):
                yield Block("heading", text, self.page, level=_HEADINGS[tag])
        elif tag == "table":
            yield from self._table(element, depth)
        elif tag in ("ul", "ol"):
            self._list.append(tag)
            self._count.append(0)
            yield from self.children(element, depth)
            yield from self.flush()
            self._list.pop()
            self._count.pop()
        elif tag == "li":
            if self._count:
                self._count[-1] += 1
            self._label = f"{self._count[-1]}." if self._list and self._list[-1] == "ol" else "-"
            yield from self.children(element, depth)
            yield from self.flush()
            self._label = None
        else:
            yield from self.children(element, depth)

    def _table(self, table: Any, depth: int) -> Iterator[Block]:
        rows, named = _grid(table)
        if table.xpath(".//td//table | .//th//table") or all(len(row) < 2 for row in rows):  # it only lays out
            yield from self.children(table, depth)
        elif rows:
            captions = [_clean(one.text_content()) for one in table.xpath("./caption")]
            yield from (Block("paragraph", text, self.page) for text in captions if text)
            yield Block("table", page=self.page, rows=rows, named=named)


def _is_of_article(element: Any, tag: str) -> bool:
    """``<header>`` of an article holds its title, which belongs to the text."""
    return tag in ("header", "footer") and any(
        parent.tag in ("article", "section") for parent in element.iterancestors()
    )


def _is_whole_page(element: Any, tag: str) -> bool:
    """Whether a ``<form>`` holds text and not only fields: ASP.NET puts one around every page."""
    return tag == "form" and len(_clean(_with_breaks(element))) > _MAX_FORM


def _grid(table: Any) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """The cells of a table, one that covers several repeated in each; whether the first row are names."""
    rows: list[dict[int, str]] = []
    pending: dict[tuple[int, int], str] = {}
    named = False
    for number, line in enumerate(table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")):
        cells: dict[int, str] = {}
        column = 0
        parts = [cell for cell in line if cell.tag in ("td", "th")]
        if number == 0:
            named = bool(parts) and (all(cell.tag == "th" for cell in parts) or line.getparent().tag == "thead")
        for cell in parts:
            while (number, column) in pending:
                cells[column] = pending.pop((number, column))
                column += 1
            text = _clean(_with_breaks(cell)).replace("\n", " ")
            for _ in range(_span(cell, "colspan")):
                cells[column] = text
                for below in range(1, _span(cell, "rowspan")):
                    pending[number + below, column] = text
                column += 1
        cells |= {place: text for (row, place), text in pending.items() if row == number}
        if any(cells.values()):
            rows.append(cells)
    width = max((max(row) + 1 for row in rows), default=0)
    return tuple(tuple(row.get(column, "") for column in range(width)) for row in rows), named


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(int(value), _MAX_SPAN) if value.isdecimal() and int(value) else 1


def _with_breaks(cell: Any) -> str:
    pieces: list[str] = []
    for element in cell.iter():
        tag = element.tag if isinstance(element.tag, str) else "comment"
        if element is not cell and (tag not in _INLINE or tag == "br") and tag != "comment":
            pieces.append("\n")
        if tag not in _NEVER and tag != "comment":
            pieces.append(_SPACE.sub(" ", element.text or ""))
        if element is not cell:
            pieces.append(_SPACE.sub(" ", element.tail or ""))
    return "".join(pieces)


def _clean(text: str) -> str:
    """White space as HTML shows it; only ``<br>`` breaks a line, which was held as a line feed."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
