"""For those who run the server: alive, ready, measured, described."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from phi4.server.chat_api import Service
from phi4.server.guard import GuardedRoute, public
from phi4.server.metrics import CONTENT_TYPE_LATEST
from phi4.server.schemas import ERRORS

router = APIRouter(tags=["health"], route_class=GuardedRoute)


@router.get("/livez")
@public
async def livez(service: Service) -> dict[str, str]:
    """200 as long as the process answers; restart it when it does not."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "not ready"}})
@public
async def readyz(service: Service) -> JSONResponse:
    """200 when questions are answered, else 503: send visitors elsewhere."""
    state = service.status().state
    return JSONResponse({"status": state}, 200 if state == "ready" else 503)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, **ERRORS})
async def metrics(service: Service) -> Response:
    """Prometheus' text format."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> dict[str, Any]:
    """The description of this API; there is no page for it, which would need scripts from elsewhere."""
    described: dict[str, Any] = request.app.openapi()
    return described
