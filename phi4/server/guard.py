"""What stands before every route, also in a site that only mounts the router: host, origin, key, size.

A route is closed unless its function is marked ``public``; nothing of a body is read before its sender
is known.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message

from phi4.errors import PHi4Error
from phi4.server.access import COOKIE, COOKIE_SECONDS, Visitor
from phi4.server.failures import BodyTooLarge, NotJSON, Refusal, refusal_answer
from phi4.server.headers import secure
from phi4.server.service import ChatService

MAX_BODY = 512 * 1024  # the longest conversation that is accepted, each character escaped as \uXXXX
OPENS = "phi4.opens"  # in the scope of a request: what gives the application's chatbot

F = TypeVar("F", bound=Callable[..., Any])


def public(endpoint: F) -> F:
    """A route that is answered without a key."""
    endpoint.public = True  # type: ignore[attr-defined]
    return endpoint


class GuardedRoute(APIRoute):
    """Checks the sender, turns our errors into answers, and adds the security headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See FastAPI."""
        handler = super().get_route_handler()
        is_public = getattr(self.endpoint, "public", False)

        async def guarded(request: Request) -> Response:
            visitor = None
            try:
                visitor = await _admitted(request, is_public)
                request.state.phi4_visitor = visitor
                response = await handler(_bounded(request))
            except (PHi4Error, RequestValidationError, HTTPException) as error:
                hidden = isinstance(error.__cause__, Refusal)  # FastAPI wraps what stops it reading a body
                response = refusal_answer(error.__cause__ if hidden else error)  # type: ignore[arg-type]
            # Only to who asks: of the cookies that a page's first reads were given at once, the last would take the
            # place of the one that a question came with, and its conversation would be a stranger's.
            if visitor is not None and visitor.cookie and request.method == "POST":
                _give_cookie(request, response, visitor)
            secure(response.headers)
            return response

        return guarded


async def service_of(request: Request) -> ChatService:
    """The chatbot of the router that the request came through, started if its lifespan did not run."""
    service: ChatService = request.scope[OPENS](request.app)
    service.start()
    return service


def visitor_of(request: Request) -> Visitor:
    """Who asks; only on routes that are not public."""
    visitor: Visitor = request.state.phi4_visitor
    return visitor


async def _admitted(request: Request, is_public: bool) -> Visitor | None:
    access = (await service_of(request)).access
    if request.url.path.rpartition("/")[2] not in ("livez", "readyz"):  # asked by address, not by name
        access.check_host(request)
    if is_public:
        return None
    access.check_origin(request)
    return await access.visitor(request)


def _bounded(request: Request) -> Request:
    """The request with a body that ends, or raises ``BodyTooLarge``, within ``MAX_BODY`` bytes."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return request
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJSON("send JSON, with the header 'Content-Type: application/json'")
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated[:20]) > MAX_BODY:
        raise BodyTooLarge(f"the body has {stated[:20]} bytes, at most {MAX_BODY} are read")
    receive, seen = request.receive, 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise BodyTooLarge(f"the body is longer than {MAX_BODY} bytes")
        return message

    return Request(request.scope, counted)


def _give_cookie(request: Request, response: Response, visitor: Visitor) -> None:
    response.set_cookie(
        COOKIE,
        visitor.cookie,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
