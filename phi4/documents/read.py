"""Read one document: the right reader for its format, imported only when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phi4.documents.archive import check_package
from phi4.documents.blocks import Block
from phi4.documents.detect import Format
from phi4.errors import DocumentError


def read_document(path: Path, kind: Format) -> Iterator[Block]:
    """The blocks of a document. Raises ``DocumentError``, or whatever a reader raises on a broken file:
    only a child process calls this (``phi4.documents.isolation``)."""
    if kind in ("docx", "pptx", "xlsx", "hwpx", "epub"):
        check_package(path, dtd_allowed=kind == "epub")
    if kind in ("hwp", "hwpx"):
        from phi4.documents.hwp import read_hwp

        yield from read_hwp(path)
    elif kind == "pdf":
        from phi4.documents.pdf import read_pdf

        yield from read_pdf(path)
    elif kind in ("docx", "pptx"):
        from phi4.documents.office import read_docx, read_pptx

        yield from (read_docx if kind == "docx" else read_pptx)(path)
    elif kind == "xlsx":
        from phi4.documents.sheets import read_xlsx

        yield from read_xlsx(path)
    else:
        yield from _read_text_format(path, kind)


def _read_text_format(path: Path, kind: Format) -> Iterator[Block]:
    from phi4.documents.html import read_html
    from phi4.documents.plain import html_text, read_epub, read_markdown, read_text, read_text_file
    from phi4.documents.sheets import read_csv

    if kind == "epub":
        yield from read_epub(path)
    elif kind == "html":
        yield from read_html(html_text(path.read_bytes()))
    elif kind == "csv":
        yield from read_csv(read_text_file(path))
    elif kind == "markdown":
        yield from read_markdown(read_text_file(path))
    elif kind == "text":
        yield from read_text(read_text_file(path))
    else:
        raise DocumentError(f"it is a {kind} file, which is not one document")
