"""Quantities: the number and its unit, in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.korean import Quantity, quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("하루 5 mg", {("5", "mg")}),
        ("하루 500밀리그램", {("500", "mg")}),
        ("500㎎을", {("500", "mg")}),
        ("500MG", {("500", "mg")}),
        ("１０ mg", {("10", "mg")}),
        ("4~6시간 간격", {("4", "시간"), ("6", "시간")}),
        ("7 – 10 일", {("7", "일"), ("10", "일")}),
        ("325-650 mg씩", {("325", "mg"), ("650", "mg")}),
        ("최대 4,000 mg", {("4000", "mg")}),
        ("1,200,000 단위", {("1200000", "단위")}),
        ("INR 2.0~3.0", {("2", ""), ("3", "")}),
        ("0.50 g", {("0.5", "g")}),
        ("20 μg과 30 mcg", {("20", "ug"), ("30", "ug")}),
        ("10 퍼센트, 10％", {("10", "%")}),
        ("38도", {("38", "℃")}),
        ("38.5°C", {("38.5", "℃")}),
        ("12살 미만", {("12", "세")}),
        ("2주간", {("2", "주")}),
        ("체중 1 kg당 10 mg/kg", {("1", "kg"), ("10", "mg/kg")}),
        ("혈압 140 mmHg", {("140", "mmhg")}),
        ("나트륨 75 mmol씩", {("75", "mmol")}),
        ("하루 3회, 1정", {("3", "회"), ("1", "정")}),
        ("3 log 감소", {("3", "")}),
    ],
)
def test_a_number_is_read_with_its_unit(text, expected):
    assert quantities(text) == {Quantity(*pair) for pair in expected}


@pytest.mark.parametrize("text", ["트롬복산 A2의 생성", "CYP3A4", "제2형 당뇨병", "숫자가 없습니다.", ""])
def test_a_digit_inside_a_name_is_no_quantity(text):
    assert quantities(text) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [("5 mg", "500 mg"), ("5 mg", "5 g"), ("5 mg", "5"), ("1.5 mg", "15 mg"), ("5분", "5시간"), ("10 mm", "10 mmol")],
)
def test_different_quantities_are_never_taken_for_each_other(one, other):
    assert quantities(one).isdisjoint(quantities(other))


def test_the_spelling_of_a_unit_does_not_matter():
    assert quantities("500 mg") == quantities("500밀리그램") == quantities("500㎎")


@given(st.integers(0, 10**9), st.sampled_from(["mg", "kg", "mL", "시간", "일", "%"]))
def test_thousands_commas_do_not_matter(number, unit):
    assert quantities(f"{number:,} {unit}") == quantities(f"{number}{unit}")


@given(st.decimals(0, 10**6, places=3), st.decimals(0, 10**6, places=3))
def test_two_decimals_are_equal_only_when_their_values_are(one, other):
    assert (quantities(f"{one} mg") == quantities(f"{other} mg")) == (one == other)


@given(st.text())
def test_any_text_can_be_read(text):
    assert all(quantity.value for quantity in quantities(text))
