"""Examples become rows of token ids and labels, and are checked before the first step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from phi4.chat_format import IGNORE_INDEX, ChatTokenizer
from phi4.errors import TrainingError
from phi4.records import Example, Message


class Row(NamedTuple):
    """One example as the model sees it; ``labels`` are unshifted, ``IGNORE_INDEX`` on the prompt."""

    id: str
    input_ids: list[int]
    labels: list[int]


@dataclass(frozen=True)
class Rows:
    """The rows that can be trained, and what was left out."""

    rows: tuple[Row, ...]
    too_long: tuple[str, ...]  # ids of examples longer than ``max_length``

    @property
    def tokens(self) -> int:
        return sum(len(row.input_ids) for row in self.rows)

    @property
    def supervised(self) -> int:
        """Tokens that carry a label."""
        return sum(label != IGNORE_INDEX for row in self.rows for label in row.labels)


def make_rows(examples: Iterable[Example], tokenizer: ChatTokenizer, max_length: int, system_prompt: str = "") -> Rows:
    """Render every example. A row longer than ``max_length`` is left out: an answer that is cut
    teaches a model not to end. Raises ``TrainingError`` when nothing is left or a check fails."""
    rows, too_long = [], []
    opening = [Message(role="system", content=system_prompt)] if system_prompt else []
    for number, example in enumerate(examples, start=1):
        messages = [*opening, Message(role="user", content=example.question)]
        ids, labels = tokenizer.training_row(messages, example.reasoning_steps, example.answer)
        name = example.id or f"row {number}"
        if len(ids) > max_length:
            too_long.append(name)
        else:
            rows.append(Row(name, ids, labels))
    if not rows:
        raise TrainingError(
            f"all {len(too_long)} rows are longer than max_length={max_length} tokens", "raise --max-length"
        )
    check_rows(rows, tokenizer)
    return Rows(tuple(rows), tuple(too_long))


def check_rows(rows: Iterable[Row], tokenizer: ChatTokenizer) -> None:
    """Raise ``TrainingError`` for the two mistakes that cost a whole run: no labels, no end token."""
    for row in rows:
        if all(label == IGNORE_INDEX for label in row.labels):
            raise TrainingError(f"row '{row.id}' has no supervised token", "the answer is empty: mend train.jsonl")
        if row.labels[-1] != tokenizer.im_end:
            raise TrainingError(
                f"row '{row.id}' does not end with the end token, so the model would never stop",
                "the chat format of this base model is not ChatML",
            )


def collate(batch: list[Row], pad_id: int) -> dict[str, Any]:
    """Tensors of one forward pass, padded on the right.

    ``logits_to_keep`` are the positions that predict a labelled token in any row: the LM head,
    which is a fifth of a small model's work, is applied to them only. ``shift_labels`` are
    their targets, shape [B, kept]; ``labels`` [B, T] is for the Trainer's token count.
    """
    width = max(len(row.input_ids) for row in batch)
    ids = torch.full((len(batch), width), pad_id)
    labels = torch.full((len(batch), width), IGNORE_INDEX)
    mask = torch.zeros((len(batch), width), dtype=torch.long)
    for place, row in enumerate(batch):
        length = len(row.input_ids)
        ids[place, :length] = torch.tensor(row.input_ids)
        labels[place, :length] = torch.tensor(row.labels)
        mask[place, :length] = 1
    keep = (labels[:, 1:] != IGNORE_INDEX).any(dim=0).nonzero().squeeze(-1)
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "labels": labels,
        "logits_to_keep": keep,
        "shift_labels": labels[:, keep + 1],
    }
