"""Lines of pages become paragraphs, headings and items; what repeats on every page goes."""

import pytest

from phi4.documents.layout import Line
from phi4.documents.paragraphs import line_blocks


def line(text, top=300.0, page=1, x1=500.0, x0=50.0, size=10.0, **more):
    return Line(text, page, x0, top, x1, top + size, size, column=(50.0, 500.0), height=800.0, **more)


def told(*lines, titles=(), pages=1):
    return [(block.kind, block.text) for block in line_blocks(lines, dict(titles), pages)]


def test_a_line_that_reaches_the_edge_goes_on_in_the_next():
    assert told(
        line("첫 줄은 끝까지", space=True), line("이어진다.", 312, x1=100), line("새 문단이다.", 324, x1=150)
    ) == [
        ("paragraph", "첫 줄은 끝까지 이어진다."),
        ("paragraph", "새 문단이다."),
    ]


def test_a_break_within_a_word_is_joined_where_the_file_tells_spaces_apart():
    known = [line("줄 끝에 빈칸이 있는 줄", 300 + 12 * n, space=True) for n in range(3)]
    [(_, text)] = told(*known, line("낱말이 끊어", 336), line("진다.", 348, x1=90))
    assert text.endswith("낱말이 끊어진다.")


def test_where_nobody_knows_about_a_space_the_break_stays_to_be_decided():
    assert told(line("낱말이 끊어"), line("진다.", 312, x1=90)) == [("paragraph", "낱말이 끊어\n진다.")]


def test_a_hyphenated_word_is_whole_again():
    assert told(line("이 약은 acetamino-"), line("phen이다.", 312, x1=90)) == [
        ("paragraph", "이 약은 acetaminophen이다.")
    ]


def test_larger_letters_and_titles_of_the_outline_are_headings():
    lines = [
        line("큰 제목", 280, x1=120, size=16.0),
        line("책갈피 제목", 300, x1=120),
        *(line("본문이다.", 320 + 20 * n, x1=99) for n in range(3)),
    ]
    found = list(line_blocks(lines, {"책갈피제목": 2}, 1))
    assert [(block.text, block.level) for block in found if block.kind == "heading"] == [
        ("큰 제목", 1),
        ("책갈피 제목", 2),
    ]


def test_a_new_article_or_item_is_a_new_paragraph_after_a_full_line():
    found = told(
        line("제1조(목적) 이 법은 정한다."),
        line("제2조(정의) 뜻은 다음과 같다.", 312),
        line("1. 하나", 324),
        line("2. 둘", 336, x1=80),
    )
    assert [kind for kind, _ in found] == ["paragraph", "paragraph", "item", "item"]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("이 약은 처음에", "2.5 mg을 하루 한 번 복용합니다."),
        ("이 약은 하루 한 번 복용합니", "다. 자몽 주스는 피합니다."),
        ("무엇이 옳은", "가를 묻습니다."),
        ("정상 범위는 모두", "12. 그리고 그 밖의 값은 다시 잽니다."),
        ("이 규정은 2026. 3.", "1. 부터 시행합니다."),
        ("농도는 (10 mg,", "20)에서 멈춥니다."),
        ("어머니는 물", "물. 그리고 밥을 먹습니다."),
    ],
)
def test_a_wrapped_line_that_looks_like_an_item_goes_on(above, below):
    [(kind, text)] = told(line(above, space=True), line(below, 312, x1=300))
    assert (kind, text) == ("paragraph", f"{above} {below}")


@pytest.mark.parametrize(
    "marks", ["1. 2. 3.", "가. 나. 다.", "1) 2) 3)", "(1) (2) (3)", "가) 나) 다)", "- - -", "① ② ③"]
)
def test_items_that_count_on_are_items_after_full_lines_that_nothing_closes(marks):
    found = told(*(line(f"{mark} 서류를 낸 자", 300 + 12 * n) for n, mark in enumerate(marks.split())))
    assert [kind for kind, _ in found] == ["item"] * 3


def test_a_list_goes_on_behind_the_list_in_its_item():
    texts = ("1. 다음의 요건을 갖춘 자", "가. 서류를 낸 자", "나. 신분을 밝힌 자", "2. 그 가족")
    assert [kind for kind, _ in told(*(line(text, 300 + 12 * n) for n, text in enumerate(texts)))] == ["item"] * 4


def test_a_list_in_an_item_begins_anew_in_the_next_item():
    texts = ("가. 서류를 냄", "1) 신청서", "2) 통장", "나. 신분을 밝힘", "1) 주민등록증", "2) 여권")
    assert [kind for kind, _ in told(*(line(text, 300 + 12 * n) for n, text in enumerate(texts)))] == ["item"] * 6


@pytest.mark.parametrize("text", ["2.5 mg을 복용합니다.", "물. 그리고"])
def test_a_paragraph_that_only_looks_like_an_item_is_none(text):
    assert told(line(text, x1=200)) == [("paragraph", text)]


def test_what_repeats_at_the_edge_of_pages_is_left_out_and_other_lines_are_not():
    lines = [
        one
        for page in range(1, 6)
        for one in (
            line("머리글", 20, page, 90),
            line(f"본문 {page}쪽이다.", 400, page, 120),
            line(f"{page} / 5", 780, page, 80),
        )
    ]
    found = told(*lines, pages=5)
    assert [text for kind, text in found if kind == "left"] == [
        text for page in range(1, 6) for text in ("머리글", f"{page} / 5")
    ]
    assert [text for kind, text in found if kind == "paragraph"] == [f"본문 {page}쪽이다." for page in range(1, 6)]


@pytest.mark.parametrize("title", ["제{}장", "제{} 절 총칙", "[별표 {}]"])
def test_titles_that_differ_in_their_number_are_no_running_header(title):
    lines = [
        one
        for page in range(1, 4)
        for one in (line(title.format(page), 20, page, 90), line(f"본문 {page}쪽이다.", 400, page, 120))
    ]
    assert [kind for kind, _ in told(*lines, pages=3) if kind == "left"] == []


def test_the_title_of_a_chapter_on_each_of_its_pages_is_one():
    lines = [
        one
        for page in range(1, 4)
        for one in (line("제2장 총칙", 20, page, 90), line(f"본문 {page}쪽이다.", 400, page, 120))
    ]
    assert [kind for kind, _ in told(*lines, pages=3) if kind == "left"] == ["left"] * 3


def test_the_only_page_keeps_its_title():
    assert told(line("제목", 20, x1=80)) == [("paragraph", "제목")]


def test_a_paragraph_goes_on_over_a_page():
    lines = [line("앞쪽의 마지막 줄은", 500, 1, space=True), line("다음 쪽에서 끝난다.", 300, 2, 200)]
    assert told(*lines, pages=2) == [("paragraph", "앞쪽의 마지막 줄은 다음 쪽에서 끝난다.")]
