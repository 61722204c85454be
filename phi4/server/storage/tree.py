"""A conversation's turns as the tree that they are, found for their owner only."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from phi4.server.failures import NotFound
from phi4.server.storage.tables import Conversation, Turn


async def own(session: AsyncSession, owner: str, conversation_id: str) -> Conversation:
    """Raises ``NotFound``, the same for an id of somebody else's and for one that was never given out."""
    mine = select(Conversation).where(Conversation.id == conversation_id, Conversation.owner == owner)
    found = await session.scalar(mine.with_for_update())
    if found is None:
        raise NotFound(unknown(conversation_id), "conversation_id")
    return found


async def own_turn(session: AsyncSession, owner: str, message_id: str) -> tuple[Conversation, Turn]:
    """A turn and its conversation. Raises ``NotFound``."""
    mine = (
        select(Conversation, Turn)
        .join(Turn, Turn.conversation_id == Conversation.id)
        .where(Turn.id == message_id, Conversation.owner == owner)
    )
    found = (await session.execute(mine)).first()
    if found is None:
        raise NotFound(f"no message '{message_id}' belongs to you", "message_id")
    return found[0], found[1]


async def all_turns(session: AsyncSession, conversation_id: str) -> dict[str, Turn]:
    """All turns of all branches, oldest first."""
    rows = select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.created_at, Turn.id)
    return {turn.id: turn for turn in await session.scalars(rows)}


def branch(turns: dict[str, Turn], head: str | None) -> list[Turn]:
    """From the first turn down to ``head``."""
    upward: list[Turn] = []
    while head is not None:
        upward.append(turns[head])
        head = turns[head].parent_id
    return upward[::-1]


def end_of(turns: dict[str, Turn], start: str) -> str:
    """The newest turn below ``start``."""
    newest = {turn.parent_id: turn.id for turn in turns.values()}
    while start in newest:
        start = newest[start]
    return start


def unknown(conversation_id: str) -> str:
    """What to say about an id that is not the owner's."""
    return f"no conversation '{conversation_id}' belongs to you: send the key or cookie that it was begun with"
