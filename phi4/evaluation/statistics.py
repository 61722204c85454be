"""How sure a score is: bootstrap intervals, and paired tests of two models on the same questions.

Percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3) over questions, and
Fisher's randomisation test (The Design of Experiments, 21; Efron and Tibshirani, 15) of their differences,
seeded, so that the same answers always give the same numbers. numpy alone: scipy's version of it
would bring 100 MB for thirty lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import numpy as np

RESAMPLES = 10_000
EXACT = 14  # questions that differ, up to which all 16,384 ways to flip their signs are tried
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

    Where every question got the same, resampling sees no doubt at all: see ``_of_one_value``.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=float)
    count, mean = len(sample), float(sample.mean())
    if (sample == sample[0]).all() and 0 <= sample[0] <= 1:
        low, high = _of_one_value(float(sample[0]), count, 0.0)
    else:
        low, high = _interval(_resampled(sample, seed))
    return Estimate(mean, low, high, count)


def compare(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Comparison | None:
    """Second minus first, question by question; None for no questions.

    Right or wrong: McNemar's exact test (two-sided binomial on the questions where they differ).
    Other scores: the sign-flip test. Raises ``ValueError`` when they are not of the same questions.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} scores are not of the same questions")
    if not first:
        return None
    gains = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    scores = {*first, *second}
    if (gains == gains[0]).all() and min(scores) >= 0 and max(scores) <= 1:
        low, high = _of_one_value(float(gains[0]), len(gains), -1.0)
    else:
        low, high = _interval(_resampled(gains, seed))
    if scores <= {0, 1}:
        p, test = mcnemar(int((gains > 0).sum()), int((gains < 0).sum())), "mcnemar"
    else:
        p, test = sign_flip(gains.tolist(), seed), "sign-flip"
    return Comparison(float(gains.mean()), low, high, p, test, len(gains))


def mcnemar(won: int, lost: int) -> float:
    """Two-sided exact p value of ``won`` gains and ``lost`` losses under a fair coin."""
    trials = won + lost
    tail = sum(comb(trials, k) for k in range(min(won, lost) + 1))
    return min(1.0, tail / float(2 ** (trials - 1))) if trials else 1.0


def sign_flip(gains: Sequence[float], seed: int = 0) -> float:
    """Two-sided p value of the sum of ``gains`` where each might as well have had the other sign.

    Exact for up to ``EXACT`` gains that are not 0, so that it is never below 2 / 2ⁿ; for more the share of
    ``RESAMPLES`` flips, the one that was seen counted among them.
    """
    differing = np.asarray([gain for gain in gains if gain], dtype=float)
    count = len(differing)
    if count <= EXACT:
        flips = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    else:
        flips = np.random.default_rng(seed).integers(0, 2, size=(RESAMPLES, count), dtype=np.int8)
    sums = np.abs((1.0 - 2.0 * flips) @ differing)
    as_far = int((sums >= abs(differing.sum()) - 1e-9 * np.abs(differing).sum()).sum())  # sums that rounding parts
    return as_far / len(sums) if count <= EXACT else (as_far + 1) / (RESAMPLES + 1)


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


def _of_one_value(value: float, count: int, least: float) -> tuple[float, float]:
    """The interval of a mean whose ``count`` scores were all ``value``, of scores between ``least`` and 1.

    Clopper and Pearson's exact interval for n of n has a closed form, and tells how many others may score
    differently; at worst they all score the least, or 1. For 0 and 1 of right or wrong it is theirs itself.
    A score without bounds, as a count of tokens, has no such interval.
    """
    far = 1 - ((1 - LEVEL) / 2) ** (1 / count)
    return value * (1 - far) + least * far, value * (1 - far) + far


def _picks(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, count, size=(RESAMPLES, count))


def _resampled(sample: np.ndarray, seed: int) -> np.ndarray:
    means: np.ndarray = sample[_picks(len(sample), seed)].mean(axis=1)
    return means


def _interval(means: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
