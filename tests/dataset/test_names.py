"""Invented names look like those of the seeds and are none of them."""

import random

import pytest

from phi4.dataset.names import MAX_SYLLABLES, MIN_SYLLABLES, invent, is_name

NAMES = ("와파린", "로사르탄", "메트포르민", "세티리진")


def test_invented_names_are_new_and_in_shape():
    made = list(invent(NAMES, {"로사리진"}.__contains__, random.Random(1)))
    assert len(made) > 3
    assert len(set(made)) == len(made)
    assert not {*made} & {*NAMES, "로사리진"}
    assert all(MIN_SYLLABLES <= len(name) <= MAX_SYLLABLES for name in made)


def test_the_same_chance_makes_the_same_names():
    assert list(invent(NAMES, str.isspace, random.Random(3))) == list(invent(NAMES, str.isspace, random.Random(3)))


@pytest.mark.parametrize("names", [(), ("와파린",)])
def test_of_one_name_no_other_is_made(names):
    assert list(invent(names, str.isspace, random.Random(0))) == []


@pytest.mark.parametrize(
    ("word", "name"),
    [("와파린", True), ("세티리진", True), ("경복궁", True), ("의료인", False), ("응급환자", False),
     ("휴가 신청", False),
     ("ISO", False), ("책", False)],
)  # fmt: skip
def test_a_name_is_no_common_noun(word, name):
    assert is_name(word) is name
