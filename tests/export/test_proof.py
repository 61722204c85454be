"""Rounding is forgiven, a lost adapter is not."""

import numpy as np
import pytest

from phi4.errors import ExportError
from phi4.export.proof import TOLERANCE, accept, compare


def judged(rows):
    """Log-probabilities from weights of each row's tokens."""
    weights = np.asarray(rows, dtype=np.float32)
    return np.log(weights / weights.sum(axis=-1, keepdims=True))


def test_the_references_own_choices_cost_nothing():
    proof = compare([judged([[1, 8, 1], [8, 1, 1]])], [[1, 0]])
    assert (proof.tokens, proof.same, proof.mean_regret, proof.divergence) == (2, 2, 0.0, None)
    assert "2 of 2 tokens" in str(accept(proof, "f16"))


def test_a_near_tie_that_falls_otherwise_costs_next_to_nothing():
    proof = compare([judged([[100, 101, 1]] * 20)], [[0] + [1] * 19])
    assert (proof.same, proof.tokens) == (19, 20)
    assert 0 < proof.largest_regret < 0.02
    accept(proof, "f16")


@pytest.mark.parametrize("form", TOLERANCE)
def test_words_that_the_reference_would_not_say_are_refused_in_every_form(form):
    proof = compare([judged([[1, 1000, 1]] * 4)], [[0, 2, 0, 2]])
    with pytest.raises(ExportError, match="does not answer as base and adapter do"):
        accept(proof, form)


def test_the_same_choices_from_another_distribution_are_refused():
    sure, unsure = judged([[1, 1000]] * 4), judged([[1, 2]] * 4)
    proof = compare([sure], [[1] * 4], [unsure])
    assert proof.mean_regret == 0
    assert proof.divergence > 0.3
    with pytest.raises(ExportError):
        accept(proof, "bf16")


def test_the_same_distribution_has_no_divergence():
    assert compare([judged([[1, 5]])], [[1]], [judged([[1, 5]])]).divergence == 0


def test_an_answer_without_a_word_proves_nothing():
    with pytest.raises(ExportError, match="nothing at all"):
        compare([judged([[1, 1]])[:0]], [[]])


def test_numbers_that_are_none_are_refused():
    with pytest.raises(ExportError):
        accept(compare([np.full((1, 3), np.nan, np.float32)], [[0]]), "f16")


def test_its_record_is_plain_data():
    assert compare([judged([[1, 5]])], [[1]]).record()["tokens"] == 1
