"""HTML as a reader sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.documents.html import read_html


def told(html):
    return [(block.kind, block.text) for block in read_html(html)]


def test_headings_paragraphs_and_lists_keep_their_kinds():
    html = "<h1>제목</h1><p>한 <b>문장</b>입니다.</p><ul><li>가<ul><li>나</ul></ul><ol><li>첫째<li>둘째</ol>"
    assert told(html) == [
        ("heading", "제목"), ("paragraph", "한 문장입니다."), ("item", "- 가"), ("item", "- 나"),
        ("item", "1. 첫째"), ("item", "2. 둘째"),
    ]  # fmt: skip


def test_line_ends_of_the_source_are_blanks_and_br_ends_a_line():
    assert told("<p>한\n  줄<br>다음 줄</p>") == [("paragraph", "한 줄"), ("paragraph", "다음 줄")]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("세균 10<sup>6</sup>개/mL", "세균 10⁶개/mL"),
        ("10<sup>-3</sup> M, 10<sup>\u22123</sup> M", "10⁻³ M, 10⁻³ M"),
        ("Ca<sup>2+</sup>와 m<sup><b>2</b></sup>", "Ca²⁺와 m²"),
        ("21<sup>st</sup>, H<sub>2</sub>O", "21st, H2O"),
        ('와파린<sup><a href="#footnote-1">[1]</a></sup>은', "와파린은"),
        ('와파린<a href="notes.xhtml#n1"><sup>1</sup></a>은', "와파린은"),
        ('와파린<sup><a href="#n1">12</a></sup>은', "와파린은"),
        ("와파린<sup>1)</sup>은", "와파린은"),
        ('<a href="#top">10<sup>6</sup></a>', "10⁶"),
    ],
)
def test_raised_digits_stay_raised_and_the_marks_of_notes_go(html, text):
    assert told(f"<p>{html}</p>") == [("paragraph", text)]
    assert told(f"<h1>{html}</h1>") == [("heading", text)]
    [table] = read_html(f"<table><tr><td>{html}</td><td>나</td></tr></table>")
    assert table.rows == ((text, "나"),)


def test_furniture_is_left_out_and_named_but_the_title_of_an_article_stays():
    html = (
        "<nav>홈 메뉴</nav><article><header><h1>글</h1></header><p>본문</p></article>"
        "<footer>주소</footer><script>x()</script>"
    )
    found = list(read_html(html))
    assert [(block.kind, block.reason, block.text) for block in found] == [
        ("left", "navigation", "홈 메뉴"), ("heading", "", "글"), ("paragraph", "", "본문"),
        ("left", "page footer", "주소"),
    ]  # fmt: skip


def test_a_form_around_a_whole_page_is_read_and_a_search_form_is_not():
    search = "<form><label>찾는 말</label><input><button>찾기</button></form>"
    html = f"{search}<form id=aspnetForm><h1>안내</h1><p>{'손을 씻어야 합니다. ' * 30}</p></form>"
    assert [(block.kind, block.reason) for block in read_html(html)] == [
        ("left", "form"), ("heading", ""), ("paragraph", ""),
    ]  # fmt: skip


def test_a_cell_over_several_rows_and_columns_is_told_in_each():
    html = (
        "<table><tr><th>약</th><th colspan=2>용량</th></tr><tr><td rowspan=2>가</td><td>1</td><td>2</td></tr>"
        "<tr><td>3</td><td>4</td></tr></table>"
    )
    [table] = read_html(html)
    assert table.named
    assert table.rows == (("약", "용량", "용량"), ("가", "1", "2"), ("가", "3", "4"))


def test_a_table_that_only_lays_out_is_no_table():
    assert told("<table><tr><td><p>하나</p><p>둘</p></td></tr></table>") == [("paragraph", "하나"), ("paragraph", "둘")]


def test_deep_nesting_and_huge_spans_end():
    assert len(told("<div>" * 5000 + "가" + "</div>" * 5000)) <= 1
    assert told("<table><tr><td colspan=99999999>가</td><td>나</td></tr></table>")


@given(st.text(st.sampled_from("<>/=\"' \n&;가a1tdrhpulio"), max_size=200))
def test_any_text_is_read_without_an_error(text):
    for block in read_html(text):
        assert block.kind in ("heading", "paragraph", "item", "table", "left")
