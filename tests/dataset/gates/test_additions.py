"""Nothing is told that the sentences do not hold."""

import pytest

from phi4.dataset.gates import additions
from tests.dataset.gates.pairs import claim_of


@pytest.mark.parametrize(
    ("told", "source", "seen"),
    [
        ("된장국에는 두부와 애호박과 버섯이 들어갑니다.", "된장국에는 두부와 애호박이 들어갑니다.", "버섯"),
        ("대리인은 위임장과 인감증명서를 냅니다.", "대리인은 위임장을 냅니다.", "인감증명서"),
        ("프린터는 습기와 먼지가 없는 곳에 둡니다.", "프린터는 먼지가 없는 곳에 둡니다.", "습기"),
        ("퇴근할 때는 창문을 닫고 경비실에 열쇠를 맡깁니다.", "퇴근할 때는 창문을 닫습니다.", "경비실"),
        ("비밀번호는 특수 문자를 넣어 8자리로 정합니다.", "비밀번호는 8자리로 정합니다.", "특수"),
        ("와파린은 항생제입니다.", "와파린은 혈액 응고를 늦추는 항응고제입니다.", "항생제"),
    ],
)
def test_an_addition_is_seen(told, source, seen):
    assert seen in additions.added(claim_of(told, source))


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("두부와 애호박이 들어갑니다.", "된장국에는 두부와 애호박이 들어갑니다."),
        ("와파린은 약입니다.", "와파린은 혈액 응고를 늦추는 항응고제입니다."),
        ("된장국에 들어가는 것은 애호박입니다.", "된장국에는 두부와 애호박이 들어갑니다."),
        ("대리인은 위임장을 제출해야 합니다.", "대리인은 위임장을 냅니다."),
        ("프린터는 먼지가 적은 장소에 놓습니다.", "프린터는 먼지가 없는 곳에 둡니다."),
        ("비밀번호는 여덟 자리로 정합니다.", "비밀 번호는 8자리로 정합니다."),
        ("사흘 전부터 씨 있는 과일을 먹지 않습니다.", "3일 전부터 씨 있는 과일을 먹지 않습니다."),
        ("직원들은 창문을 닫습니다.", "직원은 퇴근할 때 창문을 닫습니다."),
    ],
)
def test_the_same_in_other_words_passes(told, source):
    assert additions.added(claim_of(told, source)) is None


def test_a_word_of_the_question_is_no_addition():
    claim = claim_of(
        "부작용으로 두통이 나타납니다.", "약을 먹으면 두통이 나타납니다.", given="어떤 부작용이 나타납니까?"
    )
    assert additions.added(claim) is None


NAMED = ("델로사신은 혈압을 낮춥니다.", "델로사신은 아침에 먹습니다.", "델로사신은 실온에 둡니다.")


@pytest.mark.parametrize("told", ["델로사진은 혈압을 낮춥니다.", "델로나신을 먹으면 혈압을 낮춥니다."])
def test_a_misspelt_name_is_seen(told):
    assert additions.added(claim_of(told, *NAMED)).endswith("for 델로사신")


@pytest.mark.parametrize("told", ["델로사신으로 혈압을 낮춥니다.", "델로사신이 혈압을 낮춥니다."])
def test_a_name_with_any_particle_passes(told):
    assert additions.added(claim_of(told, *NAMED)) is None
