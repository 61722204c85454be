"""What is affirmed stays so, what is denied too."""

import pytest

from phi4.dataset.gates import polarity
from tests.dataset.gates.pairs import claim_of


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("건조기에 신발을 넣습니다.", "건조기에 신발을 넣지 않습니다."),
        ("수습 직원은 재택근무를 신청할 수 있습니다.", "수습 직원은 재택근무를 신청할 수 없습니다."),
        ("달군 냄비에 찬물을 부어도 됩니다.", "달군 냄비에 찬물을 부어서는 안 됩니다."),
        ("계약서는 암호화하지 않고 보냅니다.", "계약서는 암호화해서 보냅니다."),
        (
            "기온이 오르면 소금이 더 많이 녹아 농도가 낮아집니다.",
            "기온이 오르면 소금이 더 많이 녹아 농도가 높아집니다.",
        ),
        ("밸브를 열면 압력이 늘어납니다.", "밸브를 열면 압력이 줄어듭니다."),
        ("경고가 뜨면 운전을 계속합니다.", "경고가 뜨면 운전을 멈춥니다."),
        ("연체자는 벌금이 부과됩니다.", "연체자는 벌금이 면제됩니다."),
    ],
)
def test_a_claim_that_turns_its_sentence_round_is_seen(told, source):
    assert polarity.contradicted(claim_of(told, source))


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("건조기에 신발을 넣으면 안 됩니다.", "건조기에 신발을 넣지 않습니다."),
        ("신발은 넣지 못합니다.", "신발은 넣을 수 없습니다."),
        (
            "우대 금리는 받지 못하고 기본 금리의 절반만 적용됩니다.",
            "우대 금리는 적용되지 않고, 기본 금리의 절반만 받습니다.",
        ),
        ("밸브를 열면 압력이 내려갑니다.", "밸브를 열면 압력이 낮아집니다."),
        ("신청하지 않으면 받을 수 없습니다.", "신청하지 않은 사람은 받을 수 없습니다."),
        ("조회는 할 수 있으나 고칠 수는 없습니다.", "자료를 조회할 수 있지만, 고칠 수는 없습니다."),
        (
            "등록금은 네 번에 걸쳐 낼 수 있습니다.",
            "등록금을 기한 안에 내지 않으면 제적되지만, 네 번에 나누어 낼 수 있습니다.",
        ),
    ],
)
def test_the_same_in_other_words_passes(told, source):
    assert polarity.contradicted(claim_of(told, source)) is None
