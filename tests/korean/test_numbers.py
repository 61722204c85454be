"""Quantities: the number and its unit, in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.korean import Quantity, quantities
from phi4.korean.numbers import amounts, holds_name, numbered_names, says_half_of_day


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


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("2만 5천 원", (25000, "원")),
        ("3천만 원", (30_000_000, "원")),
        ("1억 2,000만 원", (120_000_000, "원")),
        ("1만 km", (10000, "km")),
        ("세 번", (3, "회")),
        ("사흘", (3, "일")),
        ("2주", (14, "일")),
        ("1시간 30분", (5400, "초")),
        ("2년 9개월", (33, "개월")),
        ("영하 18℃", (-18, "℃")),
        ("영하 18도로", (-18, "℃")),
        ("-18℃", (-18, "℃")),
        ("(–18℃)", (-18, "℃")),
        ("약 −18℃", (-18, "℃")),
        ("- 18℃", (18, "℃")),
        ("-3일 이내에 신고합니다.", (3, "일")),
        ("-2정씩", (2, "정")),
        ("오후 1시 반", (13.5, "시")),
        ("낮 12시", (12, "시")),
        ("새벽 2시", (2, "시")),
        ("연 0.8%포인트", (0.8, "%p")),
        ("두 알", (2, "알")),
    ],
)
def test_an_amount_is_read_as_one_measure(text, measure):
    assert [(float(value), unit) for value, unit in (amount.measure for amount in amounts(text))] == [measure]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("-25~-15℃", [-25, -15]),
        ("-25℃ ~ -15℃", [-25, -15]),
        ("영하 18~20℃", [-18, -20]),
        ("-5~5℃", [-5, 5]),
        ("325-650 mg", [325, 650]),
    ],
)
def test_each_end_of_a_range_has_its_own_sign(text, ends):
    assert [amount.value for amount in amounts(text)] == ends


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("민법 제12조의2제1항", ["제12조의2", "제1항"]),
        ("제1항제5호의2", ["제1항", "제5호의2"]),
        ("제 2 형 당뇨병", ["제 2 형"]),
        ("CYP2C9와 COVID-19", ["CYP2C9", "COVID-19"]),
        ("문제 2장과 10 m2와 10mg", []),
    ],
)
def test_a_name_with_a_number_is_read(text, names):
    assert numbered_names(text) == names


def test_a_name_is_found_in_any_spelling_and_is_not_the_beginning_of_another():
    assert all(holds_name(text, "제12조") for text in ("제 12 조", "12조", "제12조제1항"))
    assert not any(holds_name(text, "제12조") for text in ("제112조", "제12조의2", "제12항"))
    assert holds_name("비타민 B 12가", "b12")
    assert not holds_name("비타민 B12가", "B1")


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("12세 이상", "≥"),
        ("12세 미만", "<"),
        ("12세 이하", "≤"),
        ("12세를 초과한", ">"),
        ("12세가 넘은", ">"),
        ("최소 12 kg", "≥"),
        ("최대 12 kg", "≤"),
        ("12 kg을 넘지 않게", "≤"),
        ("12일을 넘기지 않아야", "≤"),
        ("12시간 넘게 두지 않습니다", "≤"),
        ("평점이 1.75에 미치지 못하면", "<"),
        ("12일 안에", "≤"),
        ("12일마다", ""),
    ],
)
def test_the_bound_of_an_amount_is_read(text, bound):
    assert [amount.bound for amount in amounts(text)] == [bound]


def test_an_hour_without_its_half_of_the_day_takes_the_one_told_before():
    assert [amount.value for amount in amounts("오후 6시부터 8시까지")] == [18, 20]
    assert not says_half_of_day(amounts("8시까지")[0])
    assert says_half_of_day(amounts("13시까지")[0])


def test_a_month_of_a_year_is_one_moment():
    assert {amount.unit for amount in amounts("1794년 1월")} == {"년", "월", "연월"}


@pytest.mark.parametrize("text", ["4분의 1", "한번 해 봅니다", "3도로에서", "2인터넷"])
def test_a_word_that_only_begins_as_a_unit_is_none(text):
    assert all(amount.unit not in ("초", "분", "회", "℃") for amount in amounts(text))


@given(st.text())
def test_amounts_of_any_text_are_in_order(text):
    starts = [amount.start for amount in amounts(text)]
    assert starts == sorted(starts)
