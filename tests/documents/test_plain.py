"""Text, Markdown and EPUB."""

import zipfile

import pytest

from phi4.documents.plain import html_text, read_epub, read_markdown, read_text
from phi4.errors import DocumentError


def test_text_has_paragraphs_items_and_headings():
    found = list(read_text("# 제목\n첫 줄은\n이어집니다.\n\n주의사항:\n- 하나\n- 둘\n"))
    assert [(block.kind, block.text) for block in found] == [
        ("heading", "제목"), ("paragraph", "첫 줄은\n이어집니다."), ("heading", "주의사항"),
        ("item", "- 하나"), ("item", "- 둘"),
    ]  # fmt: skip


def test_the_rest_of_a_broken_verb_is_no_item_of_a_text():
    assert [(block.kind, block.text) for block in read_text("하루 한 번 복용합니\n다. 자몽은 피합니다.\n물. 밥")] == [
        ("paragraph", "하루 한 번 복용합니\n다. 자몽은 피합니다.\n물. 밥")
    ]


def test_markdown_has_tables_and_its_html_is_never_run():
    found = list(read_markdown("---\ntitle: x\n---\n# 제목\n\n|약|용량|\n|-|-|\n|가|1|\n\n<script>alert(1)</script>"))
    assert [block.kind for block in found] == ["heading", "table"]
    assert found[1].rows == (("약", "용량"), ("가", "1"))


@pytest.mark.parametrize("charset", ["euc-kr", "utf-8", "nonsense"])
def test_html_is_read_in_the_charset_that_it_states_or_in_the_right_one(charset):
    raw = f"<meta charset={charset}><p>똠방각하</p>".encode("utf-8" if charset == "utf-8" else "cp949")
    assert "똠방각하" in html_text(raw)


def epub(path, container='<rootfile full-path="OPS/a.opf"/>'):
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", f"<container><rootfiles>{container}</rootfiles></container>")
        book.writestr(
            "OPS/a.opf",
            '<package><manifest><item id="n" href="nav.xhtml" properties="nav"/>'
            '<item id="b" href="b%20c.xhtml"/><item id="a" href="a.xhtml"/>'
            '<item id="x" href="gone.xhtml"/></manifest><spine><itemref idref="n"/><itemref idref="b"/>'
            '<itemref idref="a"/><itemref idref="x"/></spine></package>',
        )
        book.writestr("OPS/nav.xhtml", "<html><body>차례</body></html>")
        book.writestr("OPS/b c.xhtml", "<html><body><p>먼저</p></body></html>")
        book.writestr("OPS/a.xhtml", "<html><body><p>다음</p></body></html>")
    return path


def test_chapters_come_in_the_order_of_the_spine(tmp_path):
    found = [block for block in read_epub(epub(tmp_path / "a.epub")) if block.kind != "page"]
    assert [(block.text or block.reason, block.page) for block in found] == [
        ("table of contents", 1), ("먼저", 2), ("다음", 3), ("missing chapter 'OPS/gone.xhtml'", 4),
    ]  # fmt: skip


def test_an_epub_without_content_is_refused(tmp_path):
    with pytest.raises(DocumentError, match="names no content"):
        list(read_epub(epub(tmp_path / "a.epub", container="")))
