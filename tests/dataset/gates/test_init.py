"""The gates together."""

import pytest

from phi4.dataset.gates import GATES, check, misstated
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, draft_about


@pytest.mark.parametrize("focus", QUESTIONS)
def test_a_good_draft_passes_every_gate(focus):
    assert check(draft_about(focus), WARFARIN) is None


def test_the_first_gate_that_objects_is_named():
    twice_wrong = draft_about(4, question="dose?", answer="5 mg", finish_reason="length")
    assert check(twice_wrong, WARFARIN)[0] == "finished"


def test_every_gate_has_a_reason_of_its_own():
    assert len({name for name, _ in GATES}) == len(GATES) == len({gate for _, gate in GATES})


@pytest.mark.parametrize(
    "step",
    [
        "와파린의 시작 용량은 보통 하루 50 mg입니다.",
        "와파린의 시작 용량은 보통 하루 5 mg이 아닙니다.",
        "감기에는 따뜻한 물과 휴식이 좋습니다.",
    ],
)
def test_a_step_that_tells_its_sentence_otherwise_is_misstated(step):
    assert (misstated(step, 4, WARFARIN) is None) == ("아닙니다" in step)  # 이다/아니다 is left to the votes


def test_a_step_in_other_words_is_not_misstated():
    assert misstated("와파린은 보통 하루 5밀리그램으로 시작합니다.", 4, WARFARIN) is None
    assert misstated(SENTENCES[3], 4, WARFARIN) is None
