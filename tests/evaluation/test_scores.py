"""Scores of short answers: right ones in any spelling, wrong ones in none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.evaluation.scores import character_f1, contains_gold


@pytest.mark.parametrize(
    ("answer", "golds"),
    [
        ("하루 최대 용량은 4,000 mg입니다.", ["4000mg"]),
        ("하루 최대 4000 mg까지 복용합니다.", ["4,000 mg", "4 g"]),
        ("비타민K가 많은 음식입니다.", ["비타민 K"]),
        ("목표 INR은 2.0∼3.0입니다.", ["2.0~3.0"]),
        ("레이 증후군의 위험 때문입니다.", ["레이증후군"]),
        ("COX 효소를 억제합니다.", ["사이클로옥시게나제", "COX"]),
        ("CYP2C9 효소입니다.", ["cyp2c9"]),
        ("800 µg입니다.", ["800 μg"]),
        ("비타민 K", ["비타민 K"]),  # decomposed Hangul
    ],
)
def test_a_right_answer_is_found_in_any_spelling(answer, golds):
    assert contains_gold(answer, golds)


@pytest.mark.parametrize(
    ("answer", "golds"),
    [
        ("120 mg을 복용합니다.", ["20 mg"]),
        ("20 mg을 복용합니다.", ["120 mg"]),
        ("13일 동안입니다.", ["3일"]),
        ("2.5 mg입니다.", ["5 mg"]),
        ("CKD 환자입니다.", ["CK"]),
        ("5 g입니다.", ["5 mg"]),
        ("", ["레이 증후군"]),
        ("모릅니다.", []),
        ("2.0~3.0입니다.", ["2.0~3.5"]),
    ],
)
def test_a_wrong_answer_is_not(answer, golds):
    assert not contains_gold(answer, golds)


def test_character_f1_is_one_for_the_gold_and_falls_with_every_word_too_many():
    assert character_f1("레이 증후군", ["레이증후군"]) == 1.0
    some = character_f1("레이 증후군 때문입니다", ["레이증후군"])
    assert 0.5 < some < 1.0
    assert character_f1("출혈", ["레이증후군"]) == 0.0


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_f1_lies_between_zero_and_one(answer, golds):
    assert 0.0 <= character_f1(answer, golds) <= 1.0


@given(st.from_regex(r"[가-힣]{2,12}", fullmatch=True), st.from_regex(r"[가-힣 ]{0,20}", fullmatch=True))
def test_a_gold_is_found_wherever_it_stands(gold, around):
    assert contains_gold(f"{around}{gold}{around}", [gold])
