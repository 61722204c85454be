"""PDFs by LibreOffice: two pages with header and footer, and one in two columns."""

import pypdfium2
import pytest

from phi4.documents.pdf import read_pdf
from phi4.errors import DocumentError
from tests.documents.conftest import PARAGRAPH


def test_headers_footers_and_page_numbers_are_left_out_and_named(files):
    found = list(read_pdf(files / "small.pdf"))
    left = {(block.text, block.page) for block in found if block.kind == "left"}
    assert left == {
        (text, page) for page in (1, 2) for text in ("한빛병원 약제부 의약품 안내서", "무단 복제 금지", f"- {page} -")
    }


def test_headings_lists_and_tables_are_found_with_their_page(files):
    found = [block for block in read_pdf(files / "small.pdf") if block.kind not in ("left", "page")]
    assert [(block.text, block.level) for block in found if block.kind == "heading"] == [
        ("손 위생 지침", 1), ("씻는 때", 2), ("소독제", 2),
    ]  # fmt: skip
    assert found[1].text.replace("\n", " ") == PARAGRAPH
    assert [block.rows for block in found if block.kind == "table"] == [
        (("소독제", "농도", "시간"), ("알코올", "70%", "30초")),
        (("요오드", "10%", "2분"),),
    ]
    assert [block.page for block in found][-1] == 2


def test_columns_are_read_one_after_the_other(files):
    texts = [block.text.replace("\n", "") for block in read_pdf(files / "columns.pdf") if block.kind == "paragraph"]
    starts = [text[:3] for text in texts if text[:3] in ("손 위", "알코올", "제1조")]
    assert starts == ["손 위", "알코올", "제1조"] * 4


def test_a_picture_of_text_says_that_ocr_is_needed_and_how(tmp_path, files):
    from PIL import Image

    Image.new("RGB", (60, 80), "white").save(tmp_path / "a.pdf")
    with pytest.raises(DocumentError, match="only an image: it needs OCR") as caught:
        list(read_pdf(tmp_path / "a.pdf"))
    assert "ocrmypdf -l kor" in caught.value.hint
    with pypdfium2.PdfDocument(files / "small.pdf") as text, pypdfium2.PdfDocument(tmp_path / "a.pdf") as image:
        image.import_pages(text)
        image.save(tmp_path / "both.pdf")
    assert ("a page that is only an image: it needs OCR", 1) in {
        (b.reason, b.page) for b in read_pdf(tmp_path / "both.pdf")
    }


def test_a_broken_pdf_is_refused(tmp_path, files):
    (tmp_path / "a.pdf").write_bytes((files / "small.pdf").read_bytes()[:3000])
    with pytest.raises(DocumentError, match=r"broken PDF|no text"):
        list(read_pdf(tmp_path / "a.pdf"))


_TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}  # against the clock


def turned(source, target, angle, rotate, corner=(0, 0)):
    """The PDF with the content of its pages turned, ``/Rotate`` as given and its lower left corner elsewhere."""
    with pypdfium2.PdfDocument(source) as document:
        for page in document:
            width, height = page.get_size()
            x, y = {0: (0, 0), 90: (height, 0), 180: (width, height), 270: (0, width)}[angle]
            for part in page.get_objects(max_depth=1):
                part.transform(pypdfium2.PdfMatrix(*_TURNS[angle], x + corner[0], y + corner[1]))
            wide, high = (height, width) if angle % 180 else (width, height)
            page.set_mediabox(corner[0], corner[1], corner[0] + wide, corner[1] + high)
            page.gen_content()
            page.set_rotation(rotate)
        document.save(target)
    return target


def said(path):
    return [(block.kind, block.text, block.rows, block.page) for block in read_pdf(path)]


@pytest.mark.parametrize("angle", [90, 180, 270])
@pytest.mark.parametrize("corner", [(0, 0), (-40, 70)])
def test_a_turned_page_says_what_it_says_upright(tmp_path, files, angle, corner):
    path = turned(files / "small.pdf", tmp_path / "a.pdf", angle, angle, corner)
    assert said(path) == said(files / "small.pdf")


def test_text_that_lies_on_its_side_is_read_without_its_tables(tmp_path, files):
    path = turned(files / "columns.pdf", tmp_path / "a.pdf", 90, 0)
    assert said(path) == said(files / "columns.pdf")
    texts = [text for _, text, _, _ in said(turned(files / "small.pdf", tmp_path / "b.pdf", 90, 0))]
    assert PARAGRAPH in [text.replace("\n", " ") for text in texts]
    assert any("알코올" in text and "70%" in text for text in texts)


def test_a_cropped_page_keeps_its_tables(tmp_path, files):
    with pypdfium2.PdfDocument(files / "small.pdf") as document:
        for page in document:
            page.set_cropbox(20, 25, *page.get_size())
        document.save(tmp_path / "a.pdf")
    assert [rows for _, _, rows, _ in said(tmp_path / "a.pdf")] == [rows for _, _, rows, _ in said(files / "small.pdf")]


def test_pages_are_told_as_they_are_read(files):
    assert [block.page for block in read_pdf(files / "small.pdf") if block.kind == "page"] == [1, 2]
