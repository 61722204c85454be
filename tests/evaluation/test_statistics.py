"""Intervals that hold what they should, and tests that agree with hand-worked figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.evaluation.statistics import compare, estimate, mcnemar, ratio, sign_flip


def test_the_same_answers_give_the_same_numbers():
    values = [0.0, 1.0, 1.0, 0.0, 1.0]
    assert estimate(values) == estimate(values)
    assert compare(values, values[::-1]) == compare(values, values[::-1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_its_value(values):
    found = estimate(values)
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value <= found.high + 1e-9 <= 1 + 2e-9
    assert found.n == len(values)


def test_the_interval_of_half_of_a_hundred_is_the_textbooks():
    found = estimate([0.0, 1.0] * 50)
    assert found.value == 0.5
    assert found.low == pytest.approx(0.40, abs=0.015)
    assert found.high == pytest.approx(0.60, abs=0.015)


@pytest.mark.parametrize(("value", "low", "high"), [(0.0, 0.0, 0.168), (1.0, 0.832, 1.0)])
def test_all_wrong_or_all_right_still_leaves_doubt(value, low, high):
    found = estimate([value] * 20)  # Clopper and Pearson, 0 of 20: 0 to 16.8 %
    assert (found.low, found.high) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


def test_no_questions_have_no_score():
    assert estimate([]) is None
    assert compare([], []) is None
    assert ratio([1.0], [0.0]) is None


@pytest.mark.parametrize(
    ("won", "lost", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (8, 2, 0.109375), (3, 3, 1.0)]
)
def test_mcnemar_is_the_exact_binomial(won, lost, p):
    assert mcnemar(won, lost) == p
    assert mcnemar(lost, won) == p


def test_right_or_wrong_is_compared_by_mcnemar_and_the_rest_by_flipping_signs():
    wins = compare([0.0] * 20, [1.0] * 12 + [0.0] * 8)
    assert (wins.test, wins.difference) == ("mcnemar", 0.6)
    assert wins.p < 0.001
    scores = compare([0.1, 0.2, 0.3, 0.2], [0.5, 0.6, 0.5, 0.7])
    assert scores.test == "sign-flip"
    assert scores.low > 0
    assert scores.p == 0.125  # four gains of one sign: 2 of 16 ways to flip them go as far


@pytest.mark.parametrize(
    ("gains", "p"),
    [
        ([], 1.0),
        ([0.0, 0.0], 1.0),
        ([0.4, 0.3, 0.2, 0.5, 0.1], 0.0625),
        ([0.4, 0.3, 0.2, 0.5, 0.1, 0.0], 0.0625),  # what does not differ tells nothing
        ([-0.4, -0.3, -0.2, -0.5, -0.1], 0.0625),
        ([0.1, 0.2, -0.3], 1.0),
        ([0.1, 0.2, 0.3, -0.2], 0.5),  # 8 of 16
        ([1.0] * 8 + [-1.0] * 2, 0.109375),  # as McNemar's of 8 and 2
    ],
)
def test_the_sign_flip_test_is_exact_for_few_questions(gains, p):
    assert sign_flip(gains) == pytest.approx(p)


def test_the_sign_flip_test_of_many_questions_is_near_the_exact_one():
    gains = [0.5] * 13 + [-0.5] * 7
    assert sign_flip(gains) == pytest.approx(mcnemar(13, 7), abs=0.02)
    assert sign_flip(gains) == sign_flip(gains)
    assert sign_flip([0.5] * 40) == pytest.approx(1e-4, rel=0.01)  # what 10,000 flips can tell


@pytest.mark.parametrize(
    ("gain", "count", "low", "high"),
    [(0.0, 3, -0.708, 0.708), (1.0, 20, 0.663, 1.0), (-1.0, 20, -1.0, -0.663), (0.5, 20, 0.248, 0.584)],
)
def test_a_gain_that_is_everywhere_the_same_still_leaves_doubt(gain, count, low, high):
    first, second = ([0.0] * count, [gain] * count) if gain >= 0 else ([-gain] * count, [0.0] * count)
    found = compare(first, second)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


def test_scores_that_are_all_alike_leave_doubt_too():
    found = estimate([0.5] * 20)
    assert (found.low, found.high) == (pytest.approx(0.416, abs=0.001), pytest.approx(0.584, abs=0.001))
    assert estimate([30.0] * 20)[:3] == (30.0, 30.0, 30.0)  # tokens have no bounds


def test_nothing_changed_is_no_difference():
    same = compare([0.5, 0.25], [0.5, 0.25])
    assert (same.difference, same.p) == (0.0, 1.0)


def test_scores_of_different_questions_are_not_compared():
    with pytest.raises(ValueError, match="same questions"):
        compare([1.0], [1.0, 0.0])


def test_a_ratio_is_of_the_means():
    found = ratio([1.0, 0.0, 1.0, 0.0] * 10, [1.0, 1.0, 1.0, 0.0] * 10)
    assert found.value == pytest.approx(2 / 3)
    assert found.low < 2 / 3 < found.high
    nothing = ratio([0.0] * 20, [1.0] * 10 + [0.0] * 10)
    assert (nothing.value, nothing.high) == (0.0, pytest.approx(0.337, abs=0.001))
