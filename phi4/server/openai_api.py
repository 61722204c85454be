"""``/v1``: the official ``openai`` client works unchanged. Answers leave no trace in the database."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse

from phi4.server.answering import Wishes
from phi4.server.answers import AnswerEvent
from phi4.server.chat_api import EVENTS, Asker, Service
from phi4.server.event_stream import EventStream, WholeAnswer
from phi4.server.failures import ENDED, UnknownModel, ended_answer, error_body
from phi4.server.guard import GuardedRoute
from phi4.server.openai_schemas import (
    Completion,
    CompletionChoice,
    CompletionMessage,
    CompletionRequest,
    CompletionUsage,
    ModelCard,
    ModelList,
    chunk,
)
from phi4.server.schemas import ERRORS
from phi4.server.service import ChatService

BOTH: dict[int | str, dict[str, Any]] = {**ERRORS, 200: {"model": Completion, "content": EVENTS}}
DELTAS = {"reasoning": "reasoning_content", "content": "content"}

router = APIRouter(prefix="/v1", tags=["openai"], route_class=GuardedRoute)


@router.get("/models", responses=ERRORS)
async def models(service: Service, visitor: Asker) -> ModelList:
    """The adapter that is served, as a model."""
    return ModelList(data=[_card(service)] if service.model.name else [])


@router.get("/models/{name}", responses=ERRORS)
async def model(name: Annotated[str, Path(max_length=200)], service: Service, visitor: Asker) -> ModelCard:
    """One model."""
    _check_name(name, service)
    return _card(service)


@router.post("/chat/completions", response_model=Completion, responses=BOTH)
async def completions(body: CompletionRequest, service: Service, visitor: Asker) -> Response:
    """Answer the last of the messages."""
    service.model.ready()
    _check_name(body.model, service)
    wishes = Wishes(
        max_tokens=body.max_completion_tokens or body.max_tokens or 0,
        temperature=body.temperature or 0.0,
        top_p=0.95 if body.top_p is None else body.top_p,
        seed=body.seed,
    )
    answer = await service.answering.ask_once(visitor, body.turns(), wishes)
    created = int(time.time())
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return EventStream(answer, Chunks(answer.id, created, body.model, usage).encode)
    return WholeAnswer(answer, lambda end: _whole(end, created, body.model))


class Chunks:
    """Our events as OpenAI's."""

    def __init__(self, answer_id: str, created: int, model: str, include_usage: bool) -> None:
        self._names = answer_id, created, model
        self._include_usage = include_usage

    def encode(self, event: AnswerEvent) -> bytes:
        """One event; some say nothing here."""
        match event.kind:
            case "start":
                return self._delta({"role": "assistant", "content": ""})
            case "reasoning" | "content":  # a text that turns out to be reasoning was told as content already
                known = event.data.get("replaces_content")
                return b"" if known else self._delta({DELTAS[event.kind]: event.data["delta"]})
            case "done":
                return self._end(event.data)
            case "error":
                code = event.data["code"]
                return _data(error_body(event.data["message"], ENDED[code][1], code))
        return b""

    def _delta(self, delta: dict[str, str], finish_reason: str | None = None, **more: Any) -> bytes:
        more |= {"usage": None} if self._include_usage else {}
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return _data(chunk(*self._names, [choice], **more))

    def _end(self, data: dict[str, Any]) -> bytes:
        trimmed = data["trimmed_turns"]
        told = self._delta({}, _finish_reason(data), trimmed_turns=trimmed)
        if self._include_usage:
            told += _data(chunk(*self._names, [], usage=data["usage"], trimmed_turns=trimmed))
        return told + b"data: [DONE]\n\n"


def _data(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def _finish_reason(data: dict[str, Any]) -> str:
    """OpenAI knows no stopped answers."""
    return "length" if data["finish_reason"] == "length" else "stop"


def _whole(end: AnswerEvent, created: int, model: str) -> JSONResponse:
    if end.kind == "error":
        return ended_answer(end.data["code"], end.data["message"])
    message = CompletionMessage(content=end.data["answer"], reasoning_content=end.data["reasoning"])
    reason = _finish_reason(end.data)
    choice = CompletionChoice.model_validate({"message": message, "finish_reason": reason})
    usage = CompletionUsage(**end.data["usage"])
    whole = Completion(
        id=end.data["id"],
        created=created,
        model=model,
        choices=[choice],
        usage=usage,
        trimmed_turns=end.data["trimmed_turns"],
    )
    return JSONResponse(whole.model_dump())


def _check_name(name: str, service: ChatService) -> None:
    if name != service.model.name:
        raise UnknownModel(f"no model '{name}' is served here; GET /v1/models names what is", "model")


def _card(service: ChatService) -> ModelCard:
    created = service.model.loaded_at or 0
    return ModelCard(id=service.model.name, created=created, parent=service.model.base_model)
