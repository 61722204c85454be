"""What every format needs: clean letters, joined lines, headings of statutes, tables of contents out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from phi4.documents.blocks import Block, left
from phi4.korean import nfc

_PRIVATE = re.compile("[\ue000-\uf8ff]")  # bullets of symbol fonts, mostly
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe]")
_BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LEADER = re.compile(
    r"^(?P<title>.{1,80}?)(?:\s*[.·‥…ㆍ․]{3,}\s*|\s*(?:[.·․]\s){3,}\s*|\t+)(?P<page>\d{1,4}|[ivxlc]{1,6})$"
)
_CONTENTS = re.compile(r"^\W*(?:목\s*차|차\s*례|contents|table of contents)\W*$", re.IGNORECASE)
_LISTED = 3  # lines with page numbers, one after another, that make a table of contents
_ARTICLE = re.compile(r"^(제\s*\d+\s*조(?:의\s*\d+)?\s*(?:[\((\[【][^)\])】]{1,50}[)\])】])?)\s*(?=\S|$)")
_CHAPTER = re.compile(r"^(?:제\s*\d+\s*(?P<kind>[편장절관])|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]+\s*\.)\s*(?P<name>\S.{0,40})?$")
_CHAPTER_LEVELS = {"편": 1, "장": 2, "절": 3, "관": 4}
_TITLE = 30  # characters of a heading that only its place shows
_RUN = 3  # such headings one below the other
_SENTENCE = re.compile(r"[.!?,:;。다요음함됨]$|^[-*•(]|^\d+[.)]\s*$")
_MARKS = ("-", "*", "•")


def repair(blocks: Iterable[Block], glue: Callable[[list[str]], str]) -> list[Block]:
    """The blocks as a person would copy them out.

    ``glue`` joins the lines of one paragraph where the format does not tell whether a space is there.
    """
    whole: list[Block] = []
    marked = False  # by the format itself
    for block in _without_contents(_clean(block) for block in blocks):
        marked |= block.kind == "heading"
        if block.kind == "table":
            whole.append(replace(block, rows=tuple(tuple(_glued(cell, glue) for cell in row) for row in block.rows)))
        elif block.kind in ("paragraph", "item", "heading"):
            joined = replace(block, text=_glued(block.text, glue), raw=block.raw or block.text)
            whole.extend(_headed(joined) if joined.text else ())
        else:
            whole.append(block)
    whole = _with_whole_tables(whole)
    return whole if marked else _with_headings(whole)


def _with_whole_tables(blocks: list[Block]) -> list[Block]:
    """A table that a new page cuts is one table; names of columns that are told again go."""
    whole: list[Block] = []
    last = -1  # place of the table that may go on
    for block in blocks:
        table = whole[last] if last >= 0 else None
        if (
            block.kind == "table"
            and table
            and block.page == table.page + 1
            and len(block.rows[0]) == len(table.rows[0])
        ):
            again = block.rows[0] == table.rows[0]
            whole[last] = replace(table, rows=(*table.rows, *block.rows[again:]), page=block.page)
            continue
        whole.append(block)
        if block.kind == "table" and block.rows:
            last = len(whole) - 1
        elif block.kind not in ("left", "page"):
            last = -1
    return whole


def _with_headings(blocks: list[Block]) -> list[Block]:
    """Headings of a document that marks none (most of 한글): a short line that ends no sentence, after
    the end of one and above text. Of several one below the other the last is the lowest."""
    places = [number for number, block in enumerate(blocks) if block.kind in ("paragraph", "item", "table")]
    titles = {place for place in places if _is_short(blocks[place])}
    found: dict[int, int] = {}
    for number, place in enumerate(places):
        before = places[number - 1] if number else -1
        if place not in titles or (before in titles and before not in found):
            continue
        below = next((n for n, other in enumerate(places[number + 1 : number + 1 + _RUN]) if other not in titles), None)
        if below is not None:
            found[place] = 1 if below else 2
    return [replace(block, kind="heading", level=found[n]) if n in found else block for n, block in enumerate(blocks)]


def _is_short(block: Block) -> bool:
    return block.kind == "paragraph" and len(block.text) <= _TITLE and not _SENTENCE.search(block.text)


def _clean(block: Block) -> Block:
    rows = tuple(tuple(_letters(cell) for cell in row) for row in block.rows)
    return replace(block, text=_letters(block.text), rows=rows, raw=_letters(block.raw))


def _letters(text: str) -> str:
    """NFC, one kind of blank, no control characters; a letter of a symbol font becomes a bullet."""
    text = _CONTROL.sub("", _PRIVATE.sub("•", nfc(text)))
    tabs = text.replace("\t", "\x00")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in tabs.split("\n")).replace("\x00", "\t").strip()


def _glued(text: str, glue: Callable[[list[str]], str]) -> str:
    lines = [line for line in text.replace("\t", " ").split("\n") if line]
    return glue(lines) if len(lines) > 1 else " ".join(lines)


def _without_contents(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks whose lines are titles with page numbers, left out where several stand together."""
    run: list[Block] = []

    def close() -> Iterator[Block]:
        listed = sum(len(_entries(block)) for block in run)
        for block in run:
            if listed >= _LISTED and (_entries(block) or _CONTENTS.match(block.text)):
                yield left("table of contents", block.original, block.page)
            else:
                yield block
        run.clear()

    for block in blocks:
        is_title = _CONTENTS.match(block.text) and block.kind in ("heading", "paragraph")
        if is_title:
            yield from close()
        if is_title or _entries(block) or (run and block.kind in ("page", "left")):
            run.append(block)
            continue
        yield from close()
        yield block
    yield from close()


def _entries(block: Block) -> list[str]:
    """The lines of a block that are a title and a page number, if all are."""
    if block.kind not in ("paragraph", "item", "heading"):
        return []
    lines = [line for line in (block.raw or block.text).split("\n") if line]
    return lines if lines and all(_LEADER.match(line) for line in lines) else []


def _headed(block: Block) -> Iterator[Block]:
    """``제3조(목적) 이 법은 …`` is a heading and its text; ``제1장 총칙`` is a heading."""
    if chapter := _CHAPTER.match(block.text):
        level = _CHAPTER_LEVELS.get(chapter["kind"] or "", 2)
        yield replace(block, kind="heading", level=block.level if block.kind == "heading" else level)
        return
    article = _ARTICLE.match(block.text)
    if not article or not (article[1].endswith((")", "]", "】", ")")) or article[0] == block.text):
        yield _marked(block)
        return
    body = block.text[article.end() :].strip()
    yield replace(block, kind="heading", text=article[1].strip(), level=5, raw=article[1] if body else block.raw)
    if body:
        yield _marked(
            replace(block, kind="paragraph", text=body, level=0, raw=block.raw.removeprefix(article[1]).strip())
        )


def _marked(block: Block) -> Block:
    """A list item begins with a mark that the seeds know: bullets become ``-``; ① and (1), which statutes
    tell from 1., stay behind one."""
    if block.kind != "item":
        return block
    text = re.sub(r"^[·○●◦▪■□▶◆※❍ㅇ•*]\s*", "- ", block.text)
    known = text.startswith(_MARKS) or re.match(r"^(?:\d{1,2}|[가-하])[.)]\s", text)
    return replace(block, text=text if known else f"- {text}")
