"""What every format needs."""

from phi4.documents.blocks import Block
from phi4.documents.repair import repair


def told(*blocks, glue=" ".join):
    return [(block.kind, block.text) for block in repair(blocks, glue)]


def paragraph(text, **more):
    return Block("paragraph", text, **more)


TITLE = Block("heading", "제목", level=1)


def test_decomposed_hangul_symbol_fonts_and_controls_become_clean_text():
    found = told(TITLE, paragraph("한글\u200b 글자\u00a0둘"), Block("item", "\uf095 하나"))
    assert found[1:] == [("paragraph", "한글 글자 둘"), ("item", "- 하나")]


def test_lines_are_joined_by_the_words_around_them():
    assert told(TITLE, paragraph("낱말이 끊어\n진다."), glue="".join)[1] == ("paragraph", "낱말이 끊어진다.")


def test_an_article_is_a_heading_and_its_text():
    found = list(
        repair(
            [
                paragraph("제1장 총칙"),
                paragraph("제3조의2(정의) 이 법에서 醫藥品이란 약을 말한다."),
                paragraph("제4조에 따른 허가를 받는다."),
            ],
            " ".join,
        )
    )
    assert [(block.kind, block.text, block.level) for block in found] == [
        ("heading", "제1장 총칙", 2), ("heading", "제3조의2(정의)", 5),
        ("paragraph", "이 법에서 醫藥品이란 약을 말한다.", 0), ("paragraph", "제4조에 따른 허가를 받는다.", 0),
    ]  # fmt: skip


def test_a_table_of_contents_is_left_out_and_a_lone_number_is_not():
    contents = [
        paragraph("목 차"),
        *(paragraph(f"제{n}장 이름 ·········· {n * 3}") for n in range(1, 4)),
        paragraph("부록\t12"),
    ]
    found = list(repair([TITLE, *contents, paragraph("본문이다."), paragraph("끝\t3")], " ".join))
    assert [(block.kind, block.reason) for block in found[1:6]] == [("left", "table of contents")] * 5
    assert [block.text for block in found[6:]] == ["본문이다.", "끝 3"]


def test_short_lines_above_text_are_headings_where_a_document_marks_none():
    blocks = [
        paragraph("안내서"),
        paragraph("용법"),
        paragraph("하루 한 번 복용합니다."),
        paragraph("주의"),
        Block("item", "- 술을 마시지 않습니다."),
    ]
    assert [(block.text, block.level) for block in repair(blocks, " ".join) if block.kind == "heading"] == [
        ("안내서", 1),
        ("용법", 2),
        ("주의", 2),
    ]
    assert [block.kind for block in repair([TITLE, *blocks], " ".join)].count("heading") == 1


def test_a_table_that_a_page_cuts_is_whole_again():
    one = Block("table", page=1, rows=(("약", "용량"), ("가", "1")))
    two = Block("table", page=2, rows=(("약", "용량"), ("나", "2")))
    between = [Block("left", "머리글", 2, reason="page header"), Block("page", page=2)]
    tables = [block.rows for block in repair([TITLE, one, *between, two], " ".join) if block.kind == "table"]
    assert tables == [(("약", "용량"), ("가", "1"), ("나", "2"))]


def test_marks_of_items_become_those_that_seeds_know():
    marks = ["○ 가", "① 나", "(2) 다", "라. 마", "ㅇ 바"]
    assert [text for _, text in told(TITLE, *(Block("item", one) for one in marks))[1:]] == [
        "- 가",
        "- ① 나",
        "- (2) 다",
        "라. 마",
        "- 바",
    ]
