"""Noun phrases: where they begin and end, and the kind of thing that they name."""

import pytest

from phi4.korean.clauses import read_statement
from phi4.korean.phrases import kind_asked, phrase_before


def phrases(sentence):
    statement = read_statement(sentence)
    found = (phrase_before(statement, index) for index in range(1, len(statement.tokens)))
    return [phrase.text for phrase in found if phrase]


def phrase(sentence):
    statement = read_statement(sentence)
    return next(
        found for index in range(1, len(statement.tokens)) if (found := phrase_before(statement, index)) is not None
    )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("암로디핀은 혈압을 낮춥니다.", ["암로디핀", "혈압"]),
        ("통증과 열을 줄입니다.", ["통증과 열"]),
        ("두통, 치통, 발열을 줄입니다.", ["두통, 치통, 발열"]),
        ("파손 및 분실을 신고합니다.", ["파손 및 분실"]),
        ("간의 대사 효소를 유도합니다.", ["간의 대사 효소"]),
        ("단백질(PBP)을 막습니다.", ["단백질(PBP)"]),
        ("어린이에게는 물을 줍니다.", ["어린이", "물"]),
        ("최소한 비용을 유지합니다.", ["비용"]),
    ],
)
def test_a_phrase_is_taken_whole(sentence, expected):
    assert phrases(sentence)[-len(expected) :] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "복용하는 것을 중단합니다.",
        "일부 세균을 없앱니다.",
        "두통 등을 줄입니다.",
        "5 mg을 먹습니다.",
        "세 명을 뽑습니다.",
        "깨끗한 물을 마십니다.",
        "이런 약을 먹습니다.",
    ],
)
def test_what_names_nothing_alone_is_no_phrase(sentence):
    assert phrases(sentence) == []


def test_a_verb_left_out_makes_no_list():
    assert "규명, 치료법" not in phrases("원인을 규명, 치료법을 찾습니다.")


def test_an_apposition_is_part_of_its_phrase():
    found = phrase("독성 대사체인 NAPQI로 바뀝니다.")
    assert (found.text, found.category) == ("NAPQI", "독성 대사체")
    assert kind_asked(found, "으로") == "어떤 독성 대사체로"


def test_an_amount_is_no_apposition():
    assert "어떤" not in kind_asked(phrase("직원은 출근합니다."), "이")
    assert phrase("경력이 3년 이상인 직원은 출근합니다.").category == ""


def test_a_person_is_taken_with_the_clause_that_describes_them():
    found = phrase("통증이 있는 환자는 약을 먹습니다.")
    assert found.text == "통증" or found.modified


@pytest.mark.parametrize(
    ("sentence", "particle", "expected"),
    [
        ("간 효소를 막습니다.", "을", "어떤 효소를"),
        ("심장 질환을 막습니다.", "을", "어떤 질환을"),
        ("당뇨병 환자가 먹습니다.", "이", "어떤 환자가"),
        ("지역 특산물을 삽니다.", "을", ""),
        ("효소를 막습니다.", "을", ""),
        ("간의 효소를 막습니다.", "을", ""),
        ("효소나 호르몬을 막습니다.", "을", ""),
        ("칼슘 유입을 막습니다.", "을", ""),
    ],
)
def test_a_kind_is_asked_for_where_a_word_names_it(sentence, particle, expected):
    statement = read_statement(sentence)
    found = [phrase_before(statement, index) for index in range(1, len(statement.tokens))]
    named = next((candidate for candidate in found if candidate), None)
    assert (kind_asked(named, particle) if named else "") == expected


@pytest.mark.parametrize(
    ("word", "is_person"),
    [
        ("환자", True),
        ("환자들", True),
        ("초등학생", True),
        ("지역주민", True),
        ("신청자", True),
        ("공사장", False),
        ("검사", False),
    ],
)
def test_people_are_told_from_things(word, is_person):
    particle = "는" if word.endswith(("자", "사")) else "은"
    assert phrase(f"{word}{particle} 서울에 있습니다.").is_person == is_person
