"""Whole syllables, however the letters come."""

import itertools
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from phi4.korean import WholeSyllables, composed

JAMO = st.characters(min_codepoint=0x1100, max_codepoint=0x11FF)
SYLLABLE = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
HANGUL = st.text(SYLLABLE | st.sampled_from("a .\n<"))
ANYTHING = st.text(JAMO | SYLLABLE | st.characters())


def parts(text, places):
    stream = WholeSyllables()
    edges = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [stream.feed(text[start:end]) for start, end in itertools.pairwise(edges)] + [stream.finish()]


PLACES = st.lists(st.integers(min_value=0), max_size=10)


@given(HANGUL, PLACES)
def test_decomposed_text_comes_out_composed_and_whole(text, places):
    told = parts(unicodedata.normalize("NFD", text), places)
    assert "".join(told) == text
    assert not any(0x1100 <= ord(letter) <= 0x11FF for part in told for letter in part)


@given(ANYTHING, PLACES)
def test_the_cut_changes_nothing_for_any_text(text, places):
    assert "".join(parts(text, places)) == composed(text)


@given(HANGUL, PLACES)
def test_composed_text_passes_at_once(text, places):
    assert parts(text, places)[-1] == ""


def test_half_a_syllable_waits():
    stream = WholeSyllables()
    letters = unicodedata.normalize("NFD", "각")
    assert [stream.feed(letter) for letter in letters] == ["", "", ""]
    assert stream.feed("나") == "각나"
