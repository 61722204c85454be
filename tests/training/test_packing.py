"""Packing: every row once, in few bins, and no sample sees another."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from phi4.chat_format import IGNORE_INDEX
from phi4.training.packing import labels_in, pack, packed_tensors
from tests.training.kit import assert_equal_gradients, gradients, moved_model, random_rows

lengths = st.lists(st.integers(min_value=2, max_value=130), max_size=60)


@given(lengths, st.integers(min_value=2, max_value=128))
def test_every_row_is_in_one_bin_and_only_a_row_too_long_is_over_the_budget(lengths, budget):
    rows = random_rows(*lengths)
    bins = pack(rows, budget)
    assert sorted(row.id for held in bins for row in held) == sorted(row.id for row in rows)
    assert all(len(held) == 1 or sum(len(row.input_ids) for row in held) <= budget for held in bins)


@given(st.lists(st.sets(st.integers(min_value=1, max_value=255), max_size=9), max_size=12))
def test_the_bins_are_at_most_eleven_ninths_of_the_best_and_one(cuts):
    """The rows are full bins cut to pieces, so the best number of bins is known."""
    budget = 256
    ends = [sorted({0, budget, *cut}) for cut in cuts]
    pieces = [last - first for places in ends for first, last in itertools.pairwise(places)]
    assert len(pack(random_rows(*pieces), budget)) <= 11 / 9 * len(cuts) + 1


def test_rows_of_like_length_fill_the_bins_to_the_brim():
    assert len(pack(random_rows(*[64] * 80), 512)) == 10
    assert len(pack(random_rows(*range(40, 90)), 512)) == math.ceil(sum(range(40, 90)) / 512)


def test_a_packed_row_restarts_its_positions_and_labels_no_first_token():
    rows = random_rows(3, 5)
    whole = [row._replace(labels=row.input_ids) for row in rows]  # even where every token has a label
    tensors = packed_tensors(whole)
    assert tensors["input_ids"].tolist() == [rows[0].input_ids + rows[1].input_ids]
    assert tensors["position_ids"].tolist() == [[0, 1, 2, 0, 1, 2, 3, 4]]
    assert tensors["labels"][0, [0, 3]].tolist() == [IGNORE_INDEX, IGNORE_INDEX]
    assert tensors["labels"][0, [1, 2, 4, 5, 6, 7]].tolist() == [*rows[0].input_ids[1:], *rows[1].input_ids[1:]]
    assert labels_in(whole) == 6


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_packed_samples_give_the_loss_and_gradients_of_separate_ones(tiny_base, fp32, attention):
    model = moved_model(tiny_base).train()
    model.get_base_model().set_attn_implementation(attention)
    rows = random_rows(9, 30, 4, 17)
    packed = model(**packed_tensors(rows), label_loss=True)["loss"]
    packed.backward()
    together = gradients(model)
    separate = [model(**packed_tensors([row]), label_loss=True)["loss"] for row in rows]
    torch.stack(separate).sum().backward()
    assert packed.item() == pytest.approx(sum(loss.item() for loss in separate), rel=1e-5)
    assert_equal_gradients(together, gradients(model))
