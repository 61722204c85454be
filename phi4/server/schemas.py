"""What goes over the wire on ``/api``: requests checked field by field, answers in one shape."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from phi4.korean import nfc
from phi4.records import Message

MAX_CHARACTERS = 20_000
MAX_MESSAGES = 100
MESSAGE_ID = r"^msg_[0-9a-f]{32}$"
CONVERSATION_ID = r"^conv_[0-9a-f]{32}$"
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def _writable(value: object) -> object:
    """Composed, as the training rows are and as a search finds it; NUL and lone surrogates (half an emoji that a
    script cut) can be neither stored nor read by a model."""
    return nfc(_UNWRITABLE.sub("", value)) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_writable)]
Whole = Annotated[int, Field(strict=True)]
Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Wire(BaseModel):
    """Unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")


class ChatTurn(Wire):
    """One turn; the system turn is the operator's."""

    role: Literal["user", "assistant"]
    content: Text = Field(max_length=MAX_CHARACTERS)


def conversation(turns: list[ChatTurn]) -> list[Message]:
    """The turns as a prompt needs them. Raises ``ValueError``."""
    if turns[-1].role != "user":
        raise ValueError("the last of 'messages' must be the user's")
    if not turns[-1].content.strip():
        raise ValueError("the last of 'messages' is blank")
    if sum(len(turn.content) for turn in turns) > MAX_CHARACTERS:
        raise ValueError(f"'messages' are longer than {MAX_CHARACTERS} characters together")
    return [Message(role=turn.role, content=turn.content) for turn in turns]


class Sampling(Wire):
    """How an answer is written and sent."""

    max_tokens: Whole | None = Field(None, ge=1, description="longest answer; the server's limit at most")
    temperature: Real | None = Field(None, ge=0, le=2)
    stream: StrictBool = False
    resumable: StrictBool = Field(
        False, description="a lost connection does not stop the answer for 30 s; stop it with DELETE"
    )


class ChatRequest(Sampling):
    """``POST /api/chat``: one ``message``, or a whole conversation as ``messages``."""

    message: Text | None = Field(None, min_length=1, max_length=MAX_CHARACTERS)
    messages: list[ChatTurn] | None = Field(None, min_length=1, max_length=MAX_MESSAGES)
    conversation_id: str | None = Field(None, pattern=CONVERSATION_ID, description="goes on with it; with 'message'")

    @model_validator(mode="after")
    def _one_of_two(self) -> ChatRequest:
        if (self.message is None) == (self.messages is None):
            raise ValueError("give either 'message' or 'messages'")
        if self.message is not None and not self.message.strip():
            raise ValueError("'message' is blank")
        if self.messages is not None:
            if self.conversation_id is not None:
                raise ValueError("'conversation_id' goes with 'message'; 'messages' are a conversation of their own")
            conversation(self.messages)
        return self

    def turns(self) -> list[Message]:
        """What was said, as messages."""
        if self.messages is not None:
            return conversation(self.messages)
        return [Message(role="user", content=self.message or "")]


class AgainRequest(Sampling):
    """``POST /api/chat/{id}/again``: a new answer; with ``message``, to the question in other words."""

    message: Text | None = Field(None, min_length=1, max_length=MAX_CHARACTERS, pattern=r"\S")


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatAnswer(BaseModel):
    """The JSON answer of ``POST /api/chat``, and the data of the ``done`` event."""

    id: str
    conversation_id: str
    answer: str
    reasoning_steps: list[str]
    reasoning: str
    finish_reason: Literal["stop", "length", "cancelled"]
    usage: Usage
    timings: dict[str, float]
    model: str
    adapter: str
    trimmed_turns: int = Field(description="older turns that the model was not shown, for want of room")
    stored: bool = Field(description="false: the database did not take it; the conversation cannot be gone on with")


class ErrorDetail(BaseModel):
    message: str
    type: str
    code: str
    param: str | None


class ErrorAnswer(BaseModel):
    """Every error, in OpenAI's shape."""

    error: ErrorDetail


class ServedAdapter(BaseModel):
    """Which weights answer."""

    name: str
    base: str
    sha256: str = Field(description="of adapter_model.safetensors as it was loaded; empty until then")
    loaded_at: int | None = Field(description="seconds since 1970")


class Status(BaseModel):
    """The document of ``GET /api/chat/status``."""

    state: Literal["starting", "loading", "ready", "degraded", "failed", "stopped"]
    loaded: bool
    progress: float | None = Field(description="0 to 1 while loading, where known")
    detail: str
    engine: str
    model: str
    adapter: ServedAdapter
    queue: dict[str, int]
    limits: dict[str, int | float]
    storage: Literal["ok", "failing"]
    restarts: int = Field(description="times that the engine was lost and started again")
    uptime_s: float
    version: str


class Exam(BaseModel):
    """The last exam of the adapter. ``scores``: value and 95 % interval (``low``, ``high``) by ``condition.mark``."""

    when: str
    questions: int
    scores: dict[str, dict[str, float]]


class About(BaseModel):
    """The document of ``GET /api/chat/about``: what a reader should know of the one who answers."""

    notice: str = Field(description="the operator's words to readers, PHI4_NOTICE")
    examples: list[str] = Field(description="questions that the adapter has learned to answer")
    documents: int = Field(description="seed files that it has learned from")
    exam: Exam | None


class Turn(BaseModel):
    """A message of a stored conversation. ``siblings``: all answers to the same question, or all wordings of
    the same question, oldest first; PATCH the conversation with ``show`` to see another branch."""

    id: str
    role: str
    content: str
    reasoning: str
    reasoning_steps: list[str]
    finish_reason: str | None
    usage: dict[str, int]
    timings: dict[str, float]
    rating: int | None
    siblings: list[str]
    created_at: float


class ConversationHead(BaseModel):
    """A line in the list of conversations; times in seconds since 1970."""

    id: str
    title: str
    created_at: float
    updated_at: float


class ConversationWhole(ConversationHead):
    messages: list[Turn]
    answering: str | None = Field(description="the answer that is on its way; read it with GET /api/chat/{id}/stream")


class ConversationList(BaseModel):
    conversations: list[ConversationHead]


class ConversationChange(Wire):
    title: Text | None = Field(None, min_length=1, max_length=200, pattern=r"\S")
    show: str | None = Field(None, pattern=MESSAGE_ID, description="a message of the branch to show")


def _no_truth(value: object) -> object:
    """Python takes ``true`` for 1."""
    if isinstance(value, bool):
        raise ValueError("must be 1, -1 or null")
    return value


class FeedbackRequest(Wire):
    """``PUT /api/feedback``; what is left out is taken back."""

    message_id: str = Field(pattern=MESSAGE_ID)
    rating: Annotated[Literal[1, -1] | None, BeforeValidator(_no_truth)] = None
    reasons: list[Annotated[Text, Field(min_length=1, max_length=40)]] = Field(default=[], max_length=10)
    comment: Text = Field("", max_length=2000)
    corrected_answer: Text = Field("", max_length=MAX_CHARACTERS)


class FeedbackAnswer(FeedbackRequest):
    """What is kept."""

    rating: int | None = None  # type: ignore[assignment]


class Deleted(BaseModel):
    deleted: int


ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer} for status in (400, 401, 403, 404, 409, 413, 415, 429, 500, 502, 503, 504)
}
