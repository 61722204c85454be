"""Why, how, what then, and what it is."""

import pytest

from phi4.korean.clauses import read_statement
from phi4.korean.relations import as_question, ask_consequence, ask_definition, ask_how, ask_why


def asked(rule, sentence):
    return [found.question for found in rule(read_statement(sentence))]


def test_a_statement_becomes_a_question():
    assert as_question("약을 먹습니다.") == "약을 먹습니까?"


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("약은 위를 자극하기 때문에 식후에 먹습니다.", "약은 왜 식후에 먹습니까?"),
        ("약은 위를 자극하므로 식후에 먹습니다.", "약은 왜 식후에 먹습니까?"),
        ("폭설로 인해 도로가 막혔습니다.", "왜 도로가 막혔습니까?"),
        ("도로는 폭설 때문에 막혔습니다.", "도로는 왜 막혔습니까?"),
        ("음식이 흡수를 방해하기 때문에 약은 공복에 먹습니다.", "왜 약은 공복에 먹습니까?"),
        ("약의 반감기는 7일로 길기 때문에 하루 한 번 먹습니다.", "약은 왜 하루 한 번 먹습니까?"),
        ("회사의 규정은 자주 바뀌기 때문에 매년 확인합니다.", "회사의 규정은 왜 매년 확인합니까?"),
    ],
)
def test_a_reason_is_asked_for(sentence, question):
    assert asked(ask_why, sentence) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "약을 먹으면 위험하기 때문에 금기입니다.",
        "약은 위를 자극하기 때문에 식후에 먹고, 술을 피합니다.",
        "낙뢰는 위험하므로 외출을 삼갑니다.",
        "아스피린은 지혈을 늦추기 때문에 수술을 앞둔 환자는 의사에게 알립니다.",
        "종합감기약에도 들어 있기 때문에 함께 복용하면 위험이 커집니다.",
        "지진 때문에 생긴 파도는 해안을 덮칩니다.",
    ],
)
def test_why_is_not_asked_where_it_would_not_say_of_what(sentence):
    assert asked(ask_why, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("압축기는 냉매를 압축하여 온도를 높입니다.", "압축기는 어떻게 온도를 높입니까?"),
        ("장보고는 청해진을 설치하여 무역을 장악했습니다.", "장보고는 어떻게 무역을 장악했습니까?"),
    ],
)
def test_a_means_is_asked_for(sentence, question):
    assert asked(ask_how, sentence) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "회사는 안전에 대하여 책임을 집니다.",
        "위원회는 위원장을 포함하여 위원을 뽑습니다.",
        "약은 하루 8정을 초과하여 먹지 않습니다.",
        "약은 호르몬을 합성하여 만든 제제입니다.",
        "도서관은 주민을 위하여 문을 엽니다.",
    ],
)
def test_what_names_no_means_is_not_asked_how(sentence):
    assert asked(ask_how, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("냉각수가 부족하면 엔진이 과열됩니다.", "냉각수가 부족하면 어떻게 됩니까?"),
        ("전원을 끄면 기계가 멈춥니다.", "전원을 끄면 어떻게 됩니까?"),
        ("카드를 잃어버리면 은행에 신고해야 합니다.", "카드를 잃어버리면 어떻게 해야 합니까?"),
        ("계약을 해지하려면 서면으로 통보해야 합니다.", "계약을 해지하려면 어떻게 해야 합니까?"),
        ("3년 이상 근무하면 휴직을 신청할 수 있습니다.", "3년 이상 근무하면 무엇을 할 수 있습니까?"),
    ],
)
def test_what_follows_from_a_condition_is_asked_for(sentence, question):
    assert asked(ask_consequence, sentence) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "화면 밝기를 낮춥니다.",
        "문을 열면 안 됩니다.",
        "식후에 먹으면 됩니다.",
        "비가 오고 바람이 불면 눈이 쌓이면 길이 막힙니다.",
        "열이 나면 약을 먹습니다.",
        "냄새가 나면 가스가 새는 것입니다.",
        "여권을 만들려면 신분증이 필요합니다.",
    ],
)
def test_what_does_not_follow_is_not_asked_for(sentence):
    assert asked(ask_consequence, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("와파린(warfarin)은 혈액 응고를 늦추는 약물입니다.", "와파린은 무엇입니까?"),
        ("해독제는 글루타치온을 보충하는 아세틸시스테인(NAC)입니다.", "해독제는 무엇입니까?"),
        ("대한민국의 수도는 서울입니다.", "대한민국의 수도는 어디입니까?"),
        ("고려의 수도는 개경이었습니다.", "고려의 수도는 어디였습니까?"),
        ("경복궁은 조선의 정궁이었습니다.", "경복궁은 무엇이었습니까?"),
        ("훈민정음을 만든 사람은 세종대왕입니다.", "훈민정음을 만든 사람은 누구입니까?"),
        ("신청 기한은 다음 달 말일입니다.", "신청 기한은 언제입니까?"),
    ],
)
def test_it_is_asked_what_who_where_and_when_it_is(sentence, question):
    assert asked(ask_definition, sentence) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "출입은 금지입니다.",
        "선거일은 공휴일입니다.",
        "빈혈은 혈색소가 부족한 상태입니다.",
        "용량은 10 mg입니다.",
        "와파린은 혈액 응고를 늦춥니다.",
        "사고의 원인은 과속 때문입니다.",
    ],
)
def test_what_is_no_definition_is_not_asked_for(sentence):
    assert asked(ask_definition, sentence) == []
