"""Spreadsheets: a row says one thing."""

import datetime

import openpyxl
import pytest

from phi4.documents.plain import read_text_file
from phi4.documents.sheets import GROUP, read_csv, read_xlsx


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


def test_a_long_table_comes_in_groups_that_repeat_the_names():
    text = "이름;값\n" + "".join(f"항목{n};설명{n}\n" for n in range(GROUP + 1))
    one, two = read_csv(text)
    assert (len(one.rows), len(two.rows)) == (GROUP + 1, 2)
    assert one.rows[0] == two.rows[0] == ("이름", "값")


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_fields_are_parted_by_what_the_file_uses(tmp_path, separator):
    (tmp_path / "a.csv").write_bytes(f"약물{separator}용량\n똠방각하{separator}5 mg\n".encode("cp949"))
    [table] = read_csv(read_text_file(tmp_path / "a.csv"))
    assert table.rows[1] == ("똠방각하", "5 mg")
