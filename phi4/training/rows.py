"""Examples become rows of token ids and labels, and are checked before the first step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from phi4.chat_format import IGNORE_INDEX, ChatTokenizer
from phi4.errors import TrainingError
from phi4.records import Example, Message

MIN_WORDINGS = 3  # of a fact, for one of them to be kept out of training
MAX_HELD_OUT = 64  # rows: an evaluation is to take seconds


class Row(NamedTuple):
    """One example as the model sees it; ``labels`` are unshifted, ``IGNORE_INDEX`` on the prompt."""

    id: str
    input_ids: list[int]
    labels: list[int]

    @property
    def prompt(self) -> list[int]:
        """The ids before the answer."""
        return self.input_ids[: next(i for i, label in enumerate(self.labels) if label != IGNORE_INDEX)]


@dataclass(frozen=True)
class Rows:
    """The rows to train on and to evaluate with, and what was cut or left out."""

    rows: tuple[Row, ...]
    held_out: tuple[Row, ...] = ()
    shortened: tuple[str, ...] = ()  # ids of examples that lost steps to fit
    too_long: tuple[str, ...] = ()  # ids of examples that do not fit even so

    @property
    def tokens(self) -> int:
        return sum(len(row.input_ids) for row in self.rows)

    @property
    def supervised(self) -> int:
        """Tokens that carry a label."""
        return sum(label != IGNORE_INDEX for row in self.rows for label in row.labels)

    @property
    def longest(self) -> int:
        """Tokens of the longest row."""
        return max(len(row.input_ids) for row in (*self.rows, *self.held_out))


def make_rows(
    examples: Sequence[Example],
    tokenizer: ChatTokenizer,
    max_length: int,
    system_prompt: str = "",
    held_out: float = 0.0,
) -> Rows:
    """Render every example.

    One longer than ``max_length`` loses its first reasoning steps, which lead up to the last; one
    that does not fit with its last step alone is left out whole. An answer is never cut: that
    teaches a model not to end. Raises ``TrainingError`` when nothing is left or a check fails.
    """
    rows: dict[int, Row] = {}
    shortened, too_long = [], []
    opening = [Message(role="system", content=system_prompt)] if system_prompt else []
    for number, example in enumerate(examples, start=1):
        messages = [*opening, Message(role="user", content=example.question)]
        name = example.id or f"row {number}"
        for dropped in range(len(example.reasoning_steps)):
            ids, labels = tokenizer.training_row(messages, example.reasoning_steps[dropped:], example.answer)
            if len(ids) <= max_length:
                rows[number] = Row(name, ids, labels)
                shortened += [name] if dropped else []
                break
        else:
            too_long.append(name)
    if not rows:
        raise TrainingError(
            f"all {len(too_long)} rows are longer than max_length={max_length} tokens", "raise --max-length"
        )
    check_rows(rows.values(), tokenizer)
    kept = set(_wordings_to_keep_out([(number, examples[number - 1]) for number in rows], held_out))
    return Rows(
        rows=tuple(row for number, row in rows.items() if number not in kept),
        held_out=tuple(row for number, row in rows.items() if number in kept),
        shortened=tuple(shortened),
        too_long=tuple(too_long),
    )


def _wordings_to_keep_out(examples: Sequence[tuple[int, Example]], share: float) -> list[int]:
    """Numbers of the examples to evaluate with: one wording each of facts that are asked three times or more.

    A fact that is nowhere in training cannot be known, so keeping whole facts out would measure
    forgetting. A known fact under a new wording is what the chatbot will be asked.
    """
    facts: dict[object, list[int]] = defaultdict(list)
    for number, example in examples:
        if example.source:
            facts[example.source.file, example.source.sentences[-1:]].append(number)
    last = [numbers[-1] for numbers in facts.values() if len(numbers) >= MIN_WORDINGS]
    wanted = min(int(share * len(examples)), MAX_HELD_OUT, len(last))
    return last[:: len(last) // wanted][:wanted] if wanted else []


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
