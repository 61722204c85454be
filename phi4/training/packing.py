"""Samples share rows, so that no pass of the model works on padding.

A row is a sequence of samples, one after another, with positions that start again at 0 for each.
transformers 5 then keeps them apart with SDPA or eager attention, when neither a mask nor a cache is
passed; ``tests/training/test_packing.py`` shows that packed and separate losses agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from phi4.chat_format import IGNORE_INDEX
from phi4.training.rows import Row


def pack(rows: Sequence[Row], budget: int) -> list[list[Row]]:
    """Rows put together to at most ``budget`` tokens, best-fit decreasing (11/9 of the least number
    of bins at worst: Johnson 1974). A row longer than the budget stands alone."""
    bins: list[tuple[int, list[Row]]] = []  # (tokens left, rows)
    for row in sorted(rows, key=lambda row: -len(row.input_ids)):
        length = len(row.input_ids)
        fitting = [place for place, (left, _) in enumerate(bins) if left >= length]
        if fitting:
            place = min(fitting, key=lambda place: bins[place][0])
            left, held = bins[place]
            held.append(row)
            bins[place] = (left - length, held)
        else:
            bins.append((budget - length, [row]))
    return [held for _, held in bins]


def packed_tensors(rows: Sequence[Row]) -> dict[str, torch.Tensor]:
    """Model inputs of one packed row, each of shape [1, T].

    The first token of every sample has no label: it would be predicted from the sample before.
    """
    ids = [token for row in rows for token in row.input_ids]
    positions = [place for row in rows for place in range(len(row.input_ids))]
    labels = [label for row in rows for label in (IGNORE_INDEX, *row.labels[1:])]
    return {
        "input_ids": torch.tensor([ids]),
        "position_ids": torch.tensor([positions]),
        "labels": torch.tensor([labels]),
    }


def labels_in(rows: Sequence[Row]) -> int:
    """Tokens of these rows that the loss is over."""
    return sum(label != IGNORE_INDEX for row in rows for label in row.labels[1:])
