"""Cut a document into seeds of 500-2000 characters, at its sections where that is possible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from phi4.documents.blocks import Block
from phi4.documents.tables import table_lines
from phi4.korean import split_sentences

SHORTEST, LONGEST = 500, 2000  # characters of a good seed, the manual's
ANALYSED = 4000  # characters that Kiwi parts into sentences at once
_ENUMERATION = re.compile(r"^(?:(?:\d{1,2}\.)*\d{1,2}\.?|[가-하][.)]|[IVX]+\.|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]\s*\.|[○●■□▶◆•-])\s+(?=\S)")


@dataclass(frozen=True)
class Piece:
    """Text that is not cut: a paragraph, a list item, a line of a table; and where it stands."""

    text: str
    page: int
    headings: tuple[str, ...]  # from the highest down
    block: int  # its number in the document

    @property
    def heading(self) -> str:
        return self.headings[-1] if self.headings else ""


@dataclass
class Draft:
    """A seed in the making: pieces in order, and its text with their headings."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines())

    def lines(self) -> Iterator[tuple[str, Piece]]:
        """The lines of the seed, a heading with the first piece below it."""
        above: tuple[str, ...] = ()
        for number, piece in enumerate(self.pieces):
            if piece.headings != above and piece.headings:
                if number:
                    yield "", piece
                for depth in range(_shared(above, piece.headings), len(piece.headings)):
                    yield f"{'#' * min(depth + 1, 6)} {piece.headings[depth]}", piece
            elif number and not (_is_item(piece.text) and _is_item(self.pieces[number - 1].text)):
                yield "", piece
            above = piece.headings
            yield piece.text, piece


def _shared(above: Sequence[str], headings: Sequence[str]) -> int:
    """How many headings from the highest down stay; the last one is told again after its sections."""
    same = next((n for n, (one, two) in enumerate(zip(above, headings, strict=False)) if one != two), len(above))
    return min(same, len(headings) - 1)


def cut_seeds(blocks: Sequence[Block]) -> list[Draft]:
    """The seeds of a document, each between ``SHORTEST`` and ``LONGEST`` where its sections allow it."""
    sections = _sections(_pieces(blocks))
    drafts = [draft for group in _merged(sections) for draft in _split(group)]
    return _joined_ends(drafts)


def _is_item(text: str) -> bool:
    return bool(re.match(r"(?:[-*•]|\d{1,2}[.)]|[가-하][.)])\s", text))


def _pieces(blocks: Sequence[Block]) -> Iterator[Piece]:
    """The texts of blocks below their headings; a heading with nothing below it is a text itself."""
    headings: list[Block] = []
    bare: Block | None = None  # the last heading, as long as nothing stands below it
    for number, block in enumerate(blocks):
        if block.kind == "heading":
            if bare is not None and bare.level >= block.level:
                yield Piece(bare.text, bare.page, _names(headings[:-1]), number - 1)
            while headings and headings[-1].level >= block.level:
                headings.pop()
            headings.append(block)
            bare = block
        for text in _texts(block):
            bare = None
            yield Piece(text, block.page, _names(headings), number)
    if bare is not None:
        yield Piece(bare.text, bare.page, _names(headings[:-1]), len(blocks) - 1)


def _names(headings: Sequence[Block]) -> tuple[str, ...]:
    return tuple(heading_name(block.text) for block in headings)


def _texts(block: Block) -> Iterator[str]:
    if block.kind == "table":
        for line in table_lines(block.rows, block.named):
            yield from _short(line)
    elif block.kind in ("paragraph", "item"):
        yield from _short(block.text)


def heading_name(text: str) -> str:
    """A heading without its number, which a sentence made of it would carry along."""
    return _ENUMERATION.sub("", text).strip().rstrip(":：").strip() or text


def _short(text: str) -> Iterator[str]:
    """A text of more than a seed, cut between sentences; a sentence of more, between words."""
    if len(text) <= LONGEST - 200:
        yield text
        return
    held = ""
    for sentence in (sentence for part in _parts(text) for sentence in split_sentences(part)):
        for start in range(0, len(sentence), LONGEST - 200):
            part = sentence[start : start + LONGEST - 200]
            if held and len(held) + len(part) > LONGEST - 200:
                yield held
                held = ""
            held = f"{held} {part}".strip()
    if held:
        yield held


def _parts(text: str) -> Iterator[str]:
    """A text cut at ends of sentences (or, where none is near, at a space or anywhere) for Kiwi, whose time for a
    text grows faster than the text."""
    start = 0
    while start < len(text):
        end = start + ANALYSED
        if end < len(text):
            stops = [text.rfind(mark, start, end) + 1 for mark in (". ", "? ", "! ")]
            end = next((stop for stop in (max(stops), text.rfind(" ", start, end)) if stop > start), end)
        yield text[start:end]
        start = end


def _sections(pieces: Iterable[Piece]) -> list[list[Piece]]:
    sections: list[list[Piece]] = []
    for piece in pieces:
        if sections and sections[-1][-1].headings == piece.headings:
            sections[-1].append(piece)
        else:
            sections.append([piece])
    return sections


def _size(pieces: Sequence[Piece]) -> int:
    return len(Draft(list(pieces)).text)


def _merged(sections: Iterable[list[Piece]]) -> Iterator[list[Piece]]:
    """Neighbouring sections together until they are long enough; a new chapter does not wait."""
    held: list[Piece] = []
    for section in sections:
        if held and (_size(held) >= SHORTEST or _size([*held, *section]) > LONGEST):
            if _size(held) < SHORTEST and _size(section) > LONGEST:  # its first part takes the short one along
                held = [*held, *section]
                continue
            yield held
            held = []
        held = [*held, *section]
    if held:
        yield held


def _split(pieces: list[Piece]) -> Iterator[Draft]:
    """Pieces of about equal parts, none longer than a seed may be."""
    total = _size(pieces)
    parts = -(-total // LONGEST)
    while True:
        drafts = _even(pieces, total / parts)
        if all(len(draft.text) <= LONGEST for draft in drafts) or parts > len(pieces):
            yield from drafts
            return
        parts = max(parts + 1, parts * 11 // 10)


def _even(pieces: Sequence[Piece], share: float) -> list[Draft]:
    drafts = [Draft()]
    size = 0
    for piece in pieces:
        if drafts[-1].pieces and size + len(piece.text) / 2 > share:
            drafts.append(Draft())
            size = 0
        drafts[-1].pieces.append(piece)
        size += len(piece.text) + 2
    return drafts


def _joined_ends(drafts: list[Draft]) -> list[Draft]:
    """A short end goes to the seed before it where both fit together."""
    joined: list[Draft] = []
    for draft in drafts:
        if joined and min(len(joined[-1].text), len(draft.text)) < SHORTEST:
            both = Draft([*joined[-1].pieces, *draft.pieces])
            if len(both.text) <= LONGEST:
                joined[-1] = both
                continue
        joined.append(draft)
    return joined
