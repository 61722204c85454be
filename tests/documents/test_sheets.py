"""Spreadsheets: a row says one thing."""

import datetime
from collections import Counter

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.documents.plain import read_text_file
from phi4.documents.sheets import GROUP, read_csv, read_xlsx
from phi4.documents.tables import table_lines


def test_a_sheet_is_a_page_with_its_title_lines_and_named_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "약품"
    for row in (
        ["2026년 약품 목록"],
        [],
        ["약물", "용량", "입고"],
        ["와파린", 5.0, datetime.datetime(2026, 3, 2)],
        ["아스피린", 0.1, None],
    ):
        sheet.append(row)
    secret = book.create_sheet("내부")
    secret.append(["비밀"])
    secret.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = [block for block in read_xlsx(tmp_path / "a.xlsx") if block.kind != "page"]
    assert [(block.kind, block.text) for block in found] == [
        ("heading", "약품"), ("paragraph", "2026년 약품 목록"), ("table", ""), ("left", "내부"),
    ]  # fmt: skip
    assert found[2].named
    assert found[2].rows == (("약물", "용량", "입고"), ("와파린", "5", "2026-03-02"), ("아스피린", "0.1"))


def test_a_workbook_is_read_whatever_it_is_called(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["와파린은 하루 한 번 복용합니다."])
    book.save(tmp_path / "약품 목록.xlsx")
    other = (tmp_path / "약품 목록.xlsx").rename(tmp_path / "약품 목록")
    assert [block.text for block in read_xlsx(other) if block.kind == "paragraph"] == [
        "와파린은 하루 한 번 복용합니다."
    ]


@pytest.mark.parametrize(
    ("value", "look", "told"),
    [
        (0.05, "0%", "5%"),
        (0.125, "0%", "12.5%"),
        (0.07, "0.00%;[Red]-0.00%", "7%"),
        (-0.5, "0%", "-50%"),
        (0.05, '0.00"%"', "0.05"),
        (0.05, "General", "0.05"),
        (123, "00000", "00123"),
        (1012345678, "000-0000-0000", "010-1234-5678"),
        (1012345678, "000\\-0000\\-0000", "010-1234-5678"),
        (1234567, "000-000", "1234-567"),
        (12.5, "000", "12.5"),
        (12, "0", "12"),
        (1234, "#,##0", "1234"),
        (True, "0%", "True"),
        ("05", "0%", "05"),
    ],
)
def test_a_number_is_told_as_it_looks_and_never_rounded(tmp_path, value, look, told):
    book = openpyxl.Workbook()
    book.active.append([value])
    book.active["A1"].number_format = look
    book.save(tmp_path / "a.xlsx")
    assert [block.text for block in read_xlsx(tmp_path / "a.xlsx") if block.kind == "paragraph"] == [told]


def test_a_long_table_comes_in_groups_that_repeat_the_names():
    text = "이름;값\n" + "".join(f"항목{n};설명{n}\n" for n in range(GROUP + 1))
    one, two = read_csv(text)
    assert (len(one.rows), len(two.rows)) == (GROUP + 1, 2)
    assert one.rows[0] == two.rows[0] == ("이름", "값")


def told(text):
    """What the seeds say of a CSV text."""
    return [
        line
        for block in read_csv(text)
        for line in (table_lines(block.rows, block.named) if block.kind == "table" else [block.text])
    ]


@pytest.mark.parametrize(
    "more", ["", "전화,02-123-4567\n", "전화,02-123-4567\n팩스,02-123-4568\n우편번호,03080\n", "비고,없음\n기타,없음\n"]
)
def test_labels_with_their_values_are_no_names_of_columns(more):
    assert told(f"담당자,김철수\n부서,약제부\n{more}")[:2] == ["- 담당자: 김철수", "- 부서: 약제부"]


def test_a_form_of_four_columns_has_no_names():
    assert told("성명,김철수,부서,약제부\n직급,과장,담당,조제\n")[0] == "- 성명: 김철수"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("약물,용량\n가,5 mg\n나,7 mg\n다,9 mg\n", "가의 용량은 5 mg입니다."),
        ("약물,분류\n가,항응고제\n나,항혈소판제\n다,항응고제\n라,항혈소판제\n", "가의 분류는 항응고제입니다."),
        ("구분,뜻\n가,하나\n나,둘\n다,셋\n", "가의 뜻은 하나입니다."),
        ("번호,병동\n1,내과\n", "번호 1의 병동은 내과입니다."),
        ("약물,분류,병동\n가,항응고제,내과\n", "가의 분류는 항응고제, 병동은 내과입니다."),
    ],
)
def test_rows_that_look_otherwise_than_the_first_have_its_names(text, line):
    assert told(text)[0] == line


def test_a_row_alone_before_an_empty_one_is_told():
    assert told("담당부서,약제부\n\n약물,용량\n와파린,5 mg\n")[0] == "- 담당부서: 약제부"
    assert told("약물,용량,금기\n") == ["- 약물: 용량, 금기"]


def test_columns_that_are_not_read_are_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("phi4.documents.sheets.MAX_COLUMNS", 2)
    book = openpyxl.Workbook()
    book.active.append(["가", "나", None])
    book.save(tmp_path / "a.xlsx")
    assert [block.reason for block in read_xlsx(tmp_path / "a.xlsx") if block.kind == "left"] == []
    book.active.append(["가", "나", "다"])
    book.save(tmp_path / "a.xlsx")
    [block] = [block for block in read_xlsx(tmp_path / "a.xlsx") if block.kind == "left"]
    assert block.reason == "columns after the first 2"


def test_a_quote_that_first_comes_late_does_not_split_its_field():
    rows = "".join(f'"항목{n}","설명 {n}"\n' for n in range(900))
    *_, last = read_csv(f'이름,값\n{rows}"유언","그는 ""피, 땀""이라 했다"\n')
    assert last.rows[-1] == ("유언", '그는 "피, 땀"이라 했다')


ROWS = (
    [],
    ["", ""],
    ["제목"],
    ["담당자", "김철수"],
    ["12", "5 mg"],
    ["약물", "용량", "금기"],
    ["가", "", "나다", "12"],
)


@given(st.lists(st.sampled_from(ROWS), max_size=12).map(lambda rows: rows * 9))
def test_no_cell_is_lost(rows):
    text = "".join(",".join(row) + "\n" for row in rows)
    given_ = Counter(cell for row in rows for cell in row if cell)
    found = Counter()
    for block in read_csv(text):
        found.update(filter(None, [block.text, *(cell for row in block.rows for cell in row)]))
    assert given_ <= found


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_fields_are_parted_by_what_the_file_uses(tmp_path, separator):
    (tmp_path / "a.csv").write_bytes(f"약물{separator}용량\n똠방각하{separator}5 mg\n".encode("cp949"))
    [table] = read_csv(read_text_file(tmp_path / "a.csv"))
    assert table.rows[1] == ("똠방각하", "5 mg")
