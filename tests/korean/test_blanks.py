"""A question word in the place of a phrase: which word, and where none can stand."""

import pytest

from phi4.korean.blanks import ask_phrases
from phi4.korean.clauses import read_statement


def asked(sentence):
    return [question for question, _ in ask_phrases(read_statement(sentence))]


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("와파린은 비타민 K를 막습니다.", "와파린은 무엇을 막습니다."),
        ("엔진이 과열됩니다.", "무엇이 과열됩니다."),
        ("직원은 사직서를 제출합니다.", "누가 사직서를 제출합니다."),
        ("당뇨병 환자는 약을 먹습니다.", "어떤 환자가 약을 먹습니다."),
        ("간호사는 환자를 돌봅니다.", "간호사는 누구를 돌봅니다."),
        ("회사는 대표를 임명합니다.", "회사는 누구를 임명합니다."),
        ("사직서는 부서장에게 제출합니다.", "사직서는 누구에게 제출합니다."),
        ("임신부에게는 약이 금기입니다.", "누구에게 약이 금기입니다."),
        ("약은 간 효소에 의해 대사됩니다.", "약은 어떤 효소에 의해 대사됩니다."),
        ("물은 수증기로 바뀝니다.", "물은 무엇으로 바뀝니다."),
        ("약을 우유와 함께 먹습니다.", "약을 무엇과 함께 먹습니다."),
        ("어린이는 보호자와 함께 입장합니다.", "어린이는 누구와 함께 입장합니다."),
        ("총무과는 본관 2층에 있습니다.", "총무과는 어디에 있습니다."),
        ("신청서는 세무서에 제출합니다.", "신청서는 어디에 제출합니다."),
        ("약은 간에서 대사됩니다.", "약은 어디에서 대사됩니다."),
        ("백신은 가을에 접종합니다.", "백신은 언제 접종합니다."),
        ("도서관은 월요일과 금요일에 쉽니다.", "도서관은 언제 쉽니다."),
        ("NAPQI는 독성 대사체인 물질을 만듭니다.", "NAPQI는 어떤 독성 대사체를 만듭니다."),
        ("암로디핀은 면역억제제인 타크로리무스의 농도를 높입니다.", "암로디핀은 어떤 면역억제제의 농도를 높입니다."),
        ("아스피린은 와파린의 효과를 높입니다.", "아스피린은 무엇의 효과를 높입니다."),
        ("약은 태아의 기능을 떨어뜨립니다.", "약은 누구의 기능을 떨어뜨립니다."),
        ("물이 끓는 온도를 끓는점이라고 합니다.", "물이 끓는 온도를 무엇이라고 합니다."),
    ],
)
def test_a_phrase_gives_way_to_its_question_word(statement, question):
    assert question in asked(statement)


def test_the_reason_for_what_a_person_does_is_left_out():
    statement = "당뇨병 환자는 혈당이 오르기 때문에 단 음식을 피합니다."
    assert "어떤 환자가 단 음식을 피합니다." in asked(statement)


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("일부 세균은 내성을 보입니다.", "어떤 세균은"),
        ("여권을 만들려면 한 시간이 걸립니다.", "무엇이 걸립니다"),
        ("뇌가 손상되는 증후군이 생깁니다.", "무엇이 손상되는"),
        ("알레르기가 있는 환자가 약을 먹습니다.", "무엇이 있는"),
        ("질문이 있거나 답이 없으면 교사에게 묻습니다.", "무엇이 있거나"),
        ("손을 씻고 음식을 만듭니다.", "무엇을 씻고"),
        ("약은 항생제가 아닙니다.", "무엇이 아닙니다"),
        ("관리를 합니다.", "무엇을 합니다"),
        ("가스에서 멀리 떨어집니다.", "어디에서 멀리"),
        ("환자에서 부작용이 나타납니다.", "어디에서"),
        ("높은 농도에서 효과가 나타납니다.", "어디에서"),
        ("두통과 과호흡이 나타납니다.", "두통과 무엇이"),
        ("창문을 닫도록 합니다.", "무엇을 닫도록"),
        ("시설(수도를 쓰는 곳)에서 물을 씁니다.", "시설(무엇을"),
        ("'안전 제일'을 현관에 붙입니다.", "'무엇"),
        ("모자를 사용을 권합니다.", "무엇을 사용을"),
    ],
)
def test_where_no_question_word_can_stand_none_is_put(statement, question):
    assert not any(question in found for found in asked(statement))


@pytest.mark.parametrize(
    "statement",
    ["출입은 금지입니다.", "효과가 있습니다.", "주의가 필요합니다.", "5 mg을 먹습니다.", "두통 등이 나타납니다."],
)
def test_a_word_that_names_nothing_is_not_asked_for(statement):
    assert asked(statement) == []


def test_what_is_asked_for_comes_with_the_question():
    told = dict(ask_phrases(read_statement("독성 대사체인 NAPQI는 간세포를 파괴합니다.")))
    assert told["독성 대사체인 NAPQI는 무엇을 파괴합니다."] == "간세포"


@pytest.mark.parametrize(
    "statement",
    [
        "와파린은 비타민 K의 작용을 막아 혈액 응고를 늦춥니다.",
        "냉각수가 부족하면 엔진이 과열됩니다.",
        "중앙은행은 통화량을 조절하여 물가를 안정시킵니다.",
    ],
)
def test_a_question_keeps_what_stands_before_and_behind_the_blank(statement):
    for question, words in ask_phrases(read_statement(statement)):
        before, after = statement.split(words, 1)
        assert question.startswith(before)
        assert question.endswith(after[2:])
        assert words not in question[len(before) : len(before) + len(words)]
