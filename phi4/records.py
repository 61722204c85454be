"""The records that travel the road; ``phi4.jsonl`` writes and reads them.

    Seed ──cut──> Document of Passages ──teacher──> Draft ──gates──> Example   (train.jsonl)
                                                         └─────────> Rejected  (rejected.jsonl)
    Preference    (a draft mended, the same as it came)         (preference.jsonl)
    Decision      what a person said of a row                   (data/review.jsonl)
    ExamQuestion  hand-written or generated; never trained on     (data/exam/*.jsonl)

Know these and any stage can be read: a stage is a function from records to records.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["system", "user", "assistant"]
Span = tuple[int, int]  # start and end in a seed's text, in characters
Stage = Literal["draft", "try", "surplus", "review", "refusal"]  # where a row was stopped
AskedBy = Literal["teacher", "rule"]  # who worded the question; ``teacher`` names who wrote the answer


T_co = TypeVar("T_co", covariant=True)


class Walkable(Protocol[T_co]):
    """What can be counted, and walked again and again; it need not fit in memory."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[T_co]: ...


class Record(BaseModel):
    """Frozen, strict about its keys; the parent of every record."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Record):
    """One turn of a conversation."""

    role: Role
    content: str


class Seed(Record):
    """One readable seed file: NFC text, and the SHA-256 of the bytes it was read from."""

    file: str = Field(description="path below data/seeds, NFC, forward slashes")
    sha256: str
    text: str


class Passage(Record):
    """A stretch of one seed, as numbered sentences: the unit that a teacher reads.

    Sentence ``i`` of ``sentences`` has the number ``first + i`` within its file (from 1).
    ``headings[i]`` is the section heading above it, or ""; ``spans[i]`` where it stands in the seed's text.
    """

    file: str
    sha256: str
    first: int
    sentences: tuple[str, ...]
    headings: tuple[str, ...]
    spans: tuple[Span, ...] = ()

    def sentence(self, number: int) -> str:
        """The sentence with that number in the file. Raises ``KeyError`` outside the passage."""
        index = number - self.first
        if not 0 <= index < len(self.sentences):
            raise KeyError(number)
        return self.sentences[index]

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.sentences))

    @property
    def text(self) -> str:
        return "\n".join(self.sentences)

    def source(self, *numbers: int) -> Source:
        """Where a row comes from that rests on these sentences, the one asked about last."""
        places = [number - self.first for number in numbers]
        return Source(
            file=self.file,
            sha256=self.sha256,
            sentences=numbers,
            section=self.headings[places[-1]] if places else "",
            spans=tuple(self.spans[place] for place in places) if self.spans else (),
        )


class Document(Record):
    """One seed file on its way: its passages, or why it cannot be used."""

    file: str
    passages: tuple[Passage, ...] = ()
    refused: str = ""


class Source(Record):
    """Where a row comes from: the file, its hash when it was read, the sentences it rests on.

    ``spans`` are their places in the text of the file, in characters after NFC and with ``\\n`` for
    line ends, without white space around the whole; ``section`` is the heading above the last.
    """

    file: str
    sha256: str
    sentences: tuple[int, ...]
    section: str = ""
    spans: tuple[Span, ...] = ()


class Step(Record):
    """One step of reasoning and the number of the source sentence that it rests on."""

    cite: int
    step: str


class Draft(Record):
    """What a teacher wrote, before the gates."""

    id: str
    question: str = ""
    steps: tuple[Step, ...] = ()
    answer: str = ""
    kind: str
    difficulty: str
    source: Source
    teacher: str
    prompt_version: str
    finish_reason: str = "stop"
    asked_by: AskedBy = "teacher"
    mended: int = Field(default=0, description="steps replaced by the sentence that they cite")
    raw: str = Field(default="", description="the teacher's text as it came")


class Rejected(Record):
    """A draft that did not pass, with the gate that stopped it and what it saw.

    ``stage`` tells those apart that are no draft of their own: "try", one of several tries at the draft of that id,
    which another one decided; "surplus", when there were rows enough; "review", where it had passed and a person, or
    the check of a person's edit, took it out again; "refusal", where a question was to have no answer, and the
    teacher found one.
    """

    reason: str
    detail: str
    draft: Draft
    stage: Stage = "draft"


class Example(Record):
    """One training row. The first three keys are the manual's."""

    question: str = Field(min_length=1)
    reasoning_steps: tuple[str, ...] = Field(min_length=1)
    answer: str = Field(min_length=1)
    id: str = ""
    source: Source | None = None
    kind: str = ""
    difficulty: str = ""
    teacher: str = ""
    prompt_version: str = ""
    asked_by: AskedBy = "teacher"


class Told(Record):
    """One way to answer."""

    reasoning_steps: tuple[str, ...] = Field(min_length=1)
    answer: str = Field(min_length=1)


class Preference(Record):
    """A question with a better and a worse answer, for preference training."""

    question: str = Field(min_length=1)
    chosen: Told
    rejected: Told
    id: str = ""
    source: Source | None = None


class Decision(Record):
    """What a person said of a training row; ``key`` is the row's content (``phi4.dataset.decisions.row_key``)."""

    key: str
    verdict: Literal["accept", "reject", "edit"]
    question: str = Field(description="of the row as it came, so that the file can be read by people")
    reason: str = ""
    edited: Example | None = None


class ExamSource(Record):
    """The seed that a question rests on, and its sentences word for word."""

    file: str
    sentences: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()


class ExamQuestion(Record):
    """One exam question with its accepted short answers."""

    id: str
    question: str = Field(min_length=1)
    answers: tuple[str, ...] = ()
    kind: str = "fact"
    answerable: bool = True
    taught: bool = Field(default=True, description="training rows teach it: without the passage it can be known")
    source: ExamSource
