"""Text, Markdown and EPUB."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote

from phi4.documents.blocks import Block, left
from phi4.documents.html import read_html
from phi4.errors import DocumentError, SeedError
from phi4.korean import decode
from phi4.korean.items import LETTERS, finishes_word

_CONTAINER = "META-INF/container.xml"
_ITEM = re.compile(rf"^\s*(?:[-*•·○●◦▪■□▶※]|\(?\d{{1,2}}[.)]|[①-⑳]|[{LETTERS}][.)])\s+\S")
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def read_text_file(path: Path) -> str:
    """A text file in UTF-8, UTF-16 or CP949. Raises ``DocumentError``."""
    try:
        return decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    except SeedError as error:
        raise DocumentError(error.message, "save it as UTF-8 text") from error


def html_text(raw: bytes) -> str:
    """An HTML file in the charset that it names, if that is right, else as any Korean text.

    Raises ``DocumentError``.
    """
    stated = _CHARSET.search(raw[:4096])
    if stated and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = stated[1].decode("ascii").lower()
        try:
            return raw.decode("cp949" if name in ("euc-kr", "ks_c_5601-1987", "ksc5601") else name)
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        return decode(raw)
    except SeedError as error:
        raise DocumentError(error.message, "save it as UTF-8") from error


def read_text(text: str) -> Iterator[Block]:
    """Paragraphs parted by empty lines, list items, and headings: ``# …`` or ``…:`` alone on a line."""
    held: list[str] = []

    def close() -> Iterator[Block]:
        if held:
            yield Block("paragraph", "\n".join(held))
            held.clear()

    for line in text.split("\n"):
        bare = line.strip().replace("\f", "")
        if not bare:
            yield from close()
        elif match := re.match(r"(#{1,6})\s+(.+)", bare):
            yield from close()
            yield Block("heading", match[2], level=len(match[1]))
        elif bare.endswith((":", "：")) and len(bare) <= 30 and not _ITEM.match(bare):
            yield from close()
            yield Block("heading", bare.rstrip(":："), level=3)
        elif _ITEM.match(bare) and not finishes_word(bare, held[-1] if held else ""):
            yield from close()
            yield Block("item", bare, level=len(list(takewhile(str.isspace, line))) // 2)
        else:
            held.append(bare)
    yield from close()


def read_markdown(text: str) -> Iterator[Block]:
    """Markdown by markdown-it, with tables; raw HTML inside is read as HTML and never run."""
    from markdown_it import MarkdownIt

    body = re.sub(r"\A---\n.*?\n---\n", "", text.lstrip("\ufeff"), count=1, flags=re.DOTALL)
    yield from read_html(MarkdownIt("commonmark", {"html": True}).enable("table").render(body))


def read_epub(path: Path) -> Iterator[Block]:
    """The chapters of an EPUB in the order of its spine; a chapter counts as a page. Raises ``DocumentError``."""
    try:
        with zipfile.ZipFile(path) as book:
            if "META-INF/encryption.xml" in book.namelist() and b"EncryptedData" in book.read(
                "META-INF/encryption.xml"
            ):
                yield left("encrypted parts (fonts, or chapters of a protected book)")
            for number, (name, is_contents) in enumerate(_spine(book), start=1):
                yield Block("page", page=number)
                if is_contents:
                    yield left("table of contents", page=number)
                elif name not in book.namelist():
                    yield left(f"missing chapter '{name}'", page=number)
                else:
                    yield from read_html(html_text(book.read(name)), number)
    except DocumentError:
        raise
    except Exception as error:  # a broken package fails in whatever part of it is broken
        raise DocumentError(f"it is a broken EPUB file: {type(error).__name__}: {str(error)[:120]}") from error


def _spine(book: zipfile.ZipFile) -> Iterator[tuple[str, bool]]:
    """Its content documents in reading order, and whether one is the table of contents."""
    from lxml import etree

    def tree(name: str) -> etree._Element:
        return etree.fromstring(book.read(name), etree.XMLParser(resolve_entities=False, no_network=True))

    roots = tree(_CONTAINER).xpath("//*[local-name()='rootfile']/@full-path")
    if not roots:
        raise DocumentError("it is a broken EPUB file: it names no content")
    opf = tree(roots[0])
    items = {item.get("id"): item for item in opf.xpath("//*[local-name()='manifest']/*[local-name()='item']")}
    for reference in opf.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref"):
        item = items.get(reference)
        if item is None or not item.get("href"):
            continue
        href = posixpath.normpath(posixpath.join(posixpath.dirname(roots[0]), unquote(item.get("href"))))
        yield href, "nav" in (item.get("properties") or "").split()
