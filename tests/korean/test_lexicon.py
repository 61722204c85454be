"""The word lists: no word in two lists that contradict each other."""

import pytest

from phi4.korean import lexicon

LISTS = {name: words for name, words in vars(lexicon).items() if name.isupper()}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_whole_words(name):
    assert LISTS[name]
    assert all(word == word.strip() and word for word in LISTS[name])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PERSONS", "VAGUE"),
        ("PERSONS", "INSTITUTIONS"),
        ("PERSONS", "SEASONS"),
        ("WHERE", "WHEN"),
        ("SEASONS", "NO_PLACES"),
    ],
)
def test_no_word_means_two_things(one, other):
    assert set(LISTS[one]) & set(LISTS[other]) == set()
