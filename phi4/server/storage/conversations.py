"""Conversations of one owner: nobody else's are ever found, whatever id is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from phi4.records import Message
from phi4.server.failures import NotFound, Refusal
from phi4.server.storage.database import Database, now_ms
from phi4.server.storage.tables import Conversation, Turn
from phi4.server.storage.tree import all_turns, branch, end_of, own, own_turn, unknown

TITLE_CHARACTERS = 60
MAX_TURNS = 1000  # of one conversation, all branches together


@dataclass(frozen=True)
class Asked:
    """A question at its place: the conversation, the turn, and the turns before it, the question included."""

    conversation_id: str
    question_id: str
    messages: list[Message]


def begin(messages: Sequence[Message]) -> Asked:
    """A new conversation that ends with a question; ``Conversations.keep`` writes it down, which the model
    need not wait for."""
    return Asked(f"conv_{uuid.uuid4().hex}", f"msg_{uuid.uuid4().hex}", list(messages))


class Conversations:
    """Reads and writes conversations. Every method raises ``StorageDown`` when the database does not answer,
    and ``NotFound`` for an id that is not the owner's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, owner: str, begun: Asked) -> None:
        """Write down a conversation that ``begin`` began."""
        now = now_ms()
        made = Conversation(
            id=begun.conversation_id, owner=owner, title=title_of(begun.messages), created_at=now, updated_at=now
        )
        async with self._database.transaction() as session:
            session.add(made)
            await session.flush()
            last: str | None = None
            for message in begun.messages[:-1]:
                last = _add(session, made, last, message)
            _add(session, made, last, begun.messages[-1], begun.question_id)

    async def ask(self, owner: str, conversation_id: str, question: Message) -> Asked:
        """One more question at the end of a conversation."""
        async with self._database.transaction() as session:
            conversation = await own(session, owner, conversation_id)
            turns = await all_turns(session, conversation_id)
            _room(turns)
            before = branch(turns, conversation.head)
            asked = _add(session, conversation, conversation.head, question)
        return Asked(conversation_id, asked, [*_said(before), question])

    async def ask_again(self, owner: str, message_id: str, content: str | None = None) -> Asked:
        """The question behind a message once more; with ``content``, edited: a sibling of the old one."""
        async with self._database.transaction() as session:
            conversation, turn = await own_turn(session, owner, message_id)
            turns = await all_turns(session, conversation.id)
            _room(turns)
            turn = _question(turns, turn)
            before = branch(turns, turn.parent_id)
            asked, question = turn.id, _message(turn)
            if content is not None:
                question = Message(role="user", content=content)
                asked = _add(session, conversation, turn.parent_id, question)
            conversation.head = asked
            return Asked(conversation.id, asked, [*_said(before), question])

    async def holder(self, owner: str, message_id: str) -> str:
        """The conversation that a message is in."""
        async with self._database.transaction() as session:
            conversation, _ = await own_turn(session, owner, message_id)
        return conversation.id

    async def answered(self, asked: Asked, message_id: str, content: str, reasoning: str, made: dict[str, Any]) -> bool:
        """Keep an answer. False when its conversation was deleted meanwhile."""
        async with self._database.transaction() as session:
            conversation = await session.get(Conversation, asked.conversation_id, with_for_update=True)
            if conversation is None:
                return False
            message = Message(role="assistant", content=content)
            _add(session, conversation, asked.question_id, message, message_id, reasoning, made)
        return True

    async def listing(self, owner: str, search: str, limit: int, offset: int) -> list[Conversation]:
        """The newest first; with ``search``, those whose title or text holds it."""
        wanted = select(Conversation).where(Conversation.owner == owner)
        if search:
            # bound to each conversation of the owner, so that nobody else's turns are looked through
            here = Turn.conversation_id == Conversation.id
            said = exists().where(here, Turn.content.icontains(search, autoescape=True))
            titled = Conversation.title.icontains(search, autoescape=True)
            wanted = wanted.where(or_(titled, said))
        wanted = wanted.order_by(Conversation.updated_at.desc(), Conversation.id).limit(limit).offset(offset)
        async with self._database.transaction() as session:
            return list(await session.scalars(wanted))

    async def read(self, owner: str, conversation_id: str) -> tuple[Conversation, list[tuple[Turn, list[str]]]]:
        """A conversation and the turns of the branch that is shown, each with the ids of all its siblings
        (its own among them, oldest first)."""
        async with self._database.transaction() as session:
            conversation = await own(session, owner, conversation_id)
            turns = await all_turns(session, conversation_id)
        children: dict[str | None, list[str]] = {}
        for turn in turns.values():
            children.setdefault(turn.parent_id, []).append(turn.id)
        return conversation, [(turn, children[turn.parent_id]) for turn in branch(turns, conversation.head)]

    async def change(self, owner: str, conversation_id: str, title: str | None, shown: str | None) -> Conversation:
        """Rename it, or show the branch that ``shown`` (a message's id) is on, down to its newest end."""
        async with self._database.transaction() as session:
            conversation = await own(session, owner, conversation_id)
            if title is not None:
                conversation.title = title
            if shown is not None:
                turns = await all_turns(session, conversation_id)
                if shown not in turns:
                    raise NotFound(f"no message '{shown}' in this conversation")
                conversation.head = end_of(turns, shown)
            return conversation

    async def delete(self, owner: str, conversation_id: str | None) -> int:
        """Delete one, or all, with every turn and all feedback; returns how many."""
        mine = delete(Conversation).where(Conversation.owner == owner)
        if conversation_id is not None:
            mine = mine.where(Conversation.id == conversation_id)
        async with self._database.transaction() as session:
            gone = (await session.scalars(mine.returning(Conversation.id))).all()
        if conversation_id is not None and not gone:
            raise NotFound(unknown(conversation_id))
        return len(gone)


def title_of(messages: Sequence[Message]) -> str:
    """The beginning of the first question, on one line."""
    first = next(turn.content for turn in messages if turn.role == "user")
    return " ".join(first.split())[:TITLE_CHARACTERS]


def _said(before: list[Turn]) -> list[Message]:
    """The turns that a model may be shown: a question whose answer was cut off before its first word is none."""
    kept: list[Message] = []
    for turn in map(_message, before):
        if turn.role == "user" and kept and kept[-1].role == "user":
            kept.pop()
        if turn.role == "user" or turn.content:
            kept.append(turn)
    return kept[:-1] if kept and kept[-1].role == "user" else kept


def _question(turns: dict[str, Turn], turn: Turn) -> Turn:
    """The question that a turn is, or stands behind. Raises ``Refusal`` where a conversation opens with an answer."""
    while turn.role != "user":
        if turn.parent_id is None:
            raise Refusal("there is no question before this message", "message_id")
        turn = turns[turn.parent_id]
    return turn


def _room(turns: dict[str, Turn]) -> None:
    if len(turns) >= MAX_TURNS:
        raise Refusal(f"this conversation has {len(turns)} turns, as many as one may have; begin a new one")


def _message(turn: Turn) -> Message:
    return Message(role="assistant" if turn.role == "assistant" else "user", content=turn.content)


def _add(
    session: AsyncSession,
    conversation: Conversation,
    parent: str | None,
    message: Message,
    message_id: str = "",
    reasoning: str = "",
    made: dict[str, Any] | None = None,
) -> str:
    """One more turn, which becomes the head."""
    now = max(now_ms(), conversation.updated_at + 1)  # in order, even when the clock was put back
    turn = Turn(
        id=message_id or f"msg_{uuid.uuid4().hex}",
        conversation_id=conversation.id,
        parent_id=parent,
        role=message.role,
        content=message.content,
        reasoning=reasoning,
        made=made or {},
        created_at=now,
    )
    session.add(turn)
    conversation.head, conversation.updated_at = turn.id, now
    return turn.id
