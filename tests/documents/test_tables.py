"""A table told in sentences."""

from hypothesis import given
from hypothesis import strategies as st

from phi4.documents.tables import table_lines


def test_a_row_with_names_of_columns_is_a_sentence():
    rows = [["약물명", "용량", "목표 수치"], ["와파린", "5 mg", "INR 2.0~3.0"], ["아스피린", "100 mg", ""]]
    assert table_lines(rows) == [
        "와파린의 용량은 5 mg, 목표 수치는 INR 2.0~3.0입니다.",
        "아스피린의 용량은 100 mg입니다.",
    ]


def test_a_long_cell_is_told_by_itself():
    rows = [["약", "용량", "주의"], ["와파린", "5 mg", "출혈이 있으면 복용을 멈춥니다."]]
    assert table_lines(rows) == ["와파린의 용량은 5 mg입니다.", "- 와파린 주의: 출혈이 있으면 복용을 멈춥니다."]


def test_a_row_without_names_is_labels_and_values():
    assert table_lines([["품목명", "와파린정"], ["제조사", "한국제약"]]) == ["- 품목명: 와파린정", "- 제조사: 한국제약"]
    assert table_lines([["성분", "와파린", "함량", "5 mg"]]) == ["- 성분: 와파린", "- 함량: 5 mg"]


def test_a_merged_first_cell_names_the_rows_below_it():
    rows = [["구분", "등급", "금액"], ["입원", "1인실", "10만 원"], ["", "4인실", "3만 원"]]
    assert table_lines(rows)[1] == "입원의 등급은 4인실, 금액은 3만 원입니다."


def test_a_number_is_named_by_its_column():
    assert table_lines([["연번", "약"], ["1", "와파린"]], named=True) == ["연번 1의 약은 와파린입니다."]


def test_a_frame_is_no_table():
    assert table_lines([["하나"], [""], ["둘"]]) == ["하나", "둘"]
    assert table_lines([["", ""]]) == []


@given(st.lists(st.lists(st.text("가나12 ", max_size=6), min_size=1, max_size=5), max_size=5), st.booleans())
def test_no_cell_is_lost_below_the_names_of_columns(rows, named):
    told = "".join("".join(table_lines(rows, named)).split())
    body = [row for row in rows if any(cell.strip() for cell in row)][1:]
    assert all("".join(cell.split()) in told for row in body for cell in row)


def test_a_form_of_labels_and_values_by_turns_has_no_names_of_columns():
    form = (("성명", "김철수", "부서", "약제부"), ("직급", "과장", "연락처", "02-123-4567"))
    assert table_lines(form) == ["- 성명: 김철수", "- 부서: 약제부", "- 직급: 과장", "- 연락처: 02-123-4567"]
    named = (("성명", "부서", "직급", "연락처"), ("김철수", "약제부", "과장", "02-123-4567"))
    assert table_lines(named) == ["김철수의 부서는 약제부, 직급은 과장, 연락처는 02-123-4567입니다."]
