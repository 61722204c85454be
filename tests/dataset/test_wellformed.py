"""What can be said of a row that rests on no single sentence."""

import pytest

from phi4.dataset.gates import GATES
from phi4.dataset.wellformed import FORM, form_fault
from tests.samples import draft_about


def test_the_gates_of_form_are_gates():
    assert set(FORM) <= {name for name, _ in GATES}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"answer": "와파린의 용량은 500 mg입니다."}, None),  # no passage is asked
        ({"answer": "와파린의 용량은 5 mg이다."}, "register"),
        ({"answer": "华法林抑制凝血。"}, "korean"),
        ({"question": "와파린에 대해 설명해 주세요."}, "question"),
    ],
)
def test_form_is_judged_without_a_passage(changes, reason):
    fault = form_fault(draft_about(4, **changes))
    assert (fault and fault[0]) == reason
