"""Every number with its unit, its bound, and what it is a number of."""

import pytest

from phi4.dataset.gates import check, numbers
from tests.dataset.gates.pairs import claim_of
from tests.samples import WARFARIN, draft_about


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"answer": "와파린의 시작 용량은 보통 하루 500 mg입니다."}, "answer: not in its sentence: 500 mg"),
        ({"answer": "와파린의 시작 용량은 보통 하루 5 g입니다."}, "answer: not in its sentence: 5 g"),
        ({"steps": {4: "와파린의 시작 용량은 보통 하루 2.5 mg입니다."}}, "step: not in its sentence: 2.5 mg"),
        ({"question": "와파린 10 mg의 시작 용량은 왜 그렇습니까?"}, "question: not in its sentences: 10 mg"),
    ],
)
def test_numbers_stops_a_quantity_that_the_passage_does_not_hold(fault, seen):
    assert numbers.numbered(draft_about(4, **fault), WARFARIN) == seen


def test_a_wrong_number_is_what_stops_an_otherwise_good_draft():
    wrong = draft_about(4, answer="와파린의 시작 용량은 보통 하루 500 mg입니다.")
    assert check(wrong, WARFARIN) == ("numbers", "answer: not in its sentence: 500 mg")


@pytest.mark.parametrize(
    ("focus", "answer"),
    [
        (4, "와파린의 시작 용량은 보통 하루 5밀리그램입니다."),
        (2, "와파린은 3일에서 5일이 걸립니다."),
        (3, "목표 INR은 2~3입니다."),
    ],
)
def test_numbers_passes_the_sentences_quantities_in_any_spelling(focus, answer):
    assert numbers.numbered(draft_about(focus, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("밥솥은 20분 동안 뜸을 들입니다.", "밥솥은 10분 동안 뜸을 들입니다."),
        ("벌금은 50만 원 이하입니다.", "벌금은 500만 원 이하입니다."),
        ("벌금은 500만 원 이상입니다.", "벌금은 500만 원 이하입니다."),
        ("18세 이하는 살 수 없습니다.", "18세 미만은 살 수 없습니다."),
        ("냉동고는 18℃로 둡니다.", "냉동고는 영하 18℃로 둡니다."),
        ("접수는 오후 9시에 시작합니다.", "접수는 오전 9시에 시작합니다."),
        ("다리는 1994년 3월에 놓였습니다.", "다리는 1994년 10월에 놓여 2012년 3월에 헐렸습니다."),
        ("감자는 15분을 삶습니다.", "감자는 15~20분을 삶습니다."),
        ("엔진 오일은 12개월마다 갑니다.", "엔진 오일은 6개월마다, 냉각수는 12개월마다 갑니다."),
        ("계약금은 60%입니다.", "계약금은 10%이고, 중도금은 60%입니다."),
        ("A동은 5층까지 30분이 걸립니다.", "A동은 30분이 걸리고 30분을 쉬며, B동은 5층까지 5층을 오릅니다."),
        ("보증 기간은 1년입니다.", "보증 기간은 2년입니다."),
        ("저장 공간은 256 MB입니다.", "저장 공간은 256 GB이고 파일은 40 MB입니다."),
        ("시험은 40페이지입니다.", "시험은 40문항입니다."),
        ("터는 300채입니다.", "터는 300평입니다."),
        ("하루 12량을 운항합니다.", "하루 12편을 운항합니다."),
        ("문은 10 J의 힘으로 엽니다.", "문은 10 N의 힘으로 엽니다."),
        ("배 8기가 있습니다.", "배 8척과 크레인 3기가 있습니다."),
        ("하루 1회 복용합니다.", "하루 2회 복용합니다."),
        ("하루 한 번 복용합니다.", "하루 세 번, 한 번에 2정을 복용합니다."),
        ("1회 1정 복용합니다.", "1회 2정 복용합니다."),
        ("하루 동안 복용합니다.", "3일 동안 복용합니다."),
        ("원서는 3월 1일까지 받습니다.", "원서는 3월 2일까지 받습니다."),
        ("냉동고는 -80℃로 둡니다.", "냉동고는 -20℃로 둡니다."),
        ("냉동고는 20℃로 둡니다.", "냉동고는 −20℃로 둡니다."),
        ("기록은 제21조에 따릅니다.", "기록은 제12조에 따릅니다."),
        ("기록은 제12조에 따릅니다.", "기록은 제12조의2에 따릅니다."),
        ("제1형 당뇨병에 씁니다.", "제2형 당뇨병에 씁니다."),
        ("1형 당뇨병에 씁니다.", "제2형 당뇨병에 씁니다."),
        ("약은 CYP3A4 효소가 분해합니다.", "약은 CYP2C9 효소가 분해합니다."),
        ("비타민 B1이 들어 있습니다.", "비타민 B12가 들어 있습니다."),
    ],
)
def test_a_number_told_otherwise_is_seen(told, source):
    assert numbers.misnumbered(claim_of(told, source))


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("벌금은 3천만 원 이하입니다.", "벌금은 3,000만 원 이하입니다."),
        ("하루 두 번 환기합니다.", "하루 2회 환기합니다."),
        ("사흘 안에 신고합니다.", "3일 이내에 신고합니다."),
        ("2주 안에 돌려줍니다.", "14일 안에 돌려줍니다."),
        ("90분이 걸립니다.", "1시간 30분이 걸립니다."),
        ("13시부터 접수합니다.", "오후 1시부터 접수합니다."),
        ("오후 1시 반에 엽니다.", "오후 1시 30분에 엽니다."),
        ("최대 40 kg까지 싣습니다.", "40 kg을 넘게 싣지 않습니다."),
        ("네 달에서 여섯 달이 걸립니다.", "4~6개월이 걸립니다."),
        ("엔진 오일은 6개월마다 교환합니다.", "엔진 오일은 6개월마다, 냉각수는 12개월마다 갑니다."),
        ("한 사람이 한 장만 받습니다.", "사람마다 표를 받습니다."),
        ("저장 공간은 256기가바이트입니다.", "저장 공간은 256 GB입니다."),
        ("목표는 100 정도입니다.", "목표는 100이라고 합니다."),
        ("배 8 척이 있습니다.", "배 8척과 크레인 3기가 있습니다."),
        ("119에 신고합니다.", "119 구급대에 신고합니다."),
        ("문은 10뉴턴으로 엽니다.", "문은 10 N의 힘으로 엽니다."),
        ("2차 감염은 드뭅니다.", "2차감염은 드뭅니다."),
        ("한 번에 2정씩 하루 세 번 복용합니다.", "하루 3회 2정씩 복용합니다."),
        ("하루 2정씩 3일 동안 복용합니다.", "3일 동안 매일 2정씩 복용합니다."),
        ("환자 한 명당 2명이 들어갑니다.", "환자마다 2명까지 들어갑니다."),
        ("한 가지는 예금입니다.", "상품은 예금과 적금 두 가지입니다."),
        ("냉동고는 영하 20도로 둡니다.", "냉동고는 -20℃로 둡니다."),
        ("냉동고는 영하 25도에서 영하 15도로 둡니다.", "냉동고는 -25~-15℃로 둡니다."),
        ("기록은 제 12 조 제 1 항에 따릅니다.", "기록은 제12조제1항에 따릅니다."),
        ("2형 당뇨병에 씁니다.", "제2형 당뇨병에 씁니다."),
        ("약은 cyp2c9 효소가 분해합니다.", "약은 CYP-2C9 효소가 분해합니다."),
        ("방은 10 m2입니다.", "방은 10 m2입니다."),
    ],
)
def test_the_same_number_in_other_words_passes(told, source):
    assert numbers.misnumbered(claim_of(told, source)) is None


def test_a_number_of_the_question_may_be_repeated():
    draft = draft_about(
        2, question="와파린은 3~5일이 왜 걸립니까?", answer="3~5일이 걸리는 것은 응고 인자를 억제하기 때문입니다."
    )
    assert numbers.numbered(draft, WARFARIN) is None


def test_a_number_of_another_sentence_is_none_of_the_question():
    draft = draft_about(6, question="와파린 5 mg을 아스피린과 함께 복용하면 어떻게 됩니까?")
    assert numbers.numbered(draft, WARFARIN) == "question: not in its sentences: 5 mg"


def test_a_name_with_a_number_may_be_the_questions_but_not_another_of_the_passage():
    told = claim_of("CYP2C9 효소가 분해합니다.", "이 효소가 분해합니다.", given="CYP2C9 효소는 무엇을 합니까?")
    assert numbers.misnumbered(told) is None
    draft = draft_about(4, question="CYP2C9 효소와 와파린의 시작 용량은 얼마입니까?")
    assert numbers.numbered(draft, WARFARIN) == "question: not in its sentences: CYP2C9"


def test_of_several_numbers_with_the_words_the_first_of_the_sentence_is_named():
    source = (
        "학생은 한 학기에 18학점까지 신청할 수 있으며, 직전 학기 평점이 4.0 이상이면 21학점까지 신청할 수 있습니다."
    )
    told = claim_of("학생은 한 학기에 21학점까지 신청할 수 있습니다.", source)
    assert numbers.misnumbered(told) == "21 학점 beside 학기, 한"
