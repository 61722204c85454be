"""OpenAI's chat completions as far as they are spoken here; what would be ignored is refused by name."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool, model_validator

from phi4.records import Message
from phi4.server.schemas import MAX_CHARACTERS, MAX_MESSAGES, ChatTurn, Real, Text, Whole, Wire, conversation

Zero = Annotated[float, Field(strict=True, ge=0, le=0)]


class TextPart(Wire):
    """Content as a part; pictures and sounds are refused."""

    type: Literal["text"]
    text: Text = Field(max_length=MAX_CHARACTERS)


class OpenAITurn(Wire):
    """One turn; the system turn is the operator's (``PHI4_SYSTEM_PROMPT``)."""

    role: Literal["user", "assistant"]
    content: Annotated[Text, Field(max_length=MAX_CHARACTERS)] | Annotated[list[TextPart], Field(max_length=100)]
    name: Annotated[Text, Field(max_length=64)] | None = None
    reasoning_content: Text | None = Field(None, description="of an earlier answer; not shown to the model again")

    def plain(self) -> ChatTurn:
        """The turn as ours."""
        said = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return ChatTurn.model_construct(role=self.role, content=said)


class StreamOptions(Wire):
    include_usage: StrictBool = False


class CompletionRequest(Wire):
    """``POST /v1/chat/completions``. The fields of the last group are accepted where they change nothing."""

    model: Text = Field(min_length=1, max_length=200)
    messages: list[OpenAITurn] = Field(min_length=1, max_length=MAX_MESSAGES)
    max_tokens: Whole | None = Field(None, ge=1)
    max_completion_tokens: Whole | None = Field(None, ge=1)
    temperature: Real | None = Field(None, ge=0, le=2)
    top_p: Real | None = Field(None, gt=0, le=1)
    seed: Whole | None = Field(None, ge=-(2**63), lt=2**63)
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None

    n: Annotated[int, Field(strict=True, ge=1, le=1)] | None = None
    frequency_penalty: Zero | None = None
    presence_penalty: Zero | None = None
    logprobs: Literal[False] | None = None
    user: Annotated[Text, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> CompletionRequest:
        if self.stream_options is not None and not self.stream:
            raise ValueError("'stream_options' goes with 'stream'")
        self.turns()
        return self

    def turns(self) -> list[Message]:
        """What was said."""
        return conversation([turn.plain() for turn in self.messages])


class CompletionUsage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionMessage(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str
    reasoning_content: str


class CompletionChoice(BaseModel):
    index: int = 0
    message: CompletionMessage
    finish_reason: Literal["stop", "length"]
    logprobs: None = None


class Completion(BaseModel):
    """The whole answer. ``trimmed_turns`` is ours; the official client keeps what it does not know."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionUsage
    trimmed_turns: int = Field(description="older turns that the model was not shown, for want of room")


class ModelCard(BaseModel):
    """One served adapter; ``parent`` is its base."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "phi4"
    parent: str


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelCard]


def chunk(answer_id: str, created: int, model: str, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """One piece of a stream."""
    named = {"id": answer_id, "object": "chat.completion.chunk", "created": created, "model": model}
    return {**named, "choices": choices, **more}
