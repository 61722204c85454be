"""What of a conversation a model is shown."""

import pytest

from phi4.chat import Dialogue, TooLong
from phi4.chat_format import ChatTokenizer
from phi4.records import Message
from tests.tiny import make_tokenizer


@pytest.fixture(scope="module")
def dialogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dialogue")
    make_tokenizer(folder)
    return Dialogue(ChatTokenizer(folder), "정중하게 답하세요.", 100)


def talk(turns):
    return [
        Message(role="assistant" if number % 2 else "user", content=f"{number}번째 말입니다") for number in range(turns)
    ]


def test_without_a_limit_everything_is_shown(dialogue):
    ids, left_out = dialogue.fit(talk(9), 0)
    assert (ids, left_out) == (dialogue.render(talk(9)), 0)


def test_what_fits_exactly_is_shown_whole(dialogue):
    whole = dialogue.render(talk(9))
    assert dialogue.fit(talk(9), len(whole)) == (whole, 0)


def test_the_oldest_turns_go_a_question_with_its_answer(dialogue):
    whole = dialogue.render(talk(9))
    ids, left_out = dialogue.fit(talk(9), len(whole) - 1)
    assert left_out == 2
    assert ids == dialogue.render(talk(9)[2:])


@pytest.mark.parametrize("room", range(60, 400, 17))
def test_the_system_turn_and_the_last_question_always_stay(dialogue, room):
    ids, left_out = dialogue.fit(talk(9), room)
    assert len(ids) <= room
    assert ids == dialogue.render(talk(9)[left_out:])
    assert left_out % 2 == 0


def test_a_question_that_does_not_fit_alone_is_refused_with_numbers(dialogue):
    with pytest.raises(TooLong, match=r"does not|do not") as caught:
        dialogue.fit([Message(role="user", content="가" * 500)], 200)
    assert "200" in caught.value.message


def test_limits_are_the_operators_at_most(dialogue):
    assert dialogue.limits(10**9).max_tokens == 100
    assert dialogue.limits(7).max_tokens == 7
    assert dialogue.limits().max_tokens == 100


def test_a_seed_makes_a_warm_answer_repeatable_and_fits_every_engine(dialogue):
    assert dialogue.limits(temperature=1.0, seed=-3).seed == dialogue.limits(temperature=1.0, seed=-3).seed
    assert 0 <= dialogue.limits(temperature=1.0, seed=-(2**63)).seed < 2**31
    assert len({dialogue.limits(temperature=1.0).seed for _ in range(9)}) > 1
