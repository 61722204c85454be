"""Statements in 한다체 and notes become sentences in 합니다체, where that is sure."""

import pytest

from phi4.korean import register
from phi4.korean.polite import has_topic, polite_note, polite_statement, polite_text, politely


@pytest.mark.parametrize(
    ("plain", "polite"),
    [
        ("이 법은 국민의 건강을 지키는 것을 목적으로 한다.", "이 법은 국민의 건강을 지키는 것을 목적으로 합니다."),
        ("이 약은 밥과 함께 먹는다.", "이 약은 밥과 함께 먹습니다."),
        ("누구든지 이 표시를 떼어서는 아니 된다.", "누구든지 이 표시를 떼어서는 아니 됩니다."),
        ("그 밖에 필요한 사항은 대통령령으로 정한다.", "그 밖에 필요한 사항은 대통령령으로 정합니다."),
        ("그렇지 아니하다.", "그렇지 아니합니다."),
        ("장관은 자료의 제출을 요청할 수 있다.", "장관은 자료의 제출을 요청할 수 있습니다."),
        ("물은 얼음보다 무겁다.", "물은 얼음보다 무겁습니다."),
        ("그 길이가 길다.", "그 길이가 깁니다."),
        ("이 병은 위험이 크다.", "이 병은 위험이 큽니다."),
        ("공장에서 우유로 치즈를 만든다.", "공장에서 우유로 치즈를 만듭니다."),
        ("겨울에는 강이 언다.", "겨울에는 강이 업니다."),
        ("이 병은 쉬면 낫는다.", "이 병은 쉬면 낫습니다."),
        ("인슐린은 췌장에서 나오는 호르몬이다.", "인슐린은 췌장에서 나오는 호르몬입니다."),
        ("그는 만성 콩팥병 환자다.", "그는 만성 콩팥병 환자입니다."),
        ("이 약은 항생제가 아니다.", "이 약은 항생제가 아닙니다."),
        ("연구진은 이 물질을 처음 찾아냈다.", "연구진은 이 물질을 처음 찾아냈습니다."),
        ("세종은 조선의 넷째 왕이었다.", "세종은 조선의 넷째 왕이었습니다."),
        ("선생님이 오신다.", "선생님이 오십니다."),
        ('"혈액원"이란 허가를 받은 자를 말한다.', '"혈액원"이란 허가를 받은 자를 말합니다.'),
        ("하늘이 파랗다.", "하늘이 파랗습니다."),
        ("이 방법은 안전하다.", "이 방법은 안전합니다."),
        ("이 값은 사람마다 다르다.", "이 값은 사람마다 다릅니다."),
    ],
)
def test_a_plain_statement_is_said_politely(plain, polite):
    assert polite_statement(plain) == politely(plain) == polite
    assert register(polite) == "합니다체"


@pytest.mark.parametrize(
    "sentence",
    [
        "이 약은 하루 한 번 복용합니다.",
        "서류를 제출하다.",
        "이것이 무엇인가.",
        "손을 씻어라.",
        "사람이 나왔단다.",
        "기관(법인을 말한다. 이하 같다)은 이를 신고하여야 한다.",
        '그는 "먹는다.',
        "위장관 출혈",
        "약이다",
        "다.",
        "",
    ],
)
def test_what_is_no_plain_statement_or_not_surely_one_stays(sentence):
    assert polite_statement(sentence) is None
    assert politely(sentence) == sentence


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("신청은 온라인으로 가능함", "신청은 온라인으로 가능합니다."),
        ("서류는 5일 이내에 제출함.", "서류는 5일 이내에 제출합니다."),
        ("서류를 제출할 것", "서류를 제출해야 합니다."),
        ("반드시 손을 씻을 것.", "반드시 손을 씻어야 합니다."),
        ("이 약을 복용하지 말 것", "이 약을 복용하지 말아야 합니다."),
        ("신청일에 만 19세 이상일 것", "신청일에 만 19세 이상이어야 합니다."),
        ("다음 요건을 갖출 것", "다음 요건을 갖춰야 합니다."),
        ("신청서를 제출하여야 함;", "신청서를 제출하여야 합니다."),
        ("신청 자격이 없음", "신청 자격이 없습니다."),
        ("수수료는 무료임", "수수료는 무료입니다."),
        ("체온을 낮춤", "체온을 낮춥니다."),
        ("위험이 큼", "위험이 큽니다."),
        ("회의실은 오후 6시까지 이용할 수 있음", "회의실은 오후 6시까지 이용할 수 있습니다."),
        ("신청 서류는 다음과 같음", "신청 서류는 다음과 같습니다."),
        ("어린이의 손이 닿지 않는 곳에 둘 것", "어린이의 손이 닿지 않는 곳에 둬야 합니다."),
        ("회복을 도움", "회복을 돕습니다."),
        ("병이 나음", "병이 낫습니다."),
        ("길이가 긺", "길이가 깁니다."),
        ("서류를 제출하였음", "서류를 제출하였습니다."),
        ("2회 이상 투여하지 아니함", "2회 이상 투여하지 아니합니다."),
    ],
)
def test_a_note_that_is_a_clause_becomes_a_sentence(note, sentence):
    assert polite_note(note) == sentence


@pytest.mark.parametrize(
    "note",
    ["두통", "임신 3기 사용 금지", "가슴 답답함", "어지러움", "메스꺼움", "환자의 움직임", "도움", "모임", "먹을 것",
     "심장이 약한 환자", "알레르기로 인한 피부 가려움", "약을 먹은 뒤 어지러움", "식후에 어지러움", "얼굴 붉어짐",
     "음주 후 운전함 금지", "만 2세 미만의 소아", "(신고함", ""],
)  # fmt: skip
def test_the_name_of_a_thing_is_no_clause(note):
    assert polite_note(note) is None


@pytest.mark.parametrize(
    ("note", "is_told"),
    [("수수료는 무료", True), ("신청 기간은 5월 1일부터", True), ("술은 마시는 사람", False), ("두통", False)],
)
def test_what_has_a_topic_says_something_of_it(note, is_told):
    assert has_topic(note) is is_told


def test_each_sentence_of_a_text_is_turned_and_what_need_not_be_stays_as_it_is():
    assert polite_text("눈이 쌓인다. 문은 닫습니다.") == "눈이 쌓입니다. 문은 닫습니다."
    assert polite_text("문은  닫습니다.\n끝") == "문은  닫습니다.\n끝"
