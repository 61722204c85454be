"""Word and PowerPoint files: DOCX by mammoth, PPTX by python-pptx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phi4.documents.blocks import Block, left
from phi4.documents.html import read_html
from phi4.errors import DocumentError

# Beside mammoth's own map; a table of contents becomes <nav>, which is left out and named.
_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        *(f"p[style-name='toc {level}'] => nav" for level in range(1, 10)),
        *(f"p[style-name='Contents {level}'] => nav" for level in range(1, 10)),
        "p[style-name='TOC Heading'] => nav",
        "p[style-name='Contents Heading'] => nav",
    ]
)
_FURNITURE = {"DATE": "date", "FOOTER": "page footer", "HEADER": "page header", "SLIDE_NUMBER": "page number"}
_TITLES = {"TITLE", "CENTER_TITLE", "VERTICAL_TITLE"}
_MAX_DEPTH = 20  # of groups in groups


def read_docx(path: Path) -> Iterator[Block]:
    """The blocks of a DOCX file; mammoth gives its body, notes and text boxes, no header and no comment."""
    import mammoth

    images = 0

    def drop(image: object) -> list[object]:
        nonlocal images
        images += 1
        return []

    try:
        with path.open("rb") as file:
            html = mammoth.convert_to_html(
                file, style_map=_STYLES, convert_image=drop, external_file_access=False
            ).value
    except Exception as error:  # a broken package fails in whatever part of it is broken
        raise DocumentError(f"it is a broken DOCX file: {_told(error)}") from error
    yield from read_html(html.replace("↑</a>", "</a>"))  # the way back from a note
    if images:
        yield left(f"image × {images}")


def read_pptx(path: Path) -> Iterator[Block]:
    """The blocks of a PPTX file, slide by slide: title, texts from top to bottom, tables, speaker's notes."""
    import pptx

    try:
        slides = list(pptx.Presentation(str(path)).slides)
    except Exception as error:  # as above
        raise DocumentError(f"it is a broken PPTX file: {_told(error)}") from error
    for number, slide in enumerate(slides, start=1):
        yield Block("page", page=number)
        if slide._element.get("show") == "0":
            yield left("hidden slide", page=number)
            continue
        try:
            yield from _slide(slide, number)
        except Exception as error:  # one broken slide costs only itself
            yield left(f"broken slide: {_told(error)}", page=number)


def _slide(slide: Any, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        yield Block("heading", " ".join(title.text_frame.text.split()), number, level=2)
    shapes = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    for shape in sorted(shapes, key=_place):
        yield from _shape(shape, number, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for line in slide.notes_slide.notes_text_frame.text.splitlines():
            if line.strip():
                yield Block("paragraph", line.strip(), number)


def _place(shape: Any) -> tuple[int, int]:
    return (shape.top or 0, shape.left or 0)


def _shape(shape: Any, page: int, depth: int) -> Iterator[Block]:
    kind = shape.placeholder_format.type.name if shape.is_placeholder and shape.placeholder_format.type else ""
    if kind in _FURNITURE:
        if shape.text_frame.text.strip():
            yield left(_FURNITURE[kind], shape.text_frame.text.strip(), page)
    elif hasattr(shape, "shapes") and depth < _MAX_DEPTH:
        for part in sorted(shape.shapes, key=_place):
            yield from _shape(part, page, depth + 1)
    elif getattr(shape, "has_table", False):
        rows = tuple(tuple(" ".join(cell.text.split()) for cell in row.cells) for row in shape.table.rows)
        yield Block("table", page=page, rows=rows, named=bool(shape.table.first_row))
    elif getattr(shape, "has_chart", False):
        yield left("chart", page=page)
    elif shape.has_text_frame:
        paragraphs = [part for part in shape.text_frame.paragraphs if part.text.strip()]
        for part in paragraphs:
            text = "\n".join(" ".join(line.split()) for line in part.text.splitlines())
            if kind in _TITLES:
                yield Block("heading", text.replace("\n", " "), page, level=2)
            elif len(paragraphs) > 1 or part.level:
                yield Block("item", f"- {text}", page, level=part.level)
            else:
                yield Block("paragraph", text, page)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:120]}"
