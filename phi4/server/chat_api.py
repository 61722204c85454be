"""``/api/chat``: ask, follow, stop, ask again; and the state of the model."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from phi4.records import Message
from phi4.server.access import Visitor
from phi4.server.answering import Wishes
from phi4.server.answers import Answer, AnswerEvent
from phi4.server.event_stream import EventStream, WholeAnswer
from phi4.server.failures import Refusal, ended_answer
from phi4.server.guard import GuardedRoute, public, service_of, visitor_of
from phi4.server.schemas import ERRORS, MESSAGE_ID, About, AgainRequest, ChatAnswer, ChatRequest, Sampling, Status
from phi4.server.service import ChatService

Service = Annotated[ChatService, Depends(service_of)]
Asker = Annotated[Visitor, Depends(visitor_of)]
MessageId = Annotated[str, Path(pattern=MESSAGE_ID)]
EVENTS = {"text/event-stream": {"itemSchema": {"type": "object", "required": ["data"]}}}
BOTH: dict[int | str, dict[str, Any]] = {**ERRORS, 200: {"model": ChatAnswer, "content": EVENTS}}
STREAM: dict[int | str, dict[str, Any]] = {**ERRORS, 200: {"content": EVENTS}}

router = APIRouter(prefix="/api/chat", tags=["chat"], route_class=GuardedRoute)


@router.get("/status")
@public
async def status(service: Service) -> Status:
    """Whether the model is loaded, what waits, what the limits are. Always 200."""
    return service.status()


@router.get("/about", responses=ERRORS)
async def about(service: Service) -> About:
    """What a reader should know of the one who answers."""
    return service.about()


@router.post("", response_model=ChatAnswer, responses=BOTH)
async def chat(body: ChatRequest, request: Request, service: Service, visitor: Asker) -> Response:
    """Answer one message, or the last of a conversation."""
    answering, wishes = service.answering, _wishes(body)
    if body.conversation_id is None:
        answer = await answering.ask(visitor, body.turns(), wishes)
    else:
        question = Message(role="user", content=body.message or "")
        answer = await answering.ask_on(visitor, body.conversation_id, question, wishes)
    return _respond(request, body, answer)


@router.post("/{message_id}/again", response_model=ChatAnswer, responses=BOTH)
async def again(
    message_id: MessageId, body: AgainRequest, request: Request, service: Service, visitor: Asker
) -> Response:
    """Regenerate an answer, or edit the question (``message``) and answer that; the old ones are kept beside."""
    answer = await service.answering.ask_again(visitor, message_id, body.message, _wishes(body))
    return _respond(request, body, answer)


@router.get("/{message_id}/stream", response_class=Response, responses=STREAM)
async def follow(
    message_id: MessageId,
    service: Service,
    visitor: Asker,
    seen: Annotated[int, Query(alias="from", ge=0, le=10**9, description="the last event that was received")] = 0,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> Response:
    """Go on reading an answer after a lost connection, for 30 s after its end."""
    answer = service.answering.running(visitor, message_id)
    last = int(last_event_id) if last_event_id.isdecimal() else seen
    if last > answer.told:
        raise Refusal(f"event {last} was not told yet; the last one is {answer.told}", "from")
    return EventStream(answer, seen=last)


@router.delete("/{message_id}", status_code=204, response_class=Response, responses=ERRORS)
async def stop(message_id: MessageId, service: Service, visitor: Asker) -> None:
    """Stop an answer; what was written so far is kept."""
    service.answering.running(visitor, message_id).stop()


def _wishes(body: Sampling) -> Wishes:
    return Wishes(body.max_tokens or 0, body.temperature or 0.0, resumable=body.resumable)


def _respond(request: Request, body: Sampling, answer: Answer) -> Response:
    if body.stream or "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(answer)
    return WholeAnswer(answer, _shape)


def _shape(end: AnswerEvent) -> JSONResponse:
    if end.kind == "error":
        return ended_answer(end.data["code"], end.data["message"])
    return JSONResponse(end.data)
