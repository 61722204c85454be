"""Ids become text as they come, and no character is ever cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.chat_format import ChatTokenizer
from phi4.engines.detokenise import Detokeniser
from tests.tiny import make_tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("detokenise")
    make_tokenizer(made)
    return made


@pytest.fixture(scope="module")
def both(folder):
    return ChatTokenizer(folder), Detokeniser(folder)


@given(text=st.text(alphabet="가각힣 안녕a1🙂é\n.", max_size=30), cuts=st.lists(st.integers(1, 4)))
def test_any_text_in_any_portions_comes_out_whole(both, text, cuts):
    tokenizer, detokeniser = both
    ids = tokenizer.encode(text)
    stream, said, told = detokeniser.stream(), [], []
    rest = list(ids)
    while rest:
        many = cuts.pop() if cuts else 1
        piece, known = stream.feed(rest[:many])
        rest = rest[many:]
        assert "\ufffd" not in piece
        said.append(piece)
        told += known
    assert ("".join(said), told + stream.rest()) == (tokenizer.decode(ids), ids)


def test_a_character_that_was_cut_gives_no_text_but_its_ids(both):
    tokenizer, detokeniser = both
    ids = tokenizer.encode("힣")  # not in the vocabulary: one id a byte
    assert len(ids) == 3
    stream = detokeniser.stream()
    assert stream.feed(ids[:2]) == ("", [])
    assert stream.rest() == ids[:2]
    assert stream.rest() == []


def test_markers_give_no_text(both):
    tokenizer, detokeniser = both
    stream = detokeniser.stream()
    assert stream.feed([tokenizer.im_start, *tokenizer.encode("답"), tokenizer.im_end])[0] == "답"
