"""What the exam asks is kept out of the training rows, also in other words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.dataset.decontamination import Exam

QUESTION = "와파린을 복용하는 성인의 목표 INR은 얼마입니까?"


@pytest.mark.parametrize(
    "asked",
    [
        QUESTION,
        "  와파린을 복용하는 성인의 목표 INR은 얼마입니까 ?",
        "성인의 목표 INR은, 와파린을 복용하는 경우에, 얼마입니까?",
        "와파린을 복용하는 성인은 목표 INR이 얼마인가요?",
    ],
)
def test_a_question_of_the_exam_is_known_in_any_order_and_ending(asked):
    assert Exam([QUESTION]).asks(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "와파린의 시작 용량은 하루 몇 mg입니까?",
        "와파린은 왜 효과가 늦게 나타납니까?",
        "헤파린을 투여하는 소아의 최소 용량은 몇 단위입니까?",
        "",
    ],
)
def test_another_question_is_free(asked):
    assert Exam([QUESTION]).asks(asked) is None


def test_without_an_exam_every_question_is_free():
    assert Exam().asks(QUESTION) is None


def test_a_question_without_content_bars_no_other():
    assert Exam(["?"]).asks("하고 있습니까?") is None


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_every_question_of_the_exam_is_known_again(question):
    assert Exam([QUESTION, question]).asks(question) in (QUESTION, question)
