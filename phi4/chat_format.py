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
from itertools import chain
from pathlib import Path
from typing import Literal

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


@dataclass(frozen=True)
class Delta:
    """The next text of an answer that is being written.

    ``replaces_content``: what was told as content so far was reasoning, and this is the whole of it;
    only a model that was trained on prompts with the opening mark in them does that.
    """

    part: Literal["reasoning", "content"]
    text: str
    replaces_content: bool = False


class AnswerStream:
    """``parse_answer`` for text that comes in pieces: however it is cut, the deltas of each part join
    to what ``parse_answer`` makes of the whole. Half a mark and white space that may turn out to be
    the end of a part are held back."""

    def __init__(self) -> None:
        self._text = ""
        self._state: Literal["opening", "unmarked", "reasoning", "answer"] = "opening"
        self._held = ""  # may be the beginning of a mark
        self._blank = ""  # white space that is told only when something follows it
        self._begun = False  # the current part has told something

    def feed(self, piece: str) -> list[Delta]:
        """What can be told after this piece."""
        self._text += piece
        self._held += piece
        if self._state == "opening" and not self._opened():
            return []
        if self._state == "answer":
            return self._tell("content", self._take(len(self._held)))
        before, mark, _ = self._held.partition(THINK_CLOSE)
        part: Literal["reasoning", "content"] = "reasoning" if self._state == "reasoning" else "content"
        if not mark:
            return self._tell(part, self._take(len(self._held) - _overhang(self._held, THINK_CLOSE)))
        if part == "content":
            told = [Delta("reasoning", self._text.partition(THINK_CLOSE)[0].strip(), replaces_content=True)]
        else:
            told = self._tell(part, before)
        rest = self._held[len(before) + len(mark) :]
        self._state, self._held, self._blank, self._begun = "answer", rest, "", False
        return told + self._tell("content", self._take(len(rest)))

    def finish(self) -> list[Delta]:
        """What was held back; the text is at its end."""
        return self._tell("reasoning" if self._state == "reasoning" else "content", self._take(len(self._held)))

    def result(self) -> Answer:
        """The whole, as far as it has come."""
        return parse_answer(self._text)

    def _opened(self) -> bool:
        """Whether it is known if the answer begins with the opening mark."""
        self._held = self._held.lstrip()
        if THINK_OPEN.startswith(self._held) and self._held != THINK_OPEN:
            return False
        self._state = "reasoning" if self._held.startswith(THINK_OPEN) else "unmarked"
        self._held = self._held.removeprefix(THINK_OPEN)
        return True

    def _take(self, length: int) -> str:
        taken, self._held = self._held[:length], self._held[length:]
        return taken

    def _tell(self, part: Literal["reasoning", "content"], text: str) -> list[Delta]:
        text = self._blank + text if self._begun else text.lstrip()
        told = text.rstrip()
        self._blank = text[len(told) :]
        self._begun = self._begun or bool(told)
        return [Delta(part, told)] if told else []


def _overhang(text: str, mark: str) -> int:
    """Length of the longest end of ``text`` that may be the beginning of ``mark``."""
    return next((size for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), 0)


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

    def turn(self, message: Message) -> list[int]:
        """Ids of one turn, its markers included."""
        said = self.encode(f"{message.role}\n{message.content}")
        return [self.im_start, *said, self.im_end, *self.encode("\n")]

    def invitation(self) -> list[int]:
        """Ids that end a prompt: the assistant's turn begins."""
        return [self.im_start, *self.encode("assistant\n")]

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Ids of a conversation up to the place where the assistant speaks."""
        return [*chain.from_iterable(map(self.turn, messages)), *self.invitation()]

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
