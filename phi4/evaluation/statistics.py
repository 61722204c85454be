"""How sure a score is: bootstrap intervals, and paired tests of two models on the same questions.

Percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3) over questions,
seeded, so that the same answers always give the same numbers. numpy alone: scipy's version of it
would bring 100 MB for thirty lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import numpy as np

RESAMPLES = 10_000
LEVEL = 0.95


class Estimate(NamedTuple):
    """A mean over ``n`` questions and its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class Comparison(NamedTuple):
    """How much more the second has than the first, on the same questions, with the test's p value."""

    difference: float
    low: float
    high: float
    p: float
    test: str
    n: int


def estimate(values: Sequence[float], seed: int = 0) -> Estimate | None:
    """The mean of one number a question, with its interval; None for no questions.

    Where every question got the same 0 or 1 resampling sees no doubt at all; the exact interval of
    Clopper and Pearson, which has a closed form there, does.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=float)
    count, mean = len(sample), float(sample.mean())
    if (sample == sample[0]).all() and mean in (0.0, 1.0):
        far = 1 - ((1 - LEVEL) / 2) ** (1 / count)
        return Estimate(mean, 0.0 if mean == 0 else 1 - far, far if mean == 0 else 1.0, count)
    low, high = _interval(_resampled(sample, seed))
    return Estimate(mean, low, high, count)


def compare(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Comparison | None:
    """Second minus first, question by question; None for no questions.

    Right or wrong: McNemar's exact test (two-sided binomial on the questions where they differ).
    Other scores: the paired bootstrap. Raises ``ValueError`` when they are not of the same questions.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} scores are not of the same questions")
    if not first:
        return None
    gains = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    means = _resampled(gains, seed)
    low, high = _interval(means)
    if set(first) | set(second) <= {0, 1}:
        p, test = mcnemar(int((gains > 0).sum()), int((gains < 0).sum())), "mcnemar"
    else:
        tail = min(int((means <= 0).sum()), int((means >= 0).sum()))
        p, test = min(1.0, 2 * (tail + 1) / (RESAMPLES + 1)), "bootstrap"
    return Comparison(float(gains.mean()), low, high, p, test, len(gains))


def mcnemar(won: int, lost: int) -> float:
    """Two-sided exact p value of ``won`` gains and ``lost`` losses under a fair coin."""
    trials = won + lost
    tail = sum(comb(trials, k) for k in range(min(won, lost) + 1))
    return min(1.0, tail / float(2 ** (trials - 1))) if trials else 1.0


def ratio(part: Sequence[float], whole: Sequence[float], seed: int = 0) -> Estimate | None:
    """Mean of ``part`` over mean of ``whole`` on the same questions; None where ``whole`` is all 0."""
    top, bottom = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    if not bottom.any():
        return None
    picks = _picks(len(top), seed)
    below = bottom[picks].mean(axis=1)
    shares = top[picks].mean(axis=1)[below > 0] / below[below > 0]
    low, high = _interval(shares)
    if not top.any():  # as in ``estimate``: resampling nothing but zeros sees no doubt
        high = min(1.0, (1 - ((1 - LEVEL) / 2) ** (1 / len(top))) / float(bottom.mean()))
    return Estimate(float(top.mean() / bottom.mean()), low, high, len(top))


def _picks(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, count, size=(RESAMPLES, count))


def _resampled(sample: np.ndarray, seed: int) -> np.ndarray:
    means: np.ndarray = sample[_picks(len(sample), seed)].mean(axis=1)
    return means


def _interval(means: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
