"""The FastAPI application, and the router that an existing site mounts.

from phi4.server import chat_router            # site.include_router(chat_router)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from phi4 import __version__
from phi4.errors import UsageError
from phi4.server import chat_api, conversation_api, health_api, openai_api, page_api
from phi4.server.access import Login
from phi4.server.failures import error_body, refusal_answer
from phi4.server.guard import OPENS
from phi4.server.headers import SecurityHeaders
from phi4.server.service import ChatService
from phi4.settings import Settings, load_settings


class ChatRouter(APIRouter):
    """All routes over one chatbot, which whoever comes first makes with this router's settings and login: the
    lifespan, or a request where none ran (nobody runs that of a site which is mounted in another)."""

    def __init__(self, settings: Settings | None, login: Login | None) -> None:
        super().__init__(lifespan=self._live)
        self._settings, self._login = settings, login
        for part in (chat_api, conversation_api, openai_api, health_api):
            self.include_router(part.router)

    def service(self, app: FastAPI) -> ChatService:
        """The application's chatbot. Raises ``UsageError`` when it is another router's, with another login."""
        if not hasattr(app.state, "phi4"):
            app.state.phi4 = ChatService(self._settings or load_settings(), self._login)
        service: ChatService = app.state.phi4
        if self._login not in (None, service.login):
            raise UsageError(
                "an application has one chat router, and this one has two logins",
                "mount the second in an application of its own: site.mount(path, FastAPI())",
            )
        return service

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See FastAPI: a request to an application that includes this router."""
        scope[OPENS] = self.service
        await super().handle(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See Starlette: a request to an application that mounts it."""
        scope[OPENS] = self.service
        await super().__call__(scope, receive, send)

    @asynccontextmanager
    async def _live(self, app: FastAPI) -> AsyncIterator[None]:
        service = self.service(app)
        service.start()
        try:
            await service.model.opened()
            yield
        finally:
            await service.stop()


def make_router(settings: Settings | None = None, login: Login | None = None) -> APIRouter:
    """All routes, with a lifespan that loads the model and ends it.

    ``settings``: default, those of the environment and ``.env`` when the site starts. ``login``: a site that
    knows its visitors tells who asks (a coroutine of the request that returns a name, or raises an
    ``HTTPException``); keys, cookies and the restriction to this machine then give way to it.
    """
    return ChatRouter(settings, login)


chat_router = make_router()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application by itself: the endpoints and the chat page, loading its model in the background."""
    settings = settings or load_settings()
    app = FastAPI(title="PHi-4", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    router = make_router(settings)
    router.include_router(page_api.router)
    app.include_router(router)
    app.add_middleware(SecurityHeaders)
    service = app.state.phi4 = ChatService(settings)
    if service.access.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=service.access.origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["authorization", "content-type", "last-event-id"],
        )
    for kind in (HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(Exception, _defect)
    return app


async def _refused(request: Request, error: Exception) -> JSONResponse:
    return refusal_answer(error)


async def _defect(request: Request, error: Exception) -> JSONResponse:
    """Starlette logs it; its visitor learns nothing of our inside."""
    return JSONResponse(error_body("the server failed; its log says why", "server_error", "failed"), 500)
