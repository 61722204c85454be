"""The same bound as the gold's, and no other."""

import pytest

from phi4.evaluation.bounds import keeps_bounds
from phi4.evaluation.scores import is_right

WHO = "누가 가입할 수 있습니까?"


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("18세 미만이 대상입니다.", "18세 이상"),
        ("18세 이하입니다.", "18세 이상"),
        ("30분 이상입니다.", "30분 이내"),
        ("10 mg 초과입니다.", "10 mg 이하"),
        ("5 mg 이하입니다.", "5 mg 미만"),
        ("18세가 대상입니다.", "18세 이상"),
        ("18세 이상 65세 이상입니다.", "18세 이상 65세 미만"),
    ],
)
def test_another_bound_is_another_amount(answer, gold):
    assert not is_right(answer, [gold], WHO)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("18세 이상이 대상입니다.", "18세 이상"),
        ("18세부터 가입합니다.", "18세 이상"),
        ("30분 안에 먹습니다.", "30분 이내"),
        ("10 mg을 넘지 않아야 합니다.", "10 mg 이하"),
        ("18세 이상 65세 미만입니다.", "18세 이상 65세 미만"),
        ("18세 이상입니다.", "18세"),  # a gold that bounds nothing takes any
    ],
)
def test_the_same_bound_in_other_words_is_right(answer, gold):
    assert is_right(answer, [gold], WHO)


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("몇 세 이상이 가입할 수 있습니까?", "18세 이상"),
        ("몇 세까지 가입할 수 있습니까?", "18세 이하"),
        ("몇 세 미만이 가입할 수 없습니까?", "18세 미만"),
        ("몇 세를 넘으면 가입할 수 없습니까?", "18세 초과"),
    ],
)
def test_a_bound_that_the_question_states_need_not_be_told_again(question, gold):
    assert is_right("18세입니다.", [gold], question)
    assert not keeps_bounds("18세입니다.", gold, WHO)


def test_a_long_gold_bounds_its_amounts_too():
    gold = "18세 이상인 사람이 이 시험을 볼 수 있습니다."
    assert is_right("18세 이상인 사람이 이 시험을 볼 수 있습니다.", [gold])
    assert not is_right("18세 미만인 사람이 이 시험을 볼 수 있습니다.", [gold])
