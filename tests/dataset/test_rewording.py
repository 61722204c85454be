"""A question is asked of something else only where it stays a good question."""

import pytest

from phi4.dataset.rewording import LONGEST, as_clause, particles, same_end, swap_subject, written_nouns


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("바르토핀은 무엇을 막습니까?", "바르토핀이 무엇을 막는지"),
        ("가격은 얼마입니까?", "가격이 얼마인지"),
        ("바르토핀은 국내에서 몇 년에 나왔나요?", "바르토핀이 국내에서 몇 년에 나왔는지"),
        ("작년에는 얼마나 팔렸습니까?", "작년에는 얼마나 팔렸는지"),
        ("누가 썼나요?", "누가 썼는지"),
        ("무엇일까요?", ""),
    ],
)
def test_a_question_becomes_what_is_not_known(question, clause):
    assert as_clause(question) == clause


def test_the_subject_is_exchanged_under_its_particle():
    assert swap_subject("바르토핀을 얼마나 복용합니까?", "바르토핀", "셀리도민") == "셀리도민을 얼마나 복용합니까?"


@pytest.mark.parametrize(
    "question",
    [
        "인슐린 글라진은 무엇입니까?",  # the subject is part of a longer name
        "인슐린은 왜 셀리도민의 효과를 줄입니까?",  # the other is there already
        "인슐린은 왜 인슐린이 됩니까?",
        "인슐린은 혈당을 낮추기 때문에 무엇을 일으킵니까?",  # a premise that is untrue of the other
        "칼슘은 무엇입니까?",
        "인슐린은 " + "아주 " * LONGEST + "무엇입니까?",
    ],
)
def test_a_question_that_would_become_a_bad_one_is_left(question):
    assert swap_subject(question, "인슐린", "셀리도민") == ""


def test_nouns_are_told_as_they_are_written():
    assert written_nouns("저혈당의 두근거림을 세균과 비교합니까?") == ["저혈당", "세균"]


def test_the_same_particles_follow_words_of_the_same_end():
    assert same_end("바르토핀", "셀리도민")
    assert not same_end("바르토핀", "살부타몰")  # ㄹ takes 로
    assert (particles("배")["은"], particles("감", "x")["x을"]) == ("는", "을")
