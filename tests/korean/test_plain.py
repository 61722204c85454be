"""Written words said as people say them, with the right endings and particles."""

import pytest

from phi4.korean.plain import in_everyday_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("와파린을 복용하면 왜 출혈이 증가합니까?", "와파린을 먹으면 왜 출혈이 늘어납니까?"),
        ("약물이 체중을 감소시킵니까?", "약이 몸무게를 감소시킵니까?"),
        ("체중이 늘면 어떻게 됩니까?", "몸무게가 늘면 어떻게 됩니까?"),
        ("어떤 질환을 예방합니까?", "어떤 병을 막습니까?"),
        ("출석률이 저하되는 이유는 무엇입니까?", "출석률이 떨어지는 이유는 무엇입니까?"),
        ("신청서는 언제까지 제출해야 하나요?", "신청서는 언제까지 내야 하나요?"),
        ("배설을 촉진하여 무엇을 제거했습니까?", "배설을 도와 무엇을 없앴습니까?"),
        ("과도한 양을 즉시 중단해야 합니까?", "지나친 양을 바로 멈춰야 합니까?"),
        ("어떤 병을 고치는 데 사용합니까?", "어떤 병을 고치는 데 씁니까?"),
        ("치료를 받은 이후 무엇이 줄었습니까?", "치료를 받은 뒤 무엇이 줄었습니까?"),
        ("야간에 운행하는 차량은 무엇입니까?", "밤에 운행하는 차는 무엇입니까?"),
    ],
)
def test_written_words_are_said_plainly(written, said):
    assert in_everyday_words(written) == said


@pytest.mark.parametrize(
    "question",
    [
        "서울의 인구는 몇 명입니까?",
        "백신을 냉장 보관하는 이유는 무엇입니까?",  # 냉장 보관 is one thing
        "와파린의 복용 시간은 언제입니까?",
        "약물치료의 목적은 무엇입니까?",  # a part of a longer word
        "신청은 언제부터 시작됩니까?",
        "2020년 이후 출생자는 누구입니까?",
        "대상은 몇 년 이후 출생자입니까?",
        "3월 2일 현재 회원은 몇 명입니까?",
        "장기 복용하면 어떻게 됩니까?",
        "",
        "?",
    ],
)
def test_what_has_no_everyday_word_stays(question):
    assert in_everyday_words(question) == question
