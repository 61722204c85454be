"""Numbers, hours and dates: what is asked for with 몇, 얼마 and 언제, and which numbers are none."""

import pytest

from phi4.korean.amounts import AMOUNT, ask_amounts
from phi4.korean.clauses import read_statement


def asked(sentence):
    return [question for question, _ in ask_amounts(read_statement(sentence))]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("하루 최대 용량은 4,000 mg입니다.", ["하루 최대 용량은 몇 mg입니다."]),
        ("성인은 하루 2~5 mg을 복용합니다.", ["성인은 하루 몇 mg을 복용합니다."]),
        ("용액은 0.5 – 1.5 L로 만듭니다.", ["용액은 몇 L로 만듭니다."]),
        ("소아는 체중 1 kg당 10~15 mg을 복용합니다.", ["소아는 체중 1 kg당 몇 mg을 복용합니다."]),
        ("주사액은 10 kg마다 5 mL를 더합니다.", ["주사액은 10 kg마다 몇 mL를 더합니다."]),
        ("항생제는 8시간마다 복용합니다.", ["항생제는 몇 시간마다 복용합니다."]),
        ("신고는 14일 이내에 합니다.", ["신고는 며칠 이내에 합니다."]),
        ("결제일은 매월 25일입니다.", ["결제일은 매월 며칠입니다."]),
        ("임기는 3년이며, 연임할 수 있습니다.", ["임기는 몇 년입니다."]),
        ("반감기는 30시간으로 길기 때문에 자주 먹지 않습니다.", ["반감기는 몇 시간입니다."]),
        ("인구는 약 950만 명입니다.", ["인구는 약 몇 명입니다."]),
        ("과태료는 10만 원입니다.", ["과태료는 얼마입니다."]),
        ("이용료 5,000원을 냅니다.", ["이용료 얼마를 냅니다."]),
        ("보증금이 2억 5천만 원 이상이면 신고합니다.", ["보증금이 얼마 이상이면 신고합니다."]),
        ("목표 INR은 2.0~3.0입니다.", ["목표 INR은 얼마입니다."]),
        ("근무는 일주일에 두 번 합니다.", ["근무는 일주일에 몇 번 합니다."]),
        ("하루 한 번만 복용합니다.", ["하루 몇 번 복용합니다."]),
        ("조직은 세 가지로 나뉩니다.", ["조직은 몇 가지로 나뉩니다."]),
        ("조선은 1392년에 건국되었습니다.", ["조선은 언제 건국되었습니다."]),
        ("전쟁은 1950년 6월 25일에 시작되었습니다.", ["전쟁은 언제 시작되었습니다."]),
        ("접수는 3월 2일부터 받습니다.", ["접수는 언제부터 받습니다."]),
        ("민원실은 오전 9시부터 오후 6시까지 엽니다.", ["민원실은 몇 시부터 몇 시까지 엽니다."]),
        ("주차장은 오전 7시 30분에 엽니다.", ["주차장은 몇 시에 엽니다."]),
        ("축제는 매년 5월에 열립니다.", ["축제는 매년 몇 월에 열립니다."]),
    ],
)
def test_an_amount_is_asked_for_in_its_unit(statement, expected):
    assert asked(statement) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "제2형 당뇨병은 만성 질환입니다.",
        "약은 CYP2C9 효소가 분해합니다.",
        "코로나19는 COVID-19라고도 합니다.",
        "세티리진은 2세대 약물입니다.",
        "물의 3분의 1이 증발합니다.",
        "응급 상황에서는 119번을 누릅니다.",
        "정제는 5 mg, 10 mg, 20 mg이 있습니다.",
        "근로 시간은 하루 8시간, 일주일 40시간입니다.",
        "암로디핀 5 mg 정제는 물과 함께 먹습니다.",
        "혈소판의 수명인 10일 동안 이어집니다.",
        "장마철(6~7월)에는 비가 많습니다.",
        "성인과 12세 이상 청소년은 복용할 수 있습니다.",
        "소매는 체온이 38도를 넘기 때문에 붉습니다.",
        "한 사람이 문을 엽니다.",
        "한 번에 삼킵니다.",
    ],
)
def test_a_number_that_is_no_amount_of_its_own_is_not_asked_for(statement):
    assert asked(statement) == []


def test_the_base_of_a_rate_is_not_asked_for():
    assert asked("성인은 1일 3회 복용합니다.") == ["성인은 1일 몇 회 복용합니다."]
    assert asked("빛은 1초에 30만 km를 갑니다.") == ["빛은 1초에 몇 km를 갑니다."]


def test_the_amount_comes_with_its_unit():
    statement = read_statement("성인은 하루 2~5 mg을 복용합니다.")
    assert [words for _, words in ask_amounts(statement)] == ["2~5 mg"]


@pytest.mark.parametrize("text", ["5 mgX", "A2", "10.5.3", "5일장", "3대째", "2020-5"])
def test_what_only_begins_like_an_amount_is_none(text):
    assert AMOUNT.search(text) is None
