"""What goes over the wire: requests checked field by field, answers in one shape."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from phi4.records import Message

MAX_CHARACTERS = 20_000
MAX_MESSAGES = 100


class ChatRequest(BaseModel):
    """``POST /api/chat``: one ``message``, or a whole conversation as ``messages``."""

    model_config = ConfigDict(extra="forbid")
    message: str | None = Field(None, min_length=1, max_length=MAX_CHARACTERS)
    messages: list[Message] | None = Field(None, min_length=1, max_length=MAX_MESSAGES)
    conversation_id: str | None = Field(None, min_length=1, max_length=64)
    max_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    stream: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> ChatRequest:
        if (self.message is None) == (self.messages is None):
            raise ValueError("give either 'message' or 'messages'")
        if self.message is not None and not self.message.strip():
            raise ValueError("'message' is blank")
        if self.messages is not None:
            if any(turn.role == "system" for turn in self.messages):
                raise ValueError("the operator sets the system turn (PHI4_SYSTEM_PROMPT)")
            if self.messages[-1].role != "user":
                raise ValueError("the last of 'messages' must be the user's")
            if sum(len(turn.content) for turn in self.messages) > MAX_CHARACTERS:
                raise ValueError(f"'messages' are longer than {MAX_CHARACTERS} characters together")
        if self.stream:
            raise ValueError("streaming is not offered by this version; leave 'stream' out")
        return self


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatAnswer(BaseModel):
    """The JSON answer of ``POST /api/chat``."""

    id: str
    conversation_id: str
    answer: str
    reasoning_steps: list[str]
    reasoning: str
    finish_reason: str
    usage: Usage
    timings: dict[str, float]
    model: str
    adapter: str


class Status(BaseModel):
    """The document of ``GET /api/chat/status``."""

    state: str = Field(description="starting, loading, ready, degraded or failed")
    loaded: bool
    progress: float | None = Field(description="0 to 1 while loading, where known")
    detail: str
    engine: str
    model: str
    adapter: str
    queue: dict[str, int]
    limits: dict[str, int]
    version: str


def error_body(message: str, kind: str, code: str, param: str | None = None) -> dict[str, Any]:
    """An error in OpenAI's shape."""
    return {"error": {"message": message, "type": kind, "code": code, "param": param}}
