"""From a question to an answer on its way: counted, looked up, queued, produced, kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from phi4.engines.protocol import Limits
from phi4.records import Message
from phi4.server.access import Visitor
from phi4.server.admission import Admission, Ticket
from phi4.server.answers import RESUME_SECONDS, Answer
from phi4.server.chat_log import ChatLog
from phi4.server.failures import RETRY_SECONDS, RETRYABLE, InUse, NotFound, Refusal, StorageDown
from phi4.server.metrics import Metrics
from phi4.server.model import Loaded, ServedModel
from phi4.server.production import Outcome, Production
from phi4.server.schemas import ChatAnswer, Usage
from phi4.server.storage import Asked, Conversations, begin

STARTING_SLOTS = 1  # until the engine says how many it has
log = logging.getLogger("phi4.server")


@dataclass(frozen=True)
class Wishes:
    """How a visitor wants an answer; zeros and None: as the server likes."""

    max_tokens: int = 0
    temperature: float = 0.0
    top_p: float = 0.95
    seed: int | None = None
    resumable: bool = False


@dataclass(frozen=True)
class Job:
    """What is to be done about one question. ``keep`` writes the question down beside the model's work;
    ``remember`` is False for answers that leave no trace."""

    answer: Answer
    asked: Asked
    made: dict[str, Any]
    keep: Callable[[], Awaitable[None]] | None
    remember: bool


class Answering:
    """Begins answers and knows those on their way."""

    def __init__(
        self,
        model: ServedModel,
        conversations: Conversations,
        metrics: Metrics,
        chat_log: ChatLog,
        *,
        max_waiting: int,
        max_per_client: int,
        queue_timeout: float,
        answer_timeout: float,
    ) -> None:
        self.admission = Admission(STARTING_SLOTS, max_waiting, max_per_client)
        self._model, self._conversations, self._metrics, self._log = model, conversations, metrics, chat_log
        self._timeouts = queue_timeout, answer_timeout
        self._answers: dict[str, Answer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # by owner and conversation the answer that is on its way there, "" before it has begun
        self._busy: dict[tuple[str, str], str] = {}
        self._stopping = False

    async def stop(self) -> None:
        """End every answer; what was written so far is kept."""
        self._stopping = True
        for answer in list(self._answers.values()):
            answer.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, visitor: Visitor, messages: list[Message], wishes: Wishes) -> Answer:
        """Begin a conversation with ``messages`` and answer the last. Raises a ``Refusal`` or ``TooLong``."""
        with self._place(visitor, "") as (loaded, ticket):
            asked = begin(messages)
            keep = lambda: self._conversations.keep(visitor.owner, asked)  # noqa: E731
            return self._produce(visitor, loaded, ticket, wishes, asked, keep)

    async def ask_on(self, visitor: Visitor, conversation_id: str, question: Message, wishes: Wishes) -> Answer:
        """Go on with a conversation. Raises a ``Refusal`` or ``TooLong``."""
        with self._place(visitor, conversation_id) as (loaded, ticket):
            self._fit(loaded, [question], wishes)  # before it is written down
            asked = await self._conversations.ask(visitor.owner, conversation_id, question)
            return self._produce(visitor, loaded, ticket, wishes, asked)

    async def ask_again(self, visitor: Visitor, message_id: str, edited: str | None, wishes: Wishes) -> Answer:
        """Another answer to a question that was asked before, which may be ``edited``."""
        conversation_id = await self._conversations.holder(visitor.owner, message_id)
        with self._place(visitor, conversation_id) as (loaded, ticket):
            if edited is not None:
                self._fit(loaded, [Message(role="user", content=edited)], wishes)
            asked = await self._conversations.ask_again(visitor.owner, message_id, edited)
            return self._produce(visitor, loaded, ticket, wishes, asked)

    async def ask_once(self, visitor: Visitor, messages: list[Message], wishes: Wishes) -> Answer:
        """Answer and remember nothing."""
        with self._place(visitor, "") as (loaded, ticket):
            return self._produce(visitor, loaded, ticket, wishes, begin(messages), remember=False)

    def running(self, visitor: Visitor, message_id: str) -> Answer:
        """An answer on its way, or ended a moment ago. Raises ``NotFound``."""
        answer = self._answers.get(message_id)
        if answer is None or answer.owner != visitor.owner:
            raise NotFound(f"no answer '{message_id}' of yours is on its way", "message_id")
        return answer

    def answering(self, visitor: Visitor, conversation_id: str) -> str | None:
        """The answer that is on its way in a conversation of the visitor's."""
        return self._busy.get((visitor.owner, conversation_id)) or None

    @contextmanager
    def _place(self, visitor: Visitor, conversation_id: str) -> Iterator[tuple[Loaded, Ticket]]:
        """A place in the queue and, for an old conversation, the right to go on with it; both are given back
        when no answer comes of it. Counted before anything is read or tokenised."""
        place = visitor.owner, conversation_id
        try:
            loaded = self._model.ready()
            if place in self._busy:
                raise InUse("this conversation is being answered; wait for its end, or stop it", "conversation_id", 1)
            self.admission.slots = max(loaded.engine.description.slots, 1)
            ticket = self.admission.enter(visitor.client)
        except Refusal as refusal:
            self._metrics.shed.labels(refusal.code).inc()
            raise
        try:
            if conversation_id:
                self._busy[place] = ""
            yield loaded, ticket
        except BaseException:
            self._busy.pop(place, None)
            ticket.leave()
            raise

    def _fit(self, loaded: Loaded, messages: list[Message], wishes: Wishes) -> tuple[list[int], int, Limits]:
        """The prompt, how many older turns it leaves out, and how the answer is sampled. An answer whose length
        nobody stated leaves half of the room to what was said, and gets what that leaves. Raises ``TooLong``."""
        limits = loaded.dialogue.limits(wishes.max_tokens, wishes.temperature, wishes.top_p, wishes.seed)
        if not loaded.room:
            return *loaded.dialogue.fit(messages, 0), limits
        reserved = limits.max_tokens if wishes.max_tokens else min(limits.max_tokens, loaded.room // 2)
        prompt, trimmed = loaded.dialogue.fit(messages, max(loaded.room - reserved, 1))
        return prompt, trimmed, replace(limits, max_tokens=min(limits.max_tokens, loaded.room - len(prompt)))

    def _produce(
        self,
        visitor: Visitor,
        loaded: Loaded,
        ticket: Ticket,
        wishes: Wishes,
        asked: Asked,
        keep: Callable[[], Awaitable[None]] | None = None,
        remember: bool = True,
    ) -> Answer:
        prompt, trimmed, limits = self._fit(loaded, asked.messages, wishes)
        answer = Answer(visitor.owner, wishes.resumable)
        job = Job(answer, asked, {**loaded.facts(limits), "trimmed_turns": trimmed}, keep, remember)
        names = ("model", "adapter", "trimmed_turns")
        answer.tell(
            "start",
            {"id": answer.id, "conversation_id": asked.conversation_id, **{name: job.made[name] for name in names}},
        )
        self._log.asked(answer.id, asked.messages[-1].content)
        production = Production(answer, ticket, loaded.engine, prompt, limits)
        answer.on_stop = production.stop
        self._busy[visitor.owner, asked.conversation_id] = answer.id
        whole = asyncio.create_task(self._see_through(job, production))
        self._tasks.add(whole)
        whole.add_done_callback(self._tasks.discard)
        self._answers[answer.id] = answer
        return answer

    async def _see_through(self, job: Job, production: Production) -> None:
        """Everything about one answer up to its one ``done`` or ``error``."""
        try:
            keeping = asyncio.ensure_future(job.keep()) if job.keep else None
            outcome = await production.run(*self._timeouts)
            if self._stopping and outcome.end == "cancelled":
                outcome.end, outcome.code, outcome.message = "error", "shutting_down", "the server is being stopped"
            self._end(job, outcome, await self._keep(job, keeping, outcome))
        except Exception:
            log.exception("answer %s failed", job.answer.id)
            told = {"code": "failed", "message": "the server failed; its log says why", "retryable": False}
            job.answer.tell("error", told | {"stored": False})
        finally:
            self._busy.pop((job.answer.owner, job.asked.conversation_id), None)
            asyncio.get_running_loop().call_later(RESUME_SECONDS, self._answers.pop, job.answer.id, None)

    def _end(self, job: Job, outcome: Outcome, kept: bool | None) -> None:
        """Count it, and tell its end."""
        self._metrics.ended(outcome, kept is not False)
        self._log.answered(job.answer.id, outcome.answer.answer)
        if outcome.end == "error":
            retryable = outcome.code in RETRYABLE
            data = {"code": outcome.code, "message": outcome.message, "retryable": retryable, "stored": bool(kept)}
            job.answer.tell("error", data | ({"retry_after": RETRY_SECONDS} if retryable else {}))
        else:
            job.answer.tell("done", _document(job, outcome, bool(kept)).model_dump())

    async def _keep(self, job: Job, keeping: asyncio.Future[None] | None, outcome: Outcome) -> bool | None:
        """Write the answer down, with everything that led to it; None where nobody wants it kept, or its
        conversation was deleted meanwhile. A database that is down loses the answer for the next visit, not for
        its reader."""
        if not job.remember:
            return None
        told, used = outcome.answer, outcome.usage
        facts = {
            "finish_reason": outcome.code or outcome.end,
            "usage": {"prompt_tokens": used.prompt_tokens, "completion_tokens": used.completion_tokens},
            "timings": outcome.timings,
            "reasoning_steps": list(told.reasoning_steps),
        }
        try:
            if keeping is not None:
                await keeping
            there = await self._conversations.answered(
                job.asked, job.answer.id, told.answer, told.reasoning, job.made | facts
            )
            return there or None
        except StorageDown:
            log.warning("answer %s is not kept", job.answer.id)
        except Exception:
            log.exception("answer %s is not kept", job.answer.id)
        return False


def _document(job: Job, outcome: Outcome, stored: bool) -> ChatAnswer:
    read, written = outcome.usage.prompt_tokens, outcome.usage.completion_tokens
    return ChatAnswer(
        id=job.answer.id,
        conversation_id=job.asked.conversation_id,
        answer=outcome.answer.answer,
        reasoning_steps=list(outcome.answer.reasoning_steps),
        reasoning=outcome.answer.reasoning,
        finish_reason=outcome.end,
        usage=Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written),
        timings=outcome.timings,
        model=job.made["model"],
        adapter=job.made["adapter"],
        trimmed_turns=job.made["trimmed_turns"],
        stored=stored,
    )
