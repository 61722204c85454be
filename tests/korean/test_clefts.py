"""Questions turned round: what is known first, what is asked last."""

import pytest

from phi4.korean.clefts import turned_round
from phi4.korean.relations import Asked


def cleft(question):
    found = turned_round(Asked(question, "fact", "답"))
    return found and found.question


@pytest.mark.parametrize(
    ("question", "turned"),
    [
        ("와파린은 무엇을 막습니까?", "와파린이 막는 것은 무엇입니까?"),
        ("이 펌프는 어떤 액체를 옮깁니까?", "이 펌프가 옮기는 액체는 무엇입니까?"),
        ("세종대왕은 1443년에 무엇을 창제했습니까?", "세종대왕이 1443년에 창제한 것은 무엇입니까?"),
        ("신청자는 무엇을 제출해야 합니까?", "신청자가 제출해야 하는 것은 무엇입니까?"),
        ("로사르탄은 무엇을 막지 않습니까?", "로사르탄이 막지 않는 것은 무엇입니까?"),
        ("국채는 왜 회사채보다 안전합니까?", "국채가 회사채보다 안전한 이유는 무엇입니까?"),
        ("약은 왜 혈압을 낮춥니까?", "약이 혈압을 낮추는 이유는 무엇입니까?"),
        ("바닷물은 무엇이 녹아 있기 때문에 무겁습니까?", "바닷물이 무거운 것은 무엇이 녹아 있기 때문입니까?"),
        ("약은 무엇을 줄이기 때문에 독성을 높입니까?", "약이 독성을 높이는 것은 무엇을 줄이기 때문입니까?"),
        ("무엇이 혈압을 낮춥니까?", "혈압을 낮추는 것은 무엇입니까?"),
        ("하루 최대 용량은 몇 mg입니까?", "하루 최대 용량은 얼마입니까?"),
    ],
)
def test_what_is_known_comes_first_and_what_is_asked_last(question, turned):
    assert cleft(question) == turned


@pytest.mark.parametrize(
    "question",
    [
        "와파린은 무엇입니까?",  # nothing to turn
        "약은 무엇을 줄여 독성을 높입니까?",  # the word belongs to the first clause
        "무엇이 켜지지 않으면 케이블을 확인합니까?",  # a condition of what is asked for
        "약은 왜 열이 나면 의사에게 알려야 합니까?",  # the topic is not who tells
        "아세트아미노펜은 왜 항염증제로 분류하지 않습니까?",  # the topic is what is classed
        "약은 무엇에 결합합니까?",  # a cleft would lose the particle
        "약을 드셨나요?",
    ],
)
def test_where_no_rule_is_sure_nothing_is_turned(question):
    assert cleft(question) is None


def test_kind_and_answer_stay():
    assert turned_round(Asked("와파린은 무엇을 막습니까?", "mechanism", "응고")) == Asked(
        "와파린이 막는 것은 무엇입니까?", "mechanism", "응고"
    )
