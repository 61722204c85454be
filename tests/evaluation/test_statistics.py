"""Intervals that hold what they should, and tests that agree with hand-worked figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.evaluation.statistics import compare, estimate, mcnemar, ratio


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


def test_right_or_wrong_is_compared_by_mcnemar_and_the_rest_by_bootstrap():
    wins = compare([0.0] * 20, [1.0] * 12 + [0.0] * 8)
    assert (wins.test, wins.difference) == ("mcnemar", 0.6)
    assert wins.p < 0.001
    scores = compare([0.1, 0.2, 0.3, 0.2], [0.5, 0.6, 0.5, 0.7])
    assert scores.test == "bootstrap"
    assert scores.low > 0
    assert scores.p < 0.01


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
