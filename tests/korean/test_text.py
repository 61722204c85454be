"""Comparison keys: equal where Korean spacing and typography differ, different where a number does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.korean import nfc, squeeze

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1)


def test_decomposed_hangul_becomes_composed():
    decomposed = unicodedata.normalize("NFD", "아스피린")
    assert decomposed != "아스피린"
    assert nfc(decomposed) == "아스피린"


def test_composed_hangul_and_units_stay_as_they_are():
    assert nfc("와파린 5㎎, 漢字") == "와파린 5㎎, 漢字"


@given(HANGUL)
def test_nfc_undoes_what_macos_does_to_any_hangul(text):
    assert nfc(unicodedata.normalize("NFD", text)) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("20 mg", "20mg"),
        ("20㎎", "20 mg"),
        ("２０ｍｇ", "20mg"),
        ("4,000 mg", "4000mg"),
        ("4~6시간", "4 – 6 시간"),
        ("4∼6시간", "4-6시간"),
        ("와파린은 약입니다.", "와파린은약 입니다"),
        ("INR", "inr"),
        (unicodedata.normalize("NFD", "와파린"), "와파린"),
        ("무엇입니까?", "무엇입니까"),
    ],
)
def test_spellings_of_the_same_thing_have_one_key(one, other):
    assert squeeze(one) == squeeze(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5", "15"),
        ("20 mg", "200 mg"),
        ("4~6시간", "46시간"),
        ("10%", "10"),
        ("120/80", "12080"),
        ("와파린", "와파린은"),
    ],
)
def test_different_things_have_different_keys(one, other):
    assert squeeze(one) != squeeze(other)


def test_a_full_stop_goes_and_a_decimal_point_stays():
    assert squeeze("용량은 1.5 mg입니다. 끝.") == "용량은1.5mg입니다끝"


@given(st.lists(HANGUL, min_size=1))
def test_spaces_between_hangul_words_never_matter(words):
    assert squeeze(" ".join(words)) == squeeze("".join(words))


@given(st.text())
def test_a_key_has_no_spaces_whatever_the_text(text):
    assert not any(letter.isspace() for letter in squeeze(text))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_whole_numbers_share_a_key_only_when_equal(one, other):
    assert (squeeze(f"{one:,} mg") == squeeze(f"{other}mg")) == (one == other)
