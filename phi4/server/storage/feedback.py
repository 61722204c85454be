"""What readers think of answers, each with a frozen copy of everything that led to the answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from phi4.server.failures import NotFound, Refusal
from phi4.server.storage.database import Database, now_ms
from phi4.server.storage.tables import Feedback, Turn
from phi4.server.storage.tree import all_turns, branch, own_turn

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # both can replace what is there


class FeedbackStore:
    """Feedback of one owner, and all of it for the export. Raises ``StorageDown`` and ``NotFound``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self,
        owner: str,
        message_id: str,
        rating: int | None,
        reasons: list[str],
        comment: str,
        corrected_answer: str,
    ) -> Feedback:
        """Say what one thinks of an answer; said again, the new replaces the old."""
        async with self._database.transaction() as session:
            _, turn = await own_turn(session, owner, message_id)
            if turn.role != "assistant":
                raise Refusal("feedback is about answers; this is a question", "message_id")
            now = now_ms()
            opinion = {"rating": rating, "reasons": reasons, "comment": comment, "corrected_answer": corrected_answer}
            opinion["updated_at"] = now
            first = {"message_id": message_id, "owner": owner, "created_at": now}
            first["snapshot"] = await _snapshot(session, turn)
            written = INSERT[self._database.kind](Feedback).values(**first, **opinion)
            written = written.on_conflict_do_update(index_elements=[Feedback.message_id], set_=opinion)
            kept: Feedback = (await session.scalars(written.returning(Feedback))).one()
            return kept

    async def withdraw(self, owner: str, message_id: str) -> None:
        """Take it back."""
        mine = delete(Feedback).where(Feedback.message_id == message_id, Feedback.owner == owner)
        async with self._database.transaction() as session:
            gone = (await session.scalars(mine.returning(Feedback.message_id))).all()
        if not gone:
            raise NotFound(f"there is no feedback of yours on '{message_id}'", "message_id")

    async def ratings(self, owner: str, message_ids: list[str]) -> dict[str, int | None]:
        """The owner's ratings of some messages."""
        mine = select(Feedback).where(Feedback.owner == owner, Feedback.message_id.in_(message_ids))
        async with self._database.transaction() as session:
            return {found.message_id: found.rating for found in await session.scalars(mine)}

    async def everything(self) -> list[Feedback]:
        """All feedback, in the order of its messages' ids."""
        async with self._database.transaction() as session:
            return list(await session.scalars(select(Feedback).order_by(Feedback.created_at, Feedback.message_id)))


async def _snapshot(session: AsyncSession, turn: Turn) -> dict[str, Any]:
    turns = await all_turns(session, turn.conversation_id)
    return {
        "messages": [{"role": one.role, "content": one.content} for one in branch(turns, turn.parent_id)],
        "question_id": turn.parent_id,
        "reasoning": turn.reasoning,
        "answer": turn.content,
        "made": turn.made,
        "answered_at": turn.created_at,
    }
