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


def test_pages_are_told_as_they_are_read(files):
    assert [block.page for block in read_pdf(files / "small.pdf") if block.kind == "page"] == [1, 2]
