"""``/api/conversations`` and ``/api/feedback``: what a visitor said before, and thinks of the answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from phi4.server.chat_api import Asker, MessageId, Service
from phi4.server.failures import Refusal
from phi4.server.guard import GuardedRoute
from phi4.server.schemas import (
    CONVERSATION_ID,
    ERRORS,
    ConversationChange,
    ConversationHead,
    ConversationList,
    ConversationWhole,
    Deleted,
    FeedbackAnswer,
    FeedbackRequest,
    Text,
    Turn,
)
from phi4.server.storage import tables

ConversationId = Annotated[str, Path(pattern=CONVERSATION_ID)]

router = APIRouter(prefix="/api", tags=["conversations"], route_class=GuardedRoute, responses=ERRORS)


@router.get("/conversations")
async def listing(
    service: Service,
    visitor: Asker,
    search: Annotated[Text, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> ConversationList:
    """The visitor's conversations, newest first; with ``search``, those that hold these words."""
    found = await service.conversations.listing(visitor.owner, search.strip(), limit, offset)
    return ConversationList(conversations=[_head(one) for one in found])


@router.delete("/conversations")
async def forget_all(service: Service, visitor: Asker) -> Deleted:
    """Delete all of the visitor's conversations, with their feedback."""
    return Deleted(deleted=await service.conversations.delete(visitor.owner, None))


@router.get("/conversations/{conversation_id}")
async def read(conversation_id: ConversationId, service: Service, visitor: Asker) -> ConversationWhole:
    """One conversation with its messages."""
    whole = await _whole(conversation_id, service, visitor)
    if whole.answering is None and whole.messages and whole.messages[-1].role == "user":
        # Its answer may have ended between the look at the turns and that at what is on its way.
        whole = await _whole(conversation_id, service, visitor)
    return whole


async def _whole(conversation_id: str, service: Service, visitor: Asker) -> ConversationWhole:
    conversation, turns = await service.conversations.read(visitor.owner, conversation_id)
    ratings = await service.feedback.ratings(visitor.owner, [turn.id for turn, _ in turns])
    messages = [_turn(turn, siblings, ratings.get(turn.id)) for turn, siblings in turns]
    answering = service.answering.answering(visitor, conversation_id)
    return ConversationWhole(**_head(conversation).model_dump(), messages=messages, answering=answering)


@router.patch("/conversations/{conversation_id}")
async def change(
    conversation_id: ConversationId, body: ConversationChange, service: Service, visitor: Asker
) -> ConversationHead:
    """Rename it, or show another branch of it."""
    if body.title is None and body.show is None:
        raise Refusal("give 'title' or 'show'")
    return _head(await service.conversations.change(visitor.owner, conversation_id, body.title, body.show))


@router.delete("/conversations/{conversation_id}")
async def forget(conversation_id: ConversationId, service: Service, visitor: Asker) -> Deleted:
    """Delete it, with its feedback."""
    return Deleted(deleted=await service.conversations.delete(visitor.owner, conversation_id))


@router.put("/feedback")
async def rate(body: FeedbackRequest, service: Service, visitor: Asker) -> FeedbackAnswer:
    """Say what one thinks of an answer; said again, the new replaces the old."""
    kept = await service.feedback.put(
        visitor.owner, body.message_id, body.rating, body.reasons, body.comment, body.corrected_answer
    )
    return FeedbackAnswer.model_validate(kept, from_attributes=True)


@router.delete("/feedback/{message_id}")
async def withdraw(message_id: MessageId, service: Service, visitor: Asker) -> Deleted:
    """Take the feedback on an answer back."""
    await service.feedback.withdraw(visitor.owner, message_id)
    return Deleted(deleted=1)


def _head(conversation: tables.Conversation) -> ConversationHead:
    return ConversationHead(
        id=conversation.id,
        title=conversation.title,
        created_at=conversation.created_at / 1000,
        updated_at=conversation.updated_at / 1000,
    )


def _turn(turn: tables.Turn, siblings: list[str], rating: int | None) -> Turn:
    return Turn(
        id=turn.id,
        role=turn.role,
        content=turn.content,
        reasoning=turn.reasoning,
        reasoning_steps=turn.made.get("reasoning_steps", []),
        finish_reason=turn.made.get("finish_reason"),
        usage=turn.made.get("usage", {}),
        timings=turn.made.get("timings", {}),
        rating=rating,
        siblings=siblings,
        created_at=turn.created_at / 1000,
    )
