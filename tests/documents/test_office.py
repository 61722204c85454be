"""DOCX by LibreOffice, PPTX by python-pptx."""

import pptx
import pytest

from phi4.documents.office import read_docx, read_pptx
from phi4.errors import DocumentError
from tests.documents.conftest import PARAGRAPH


def test_a_docx_keeps_headings_lists_and_tables_and_no_header(blocks, files):
    found = blocks(files / "small.docx")
    assert [(block.kind, block.text) for block in found[:5]] == [
        ("heading", "손 위생 지침"), ("paragraph", PARAGRAPH), ("heading", "씻는 때"),
        ("item", "- 환자를 만지기 전에 씻습니다."), ("item", "- 환자를 만진 뒤에 씻습니다."),
    ]  # fmt: skip
    assert ("알코올", "70%", "30초") in next(block.rows for block in found if block.kind == "table")
    assert not any("의약품 안내서" in block.text for block in found)


def test_slides_are_read_from_top_to_bottom_with_notes_and_without_hidden_ones(tmp_path):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "감염 관리"
    for top, text in ((4_000_000, "아래 글"), (2_000_000, "위 글")):
        slide.shapes.add_textbox(0, top, 3_000_000, 500_000).text_frame.text = text
    grid = slide.shapes.add_table(2, 2, 0, 5_000_000, 3_000_000, 500_000).table
    for place, text in enumerate(("약", "용량", "가", "1 mg")):
        grid.cell(place // 2, place % 2).text = text
    slide.notes_slide.notes_text_frame.text = "발표자 설명"
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "숨김"
    hidden._element.set("show", "0")
    deck.save(str(tmp_path / "a.pptx"))
    found = [block for block in read_pptx(tmp_path / "a.pptx") if block.kind != "page"]
    assert [(block.kind, block.text or block.reason or block.rows, block.page) for block in found] == [
        ("heading", "감염 관리", 1), ("paragraph", "위 글", 1), ("paragraph", "아래 글", 1),
        ("table", (("약", "용량"), ("가", "1 mg")), 1), ("paragraph", "발표자 설명", 1), ("left", "hidden slide", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("read", [read_docx, read_pptx])
def test_a_broken_package_is_refused(tmp_path, read):
    (tmp_path / "a").write_bytes(b"PK\x03\x04 no package")
    with pytest.raises(DocumentError, match="broken"):
        list(read(tmp_path / "a"))
