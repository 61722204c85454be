"""HWP 5 and HWPX, by ``hwp2md`` (package hwp2markdown), which keeps outline levels, lists, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phi4.documents.blocks import Block, left
from phi4.errors import DocumentError

_LEFT = {
    "header_footer": "header or footer",
    "memo": "comment",
    "hidden_comment": "hidden comment",
    "chart_legacy": "chart",
    "ole": "embedded object",
    "textart": "decorative text",
    "form_control": "form field",
    "image_link": "linked image (not followed)",
    "image_missing": "missing image",
}


def read_hwp(path: Path) -> Iterator[Block]:
    """The blocks of a HWP 5 or HWPX file; these formats have no pages. Raises ``DocumentError``."""
    from hwp2md import DrmProtectedError, EncryptedDocumentError, Hwp2mdError, Note, Paragraph, SkipCounter, Table
    from hwp2md.convert import read_blocks

    skipped = SkipCounter()
    try:
        blocks = read_blocks(path, skipped)
    except EncryptedDocumentError as error:
        raise DocumentError("it is encrypted", "save a copy without a password in 한글") from error
    except DrmProtectedError as error:
        raise DocumentError("it is locked by DRM", "save an unlocked copy in the program that may open it") from error
    except Hwp2mdError as error:
        raise DocumentError(f"it is a broken 한글 file: {error}") from error
    images = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            images += sum(type(part).__name__ == "Image" for part in block.inlines)
            yield from _paragraph(block.text, block.level, block.list_info)
        elif isinstance(block, Table):
            yield Block("table", rows=tuple(tuple(" ".join(cell.split()) for cell in row) for row in block.rows))
        elif isinstance(block, Note):
            yield from (Block("paragraph", part.text) for part in block.paragraphs if part.text)
        else:
            images += 1
    for kind, count in skipped.items():
        yield left(f"{_LEFT.get(kind, kind)} × {count}")
    if images:
        yield left(f"image × {images}")


def _paragraph(text: str, level: int, listed: object) -> Iterator[Block]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if level and lines:
        yield Block("heading", " ".join(lines), level=level)
    elif listed is not None and lines:
        label = str(getattr(listed, "label", "")) or "-"
        yield Block("item", f"{label} {' '.join(lines)}", level=int(getattr(listed, "depth", 0)))
    else:
        yield from (Block("paragraph", line) for line in lines)
