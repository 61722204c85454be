"""What declines to answer, and what only sounds like it."""

import pytest

from phi4.evaluation.refusal import declines, is_refusal


@pytest.mark.parametrize(
    "answer",
    [
        "모릅니다.",
        "죄송하지만 그 내용은 알 수 없습니다.",
        "그 정보는 자료에 없어서 답변드릴 수 없습니다.",
        "제가 배운 자료에는 와파린의 반감기에 대한 내용이 없습니다.",
        "와파린의 반감기는 언급되어 있지 않습니다.",
        "해당 내용은 확인할 수 없습니다. 의사와 상담하십시오.",
        "잘 모르겠어요.",
        "해당 내용은 자료에 포함되어 있지 않습니다.",
        "그 정보는 제공되지 않았습니다.",
        "죄송하지만 확인할 수 없습니다.",
        "허가 시기는 확인할 수 없습니다.",
        "그 내용을 자료에서 찾을 수 없습니다.",
        "관련 기록이 없습니다.",
        "반감기에 대한 기록이 없습니다.",
    ],
)
def test_an_honest_refusal_is_seen(answer):
    assert is_refusal(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "원인을 알 수 없는 근육통이 생기면 크레아틴키나제를 검사해야 합니다.",
        "감기 같은 바이러스 감염에는 효과가 없습니다.",
        "씹거나 부수지 않습니다.",
        "임신부는 복용해서는 안 됩니다.",
        "뚜렷한 상호작용이 없습니다.",
        "와파린의 반감기는 40시간입니다.",
        "수수료는 포함되지 않습니다.",
        "주차 공간은 제공되지 않습니다.",
        "개인정보는 동의 없이 제3자에게 제공하지 않습니다.",
        "개인정보는 제3자에게 제공할 수 없습니다.",
        "서명이 없으면 본인을 확인할 수 없습니다.",
        "이 약은 약국에서 찾을 수 없습니다.",
        "범죄 기록이 없습니다.",
        "지원자는 범죄 기록이 없어야 합니다.",
    ],
)
def test_a_statement_with_a_no_in_it_is_none(answer):
    assert not is_refusal(answer)


def test_a_refusal_that_comes_after_an_answer_is_an_afterthought():
    assert not is_refusal("5 mg입니다. 하루 한 번 먹습니다. 다른 용량은 알 수 없습니다.")


def test_a_gold_that_sounds_like_a_refusal_is_an_answer():
    gold = "정확한 원인은 알려져 있지 않습니다."
    assert not declines("정확한 원인은 알려져 있지 않습니다.", [gold])
    assert declines("정확한 원인은 알 수 없습니다.", ["유전"])


def test_what_the_question_or_the_evidence_denies_is_an_answer():
    asked = "안개가 낀 날에는 무엇이 확인할 수 없습니까?"
    told = "안개가 낀 날에는 표지판이 확인할 수 없습니다."
    assert declines(told, ["표지판"])
    assert not declines(told, ["표지판"], asked)
    assert not declines(told, ["표지판"], "", ["안개가 끼면 표지판을 확인할 수 없습니다."])


def test_a_refusal_stays_one_where_the_question_denies_too():
    asked = "개인정보는 누구에게 제공할 수 없습니까?"
    assert declines("그 정보는 제공할 수 없습니다.", ["제3자"], asked)
    assert declines("제공할 수 없습니다.", ["제3자"], asked)
    assert declines("그 상대는 확인할 수 없습니다.", ["제3자"], "", ["제3자는 확인할 수 없습니다."])
    assert not declines("개인정보는 제3자에게 제공할 수 없습니다.", ["제3자"], asked)


def test_what_names_no_more_than_the_question_answers_nothing():
    asked = "와파린의 반감기는 몇 시간입니까?"
    assert declines("와파린의 반감기를 확인할 수 없습니다.", ["40시간"], asked)
    assert declines("와파린의 반감기를 찾을 수 없습니다.", [], asked)
    assert declines("정확한 반감기를 확인할 수 없습니다.", [], asked)
    assert declines("해당 약품의 반감기를 찾을 수 없습니다.", ["40시간"], asked)
    assert declines("위 글에서는 확인할 수 없습니다.", ["40시간"], asked)
    assert not declines("와파린의 활성 대사체를 확인할 수 없습니다.", ["40시간"], asked)


def test_where_nothing_is_known_nothing_may_be_denied():
    assert declines("그 약은 확인할 수 없습니다.", [], "그 약은 언제 확인할 수 없습니까?")
