"""The one place that knows ChatML and how reasoning is marked.

A prompt is ``<|im_start|>user\\n…<|im_end|>\\n<|im_start|>assistant\\n``; an answer is
``<think>\\n1. step\\n2. step\\n</think>\\n\\nanswer<|im_end|>``. Training rows, exam prompts and
served prompts all come from here, and ``FORMAT_HASH`` travels with every adapter.

Marker ids are put in by us and text is encoded with special tokens switched off, so an
``<|im_end|>`` that a user types stays text and cannot open a turn of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from phi4.errors import AdapterError, WeightsError
from phi4.records import Message

IM_START, IM_END = "<|im_start|>", "<|im_end|>"
THINK_OPEN, THINK_CLOSE = "<think>", "</think>"
IGNORE_INDEX = -100  # a label that the loss passes over

_SHAPE = "{start}{role}\n{content}{end}\n | {open}\n{n}. {step}\n{close}\n\n{answer}{end}"
FORMAT_HASH = hashlib.sha256("\x00".join((_SHAPE, IM_START, IM_END, THINK_OPEN, THINK_CLOSE)).encode()).hexdigest()[:16]

# The same format for other programs that read the adapter's folder; no default system turn.
CHAT_TEMPLATE = (
    "{%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{%- endif %}"
)

_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")
_STEP = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*])(?:\s+|$)")


@dataclass(frozen=True)
class Answer:
    """An answer taken apart."""

    reasoning_steps: tuple[str, ...]
    answer: str
    reasoning: str


def answer_text(reasoning_steps: Sequence[str], answer: str) -> str:
    """The assistant's turn as it is trained and expected."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(reasoning_steps, start=1))
    return f"{THINK_OPEN}\n{steps}\n{THINK_CLOSE}\n\n{answer}"


def parse_answer(text: str) -> Answer:
    """Reasoning and answer of a model's turn.

    Tolerates a missing opening mark (some prompts prefill it). Reasoning that never ended
    gives an empty answer: the text was cut.
    """
    body = text.strip()
    if body.startswith(THINK_OPEN):
        body = body[len(THINK_OPEN) :]
    elif THINK_CLOSE not in body:
        return Answer((), body, "")
    reasoning, _, answer = body.partition(THINK_CLOSE)
    lines = (_STEP.sub("", line).strip() for line in reasoning.splitlines())
    return Answer(tuple(line for line in lines if line), answer.strip(), reasoning.strip())


def prompt_text(messages: Sequence[Message]) -> str:
    """The prompt as a person reads it, for reports; models get ``ChatTokenizer.prompt``."""
    turns = "".join(f"{IM_START}{turn.role}\n{turn.content}{IM_END}\n" for turn in messages)
    return f"{turns}{IM_START}assistant\n"


class ChatTokenizer:
    """A base model's tokenizer in the only mode that we use: text never becomes a marker."""

    def __init__(self, folder: Path) -> None:
        """``folder`` holds ``tokenizer.json``. Raises ``WeightsError`` when it does not fit ChatML."""
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise WeightsError(f"'{folder}' has no tokenizer.json", "name a complete model folder")
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.encode_special_tokens = True  # one object, one mode, never flipped
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.im_start, self.im_end = self._marker(IM_START), self._marker(IM_END)

    def _marker(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise WeightsError(
                f"the base model's tokenizer has no '{token}': it is not a ChatML model",
                "choose a model of the Qwen family",
            )
        return int(found)

    def encode(self, text: str) -> list[int]:
        """Ids of plain text; a marker typed in it stays text. NUL and lone surrogates are dropped."""
        ids: list[int] = self._tokenizer.encode(_UNPRINTABLE.sub("", text), add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Text of an answer, without markers."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Ids of a conversation up to the place where the assistant speaks."""
        ids: list[int] = []
        newline = self.encode("\n")
        for turn in messages:
            ids += [self.im_start, *self.encode(f"{turn.role}\n{turn.content}"), self.im_end, *newline]
        return [*ids, self.im_start, *self.encode("assistant\n")]

    def training_row(
        self, messages: Sequence[Message], reasoning_steps: Sequence[str], answer: str
    ) -> tuple[list[int], list[int]]:
        """Token ids and labels of one row: labels on the answer and its end token only."""
        prompt = self.prompt(messages)
        reply = [*self.encode(answer_text(reasoning_steps, answer)), self.im_end]
        return prompt + reply, [IGNORE_INDEX] * len(prompt) + reply


def check_format(trained_with: str, adapter: str) -> None:
    """Raise ``AdapterError`` when an adapter was trained with another chat format."""
    if trained_with != FORMAT_HASH:
        raise AdapterError(
            f"adapter '{adapter}' was trained with chat format {trained_with or 'unknown'}, "
            f"this version speaks {FORMAT_HASH}",
            "train it again with this version: phi4 train",
        )
