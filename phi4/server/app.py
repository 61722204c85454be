"""The FastAPI application, and the router that an existing site can mount.

from phi4.server import router            # app.include_router(router)
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from phi4 import __version__
from phi4.chat import find_adapter, read_adapter
from phi4.chat.adapters import Adapter
from phi4.errors import EngineError, PHi4Error, UsageError
from phi4.paths import find_workspace
from phi4.records import Message
from phi4.server.loopback import is_loopback
from phi4.server.schemas import ChatAnswer, ChatRequest, Status, Usage, error_body
from phi4.server.service import RETRY_SECONDS, Busy, ChatService, NotReady, start_torch
from phi4.settings import Settings, load_settings


class Refused(PHi4Error):
    """A request without an accepted key."""


async def _service(request: Request) -> ChatService:
    """The application's chatbot; a site that only mounts the router gets one on first use.

    A coroutine, so that two first requests cannot both start one.
    """
    state = request.app.state
    if not hasattr(state, "phi4"):
        attach(request.app, load_settings())
        state.phi4.start()
    service: ChatService = state.phi4
    return service


Service = Annotated[ChatService, Depends(_service)]


async def _authorised(request: Request, service: Service) -> None:
    """Raise ``Refused`` unless the bearer key is one of ``PHI4_API_KEYS``; without keys only this
    machine is answered, whatever address the site listens on."""
    keys: list[bytes] = request.app.state.phi4_keys
    if not keys and not is_loopback(request.client.host if request.client else ""):
        raise Refused("this server has no API keys set and answers its own machine only")
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip().encode()
    accepted = [hmac.compare_digest(given, key) for key in keys]  # all compared: time tells nothing
    if keys and not any(accepted):
        raise Refused("no valid API key")


class ChatRoute(APIRoute):
    """Turns our errors into answers itself, so that a site which only mounts the router gets them too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                return _invalid(error)
            except PHi4Error as error:
                return _failed(error)

        return guarded


router = APIRouter(prefix="/api/chat", tags=["chat"], route_class=ChatRoute)


@router.get("/status")
async def status(service: Service) -> Status:
    """Whether the model is loaded. Always 200, also while it loads or when it failed."""
    return service.status()


@router.post("", dependencies=[Depends(_authorised)])
async def chat(request: ChatRequest, service: Service) -> ChatAnswer:
    """Answer one message, or the last of a conversation."""
    messages = request.messages or [Message(role="user", content=request.message or "")]
    conversation, reply = await run_in_threadpool(
        service.answer, messages, request.conversation_id, request.max_tokens or 0, request.temperature or 0.0
    )
    now = service.status()
    return ChatAnswer(
        id=f"msg_{uuid.uuid4().hex}",
        conversation_id=conversation,
        answer=reply.answer,
        reasoning_steps=list(reply.reasoning_steps),
        reasoning=reply.reasoning,
        finish_reason=reply.finish_reason,
        usage=Usage(
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            total_tokens=reply.prompt_tokens + reply.completion_tokens,
        ),
        timings={"total_ms": round(reply.seconds * 1000, 1)},
        model=now.model,
        adapter=now.adapter,
    )


def attach(app: FastAPI, settings: Settings) -> None:
    """Give an application its chatbot and its keys."""

    def find() -> Adapter:
        workspace = find_workspace(settings.home)
        return read_adapter(find_adapter(settings.adapter_path, workspace), settings.stated("model_name"))

    app.state.phi4 = ChatService(find, start_torch, settings.system_prompt, settings.max_new_tokens)
    keys = settings.api_keys.get_secret_value().split(",")
    app.state.phi4_keys = [key.strip().encode() for key in keys if key.strip()]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application: the manual's endpoints, loading its model in the background."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.phi4.start()
        yield
        await run_in_threadpool(app.state.phi4.stop)

    app = FastAPI(title="PHi-4", version=__version__, lifespan=lifespan)
    attach(app, settings or load_settings())
    app.include_router(router)
    return app


def _failed(error: PHi4Error) -> JSONResponse:
    later = {"Retry-After": str(RETRY_SECONDS)}
    match error:
        case Refused():
            body = error_body(error.message, "authentication_error", "invalid_api_key")
            return JSONResponse(body, 401, {"WWW-Authenticate": "Bearer"})
        case Busy():
            return JSONResponse(error_body(error.message, "overloaded_error", "queue_full"), 503, later)
        case NotReady():
            return JSONResponse(error_body(error.message, "unavailable_error", "model_not_ready"), 503, later)
        case EngineError():
            return JSONResponse(error_body("the model was lost", "server_error", "engine_lost"), 503, later)
        case UsageError():
            return JSONResponse(error_body(error.message, "invalid_request_error", "invalid_value"), 400)
    return JSONResponse(error_body(str(error), "server_error", "failed"), 500)


def _invalid(error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    param = ".".join(str(part) for part in first["loc"][1:]) or None
    message = f"{param}: {first['msg']}" if param else str(first["msg"])
    return JSONResponse(error_body(message, "invalid_request_error", "invalid_value", param), 400)
