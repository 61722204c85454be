"""The chatbot behind the endpoints: one served model, a queue before it, a memory behind it."""

from __future__ import annotations

import time

from phi4 import __version__
from phi4.paths import find_workspace
from phi4.server.access import Access, Login
from phi4.server.answering import Answering
from phi4.server.chat_log import ChatLog
from phi4.server.engine import open_engine
from phi4.server.metrics import Metrics
from phi4.server.model import FindAdapter, OpenEngine, ServedModel, asked_adapter
from phi4.server.schemas import MAX_CHARACTERS, MAX_MESSAGES, About, Exam, ServedAdapter, Status
from phi4.server.storage import Conversations, Database, FeedbackStore
from phi4.settings import Settings


def database_url(settings: Settings) -> str:
    """Where conversations are kept: as set, else ``data/chats.sqlite`` in the workspace."""
    stated = settings.database_url.get_secret_value()
    return stated or f"sqlite:///{find_workspace(settings.home).root / 'data' / 'chats.sqlite'}"


class ChatService:
    """One adapter served to many. Lives on one event loop."""

    def __init__(
        self,
        settings: Settings,
        login: Login | None = None,
        open_engine: OpenEngine = open_engine,
        find: FindAdapter = asked_adapter,
    ) -> None:
        """Raises ``UsageError`` or ``WorkspaceError`` for settings that cannot be meant."""
        self._settings, self._since, self.login = settings, time.monotonic(), login
        self.access = Access(settings, login)
        self.model = ServedModel(settings, open_engine, find)
        self.database = Database(database_url(settings))
        self.conversations = Conversations(self.database)
        self.feedback = FeedbackStore(self.database)
        self.metrics = Metrics()
        self.answering = Answering(
            self.model,
            self.conversations,
            self.metrics,
            ChatLog(settings.log_chats),
            max_waiting=settings.max_waiting,
            max_per_client=settings.max_per_client,
            queue_timeout=settings.queue_timeout,
            answer_timeout=settings.answer_timeout,
        )
        queue = self.answering.admission
        self.metrics.gauge("requests_running", "Requests at the model", lambda: queue.running)
        self.metrics.gauge("requests_waiting", "Requests that wait for a place", lambda: queue.waiting)
        self.metrics.gauge("model_ready", "1 when the model answers", lambda: self.model.status().state == "ready")
        self.metrics.gauge("model_load_seconds", "How long loading took", lambda: self.model.load_seconds)
        self.metrics.gauge("engine_restarts", "Times that the engine was lost", lambda: self.model.status().restarts)

    def start(self) -> None:
        """Begin to load the model. Twice is fine."""
        self.model.start()

    async def stop(self) -> None:
        """End every answer, then the engine; what was written so far is kept."""
        await self.answering.stop()
        await self.model.stop()
        await self.database.close()

    def about(self) -> About:
        """What training and the exam left in the adapter's ``phi4.json``, and the operator's notice."""
        adapter = self.model.adapter
        exam = adapter.exam if adapter else None
        return About(
            notice=self._settings.notice,
            examples=adapter.examples if adapter else [],
            documents=len(adapter.trained_files) if adapter else 0,
            exam=Exam(**exam) if exam else None,
        )

    def status(self) -> Status:
        """The state now; never waits."""
        now, queue = self.model.status(), self.answering.admission
        return Status(
            state=now.state,
            loaded=now.state == "ready",
            progress=1.0 if now.state == "ready" else now.progress and round(now.progress, 3),
            detail=now.detail,
            engine=self.model.engine_name,
            model=self.model.base_model,
            adapter=ServedAdapter(
                name=self.model.name,
                base=self.model.base_model,
                sha256=self.model.sha256,
                loaded_at=self.model.loaded_at,
            ),
            queue={"running": queue.running, "waiting": queue.waiting, "limit": queue.max_waiting},
            limits={
                "max_tokens": self._settings.max_new_tokens,
                "max_characters": MAX_CHARACTERS,
                "max_messages": MAX_MESSAGES,
                "context_tokens": self.model.context,
                "slots": queue.slots,
                "max_per_client": queue.max_per_client,
                "queue_timeout_s": self._settings.queue_timeout,
                "answer_timeout_s": self._settings.answer_timeout,
            },
            storage="failing" if self.database.failing else "ok",
            restarts=now.restarts,
            uptime_s=round(time.monotonic() - self._since, 1),
            version=__version__,
        )
