"""Two answers to one question: the same or not."""

import pytest

from phi4.dataset.agreement import agree

DOSE = "와파린의 시작 용량은 하루 몇 mg입니까?"
WHY = "임신부가 와파린을 복용하면 안 되는 이유는 무엇입니까?"
MAY = "임신부는 와파린을 복용할 수 있습니까?"


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (DOSE, "와파린의 시작 용량은 보통 하루 5 mg입니다.", "하루 5밀리그램입니다."),
        (WHY, "태아에게 출혈을 일으킬 수 있기 때문입니다.", "와파린은 태아의 출혈을 일으킬 수 있기 때문에 위험합니다."),
        (MAY, "임신부는 와파린을 복용해서는 안 됩니다.", "임신부는 와파린을 복용하지 말아야 합니다."),
    ],
)
def test_the_same_in_other_words(question, answer, other):
    assert agree(answer, other, question)
    assert agree(other, answer, question)


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (DOSE, "와파린의 시작 용량은 보통 하루 5 mg입니다.", "하루 10 mg입니다."),
        (DOSE, "와파린의 시작 용량은 보통 하루 5 mg입니다.", "알 수 없습니다."),
        (WHY, "태아에게 출혈을 일으킬 수 있기 때문입니다.", "간에서 대사되기 때문입니다."),
        (MAY, "임신부는 와파린을 복용해서는 안 됩니다.", "임신부는 와파린을 복용할 수 있습니다."),
        (WHY, "태아에게 출혈을 일으킬 수 있기 때문입니다.", ""),
    ],
)
def test_another_answer(question, answer, other):
    assert not agree(answer, other, question)
