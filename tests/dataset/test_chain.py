"""Which sentences lead to another."""

from phi4.dataset.chain import leading_to
from phi4.records import Passage

SENTENCES = (
    "아스피린은 해열진통제입니다.",
    "아스피린은 사이클로옥시게나제 효소를 억제합니다.",
    "사이클로옥시게나제가 억제되면 트롬복산 생성이 줄어듭니다.",
    "트롬복산이 줄면 혈소판이 잘 뭉치지 않습니다.",
    "아스피린은 서늘한 곳에 보관합니다.",
)
ASPIRIN = Passage(file="a.txt", sha256="0", first=11, sentences=SENTENCES, headings=("",) * len(SENTENCES))


def test_a_chain_runs_from_cause_to_effect():
    assert leading_to(14, ASPIRIN) == (12, 13)


def test_a_sentence_that_has_to_do_with_none_has_no_chain():
    assert leading_to(15, ASPIRIN) == ()


def test_a_passage_of_one_sentence_has_no_chain():
    alone = Passage(file="a.txt", sha256="0", first=1, sentences=SENTENCES[:1], headings=("",))
    assert leading_to(1, alone) == ()
