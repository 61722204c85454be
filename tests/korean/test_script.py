"""Letters that leak into Korean, and those that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.korean import foreign_letters, foreign_words, hangul_share


@pytest.mark.parametrize(
    ("text", "leaked"),
    [
        ("혈액 凝固를 늦춥니다.", "凝固"),
        ("효과가 ある 약입니다.", "ある"),
        ("カリウム을 높입니다.", "カリウム"),
        ("출혈 риск이 큽니다.", "риск"),
        ("복용합니다。", "。"),
        ("두통；발열", "；"),
        ("「와파린」은", "「」"),
        ("깨진 글자 \ufffd", "\ufffd"),
        ("ยา를 먹습니다", "ยา"),
    ],
)
def test_a_foreign_letter_is_found(text, leaked):
    assert foreign_letters(text) == leaked


@pytest.mark.parametrize(
    "text",
    [
        "와파린(warfarin)은 비타민 K를 막습니다.",
        "α-차단제 5 μg, 38℃, 20㎎",
        "쇼그렌(Sjögren) 증후군",
        "체질량지수는 kg/m² 단위입니다.",
        "① 두통 ② 발열 Ⅳ형 ½정",
        "ㄱ. 두통 ᄀ",
        "“인용”과 ‘인용’ … – ~ · % ≥ 3",
        "",
    ],
)
def test_what_belongs_in_a_korean_text_is_no_leak(text):
    assert foreign_letters(text) == ""


def test_a_quotation_of_the_source_is_no_leak():
    assert foreign_letters("이 법은 道路를 말합니다.", "도로(道路)란 다음을 말한다.") == ""


def test_only_the_letters_that_the_source_lacks_are_named_once():
    assert foreign_letters("道路 道路 法 法", "도로(道路)") == "法"


def test_latin_inside_a_korean_word_is_a_foreign_word():
    assert foreign_words("글루타ichi온을 보충합니다.", "글루타치온을 보충합니다.") == ["ichi"]


def test_a_new_latin_word_is_named_once_in_order():
    assert foreign_words("risk와 benefit과 risk", "위험과 이익") == ["risk", "benefit"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("NSAID를 씁니다.", "nsaid(비스테로이드 항염증제)"),
        ("Aspirin입니다.", "아스피린(aspirin)"),
        ("비타민 K와 A형", "비타민"),
        ("아무 라틴 글자도 없습니다.", ""),
    ],
)
def test_words_of_the_source_and_single_letters_are_not_foreign(text, source):
    assert foreign_words(text, source) == []


def test_the_hangul_share_counts_letters_only():
    assert hangul_share("가나 12 ab!") == 0.5
    assert hangul_share("와파린입니다.") == 1.0
    assert hangul_share("Warfarin") == 0.0
    assert hangul_share("12 % …") == 0.0


@given(st.text())
def test_a_text_never_leaks_against_itself(text):
    assert foreign_letters(text, text) == ""
    assert foreign_words(text, text) == []


@given(st.text())
def test_the_hangul_share_is_a_share_of_any_text(text):
    assert 0.0 <= hangul_share(text) <= 1.0
