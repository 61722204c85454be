"""Marks of items, and lines that only look as if they had one."""

import pytest

from phi4.korean import split_sentences
from phi4.korean.items import finishes_word, starts_item


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "· ", "○ ", "1. ", "12) ", "가. ", "나) ", "  - ", "하. "])
def test_a_bullet_is_no_part_of_its_sentence(bullet):
    assert starts_item(f"{bullet}출혈이 생깁니다.")
    assert split_sentences(f"{bullet}출혈이 생깁니다.") == ["출혈이 생깁니다."]


@pytest.mark.parametrize(
    "line",
    ["1.5 mg을 복용합니다.", "-5도에서 보관합니다.", "나는 먹습니다.", "2024년입니다.", "", "물. 그리고", "까. 그래서"],
)
def test_a_line_that_only_looks_like_an_item_is_none(line):
    assert not starts_item(line)


@pytest.mark.parametrize("above", ["하루 한 번 복용합니", "약을 먹었", "효과가 없", "먹지 않"])
def test_the_rest_of_a_broken_verb_is_no_item(above):
    assert finishes_word("다. 자몽 주스는 피합니다.", above)
    assert not starts_item("다. 자몽 주스는 피합니다.", above)


@pytest.mark.parametrize("above", ["나. 서류를 낸 자", "신청 방법", "피합니다.", "어머니", ""])
def test_the_third_item_of_a_list_is_one(above):
    assert starts_item("다. 자몽 주스", above)
