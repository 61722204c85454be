"""Seeds are graded by the manual's guide, each fault with what to do about it."""

import pytest

from phi4.records import Seed
from phi4.seeds import cut_passages, grade, near_duplicates

GOOD = (
    "보일러의 급수 온도는 60 ℃ 이상이어야 합니다. 급수 온도가 낮으면 배관이 수축하기 때문에 누수가 생길 수 있습니다. "
    "안전밸브(safety valve)는 압력이 0.98 MPa를 넘으면 열려 증기를 내보냅니다. "
    "따라서 운전자는 하루 한 번 밸브를 시험합니다. "
)


def seed(text, file="a.txt"):
    return Seed(file=file, sha256="0", text=text)


def test_a_good_seed_has_an_a_and_no_remark():
    found = grade(seed(GOOD * 4))
    assert (found.letter, found.remarks) == ("A", ())
    assert found.characters == len(GOOD * 4)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (GOOD, "짧습니다"),
        (GOOD * 16, "깁니다"),
        (
            "고객은 소중합니다. 우리는 늘 노력합니다. 마음이 먼저입니다. 친절은 좋은 일입니다. " * 12,
            "구체적인 사실이 적습니다",
        ),
        ("급수관은 12개입니다. 배수관은 8개입니다. 밸브는 30개입니다. 펌프는 2대입니다. " * 12, "인과관계가 적습니다"),
        (GOOD * 4 + "ERP와 WMS와 MES와 PLC를 씁니다.", "풀이 없는 약어가 많습니다: ERP, MES, PLC, WMS"),
    ],
)
def test_each_fault_is_named(text, remark):
    found = grade(seed(text))
    assert any(told.startswith(remark) for told in found.remarks), found


def test_one_fault_is_a_b_and_more_are_a_c():
    assert grade(seed(GOOD)).letter == "B"
    assert grade(seed("좋은 일입니다. 참 좋습니다.")).letter == "C"


@pytest.mark.parametrize("told", ["ERP(전사적 자원 관리)", "전사적 자원 관리(ERP)"])
def test_an_explained_abbreviation_is_none_of_the_faults(told):
    text = (
        GOOD * 4 + f"{told}와 MES(생산 관리)와 PLC(제어기)를 씁니다. ERP는 하나입니다. 제2차와 II형은 약어가 아닙니다."
    )
    assert grade(seed(text)).remarks == ()


def passages(*texts):
    return [p for n, text in enumerate(texts) for p in cut_passages(seed(text, f"{n}.txt"))]


def test_two_files_that_say_the_same_in_another_order_are_found():
    turned = " ".join(f"{sentence}." for sentence in reversed(GOOD.strip().removesuffix(".").split(". ")))
    assert near_duplicates(passages(GOOD, turned)) == [("0.txt", "1.txt", 1.0)]


def test_files_about_the_same_thing_are_no_duplicates():
    other = "보일러의 급수 온도는 80 ℃ 이하여야 합니다. 안전밸브는 해마다 바꿉니다. 운전자는 압력을 적습니다."
    assert near_duplicates(passages(GOOD, other)) == []
