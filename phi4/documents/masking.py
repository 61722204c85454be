"""The personal data of one document: a datum that one of its places gives away is hidden in all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from phi4.documents.blocks import Block
from phi4.documents.personal import Finding, apart, find_personal, masked
from phi4.documents.sections import Draft
from phi4.documents.tables import has_names

CERTAIN = 3  # letters of a datum that is the same one elsewhere; 이상 is a name here and a word there


class Personal:
    """What was found in the blocks of a document."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        lines = [(number, line) for number, block in enumerate(blocks) for line in _lines(block)]
        starts = list(accumulate((len(line) + 1 for _, line in lines), initial=0))
        text = "\n".join(line for _, line in lines)
        self._of: dict[int, dict[str, str]] = {}  # kinds of the data in a block, by its number
        self._everywhere: dict[str, str] = {}
        for one in find_personal(text):
            datum = "".join(text[one.start : one.end].split())
            number = lines[bisect_right(starts, one.start) - 1][0]
            self._of.setdefault(number, {})[datum] = one.kind
            if len(datum) >= CERTAIN:
                self._everywhere[datum] = one.kind
        self._headings: dict[str, str] = {}  # as they were hidden

    def in_draft(self, draft: Draft) -> list[Finding]:
        """The personal data in the text of a seed."""
        found = list(_known(draft.text, self._everywhere))
        start = 0
        for line, piece in draft.lines():
            is_own = line == piece.text  # else it is a heading, or empty
            own = _known(line, self._of.get(piece.block, {})) if is_own else find_personal(line)
            found += [replace(one, start=start + one.start, end=start + one.end) for one in own]
            start += len(line) + 1
        return apart(found)

    def hide_heading(self, text: str) -> str:
        """A heading as it may be shown."""
        if text not in self._headings:
            found = apart([*find_personal(text), *_known(text, self._everywhere)])
            self._headings[text] = masked(text, found)
        return self._headings[text]

    def hide_block(self, number: int, block: Block) -> Block:
        """A block as it may be shown: what is beside a seed must not tell what the seed hides."""
        data = self._everywhere | self._of.get(number, {})

        def hide(text: str) -> str:
            return masked(text, apart(_known(text, data)))

        rows = tuple(tuple(map(hide, row)) for row in block.rows)
        return replace(block, text=hide(block.text), raw=hide(block.raw), rows=rows)


def _lines(block: Block) -> Iterator[str]:
    """The text of a block with the words that give data away: a cell beside its label, below its name."""
    if block.text:
        yield block.text
    named = has_names(block.rows, block.named)
    for row in block.rows[named:]:
        yield " | ".join(row)
        if named:
            yield " | ".join(f"{name}: {cell}" for name, cell in zip(block.rows[0], row, strict=False) if cell)


def _known(text: str, data: Mapping[str, str]) -> Iterator[Finding]:
    """Where known data stand in a text, however lines and spaces cut them; a name begins where a word does."""
    firsts, lengths = {datum[0] for datum in data}, sorted({len(datum) for datum in data}, reverse=True)
    places = [place for place, letter in enumerate(text) if not letter.isspace()] if data else []
    bare = "".join(text[place] for place in places)
    for number, letter in enumerate(bare):
        if letter not in firsts or (places[number] and _is_same_word(text[places[number] - 1], letter)):
            continue
        for length in lengths:
            datum = bare[number : number + length]
            end = places[number + len(datum) - 1] + 1
            if datum in data and not (text[end - 1].isdigit() and text[end : end + 1].isdigit()):
                yield Finding(data[datum], places[number], end)
                break


def _is_same_word(before: str, letter: str) -> bool:
    """Whether a letter stands within the word, or the number, of the letter before it."""
    return (_is_hangul(before) and _is_hangul(letter)) or (before.isdigit() and letter.isdigit())


def _is_hangul(letter: str) -> bool:
    return "가" <= letter <= "힣"
