"""Nobody and nothing takes the place of another."""

import pytest

from phi4.dataset.gates import roles
from tests.dataset.gates.pairs import claim_of


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("임대인은 임차인에게 월세를 냅니다.", "임차인은 임대인에게 월세를 냅니다."),
        ("모터가 베어링을 닳게 하면 소음이 열을 만듭니다.", "베어링이 모터를 닳게 하면 열이 소음을 만듭니다."),
        ("본사는 3층을, 지사는 5층을 쓰고 남은 곳은 비웁니다.", "지사는 3층을, 본사는 5층을 쓰고 남은 곳은 비웁니다."),
        ("남쪽에는 장안문이, 북쪽에는 팔달문이 있습니다.", "남쪽에는 팔달문이, 북쪽에는 장안문이 있습니다."),
        ("면을 건지면 물이 끓어 소금이 녹습니다.", "물이 끓으면 소금이 녹아 면을 건집니다."),
        ("수술한 뒤에는 금식합니다.", "수술 전에는 금식합니다."),
        ("책은 금요일부터 반납합니다.", "책은 금요일까지 반납합니다."),
        ("전원을 끈 뒤에 덮개를 엽니다. 덮개를 열기 전에 기다립니다.", "전원을 끄기 전에 덮개를 엽니다."),
        (
            "덜 익힌 콩은 물러지고, 너무 오래 익힌 콩은 비린내가 납니다.",
            "덜 익힌 콩은 비린내가 나고, 너무 오래 익힌 콩은 물러집니다.",
        ),
    ],
)
def test_an_exchange_is_seen(told, source):
    assert roles.exchanged(claim_of(told, source))


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("월세는 임차인이 임대인에게 냅니다.", "임차인은 임대인에게 월세를 냅니다."),
        ("물이 끓으면 소금을 넣습니다.", "물이 끓으면 소금을 넣고 면을 삶습니다."),
        ("팔달문은 남쪽에, 장안문은 북쪽에 있습니다.", "남쪽에는 팔달문이, 북쪽에는 장안문이 있습니다."),
        ("덮개를 열기 전에 전원을 끕니다.", "덮개를 열기 전에는 반드시 전원을 끄고 기다립니다."),
        (
            "세입자는 2년 미만으로 정한 계약이라도 2년을 주장합니다.",
            "기간은 적어도 2년이며, 2년 미만으로 정한 계약도 세입자는 2년을 주장합니다.",
        ),
        ("개봉한 뒤에는 실온에 둡니다.", "개봉 전에는 냉장고에, 개봉 후에는 실온에 둡니다."),
        ("창구는 금요일까지 엽니다.", "창구는 월요일부터 금요일까지 엽니다."),
        ("예약 전에는 상담하지 않습니다.", "상담은 예약 후 진행합니다."),
        ("모터가 과열되는 것은 필터가 막히기 때문입니다.", "필터가 막히면 모터가 과열됩니다."),
    ],
)
def test_the_same_parts_in_another_order_pass(told, source):
    assert roles.exchanged(claim_of(told, source)) is None


LEAVE = (
    "본인의 결혼에는 5일을 주며, 증빙 서류는 청첩장입니다.",
    "부모의 사망에는 5일을 주며, 증빙 서류는 사망진단서입니다.",
)


def test_what_something_is_said_to_be_in_another_sentence_is_seen():
    told = "본인의 결혼에는 5일을 주며, 증빙 서류는 사망진단서입니다."
    assert roles.exchanged(claim_of(told, *LEAVE))


@pytest.mark.parametrize(
    "told", ["본인의 결혼에 내는 증빙 서류는 청첩장입니다.", "청첩장은 본인의 결혼에 내는 서류입니다.", LEAVE[0]]
)
def test_what_it_is_said_to_be_in_its_own_sentence_passes(told):
    assert roles.exchanged(claim_of(told, *LEAVE)) is None
