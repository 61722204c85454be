"""Who or what does something, as far as the verb tells."""

import pytest

from phi4.korean.clauses import read_statement
from phi4.korean.doer import asks_who, doer_word


def particle_of(statement, word):
    end = statement.text.index(word) + len(word)
    return next(index for index, token in enumerate(statement.tokens) if token.start == end)


@pytest.mark.parametrize(
    ("sentence", "doer", "word"),
    [
        ("와파린은 혈액 응고를 늦춥니다.", "와파린", "무엇이"),
        ("엔진이 과열됩니다.", "엔진", "무엇이"),
        ("대출 이자가 늘어납니다.", "대출 이자", "무엇이"),
        ("신분증이 필요합니다.", "신분증", "무엇이"),
        ("조선은 1392년에 건국되었습니다.", "조선", "무엇이"),
        ("세종대왕은 훈민정음을 창제했습니다.", "세종대왕", "누가"),
        ("시청은 보조금을 지급합니다.", "시청", "누가"),
        ("건축 허가는 구청이 승인합니다.", "구청", "누가"),
        ("채권은 정부가 빌린 돈을 적은 증서입니다.", "채권", "무엇이"),
    ],
)
def test_the_verb_tells_who_or_what(sentence, doer, word):
    statement = read_statement(sentence)
    assert doer_word(statement, particle_of(statement, doer), doer) == word


@pytest.mark.parametrize(
    ("sentence", "topic"),
    [
        ("회의실은 누리집에서 예약합니다.", "회의실"),
        ("보조금은 시청이 지급합니다.", "보조금"),
        ("휴가는 15일을 줍니다.", "휴가"),
        ("소화기는 현관에 두고, 매달 압력을 확인합니다.", "소화기"),
        ("창문은 닫는 것이 좋습니다.", "창문"),
        ("밸브는 외출 전에 손잡이를 돌려야 합니다.", "밸브"),
        ("이순신은 왜군을 크게 이겼습니다.", "이순신"),
        ("펀드는 원금이 보장되지 않습니다.", "펀드"),
        ("과태료는 10만 원입니다.", "과태료"),
    ],
)
def test_a_topic_that_may_be_no_doer_is_not_asked_for(sentence, topic):
    statement = read_statement(sentence)
    assert doer_word(statement, particle_of(statement, topic), topic) is None


@pytest.mark.parametrize(
    ("sentence", "person", "asks"),
    [
        ("직원은 사직서를 제출합니다.", "직원", True),
        ("어린이는 보호자와 함께 입장합니다.", "어린이", True),
        ("환자가 병원에 갑니다.", "환자", True),
        ("대표는 이사회가 선임합니다.", "대표", False),
        ("성인은 1회 2정 복용합니다.", "성인", False),
        ("의사는 병을 고치는 사람입니다.", "의사", False),
    ],
)
def test_a_person_is_asked_for_where_the_rest_says_enough(sentence, person, asks):
    statement = read_statement(sentence)
    assert asks_who(statement, particle_of(statement, person)) is asks
