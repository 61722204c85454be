"""Everything that a request can be refused with: status, code, when to come back; in OpenAI's shape."""

from __future__ import annotations

from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from phi4.chat import TooLong
from phi4.errors import PHi4Error


class Refusal(PHi4Error):
    """A request that gets no answer. Subclasses say why; ``retry_after`` is in seconds, 0: never."""

    status = 400
    kind = "invalid_request_error"
    code = "invalid_value"

    def __init__(self, message: str, param: str | None = None, retry_after: int = 0) -> None:
        super().__init__(message)
        self.param, self.retry_after = param, retry_after


class Refused(Refusal):
    """No accepted key."""

    status, kind, code = 401, "authentication_error", "invalid_api_key"


class Forbidden(Refusal):
    """A host name or an origin that this server does not serve."""

    status, kind, code = 403, "permission_error", "forbidden"


class NotFound(Refusal):
    """Nothing by that id that belongs to the visitor."""

    status, code = 404, "not_found"


class UnknownModel(Refusal):
    """A model's name that is not served here."""

    status, code = 404, "model_not_found"


class InUse(Refusal):
    """The conversation is being answered already."""

    status, code = 409, "conversation_busy"


class BodyTooLarge(Refusal):
    """More bytes than any valid request has."""

    status, code = 413, "body_too_large"


class NotJSON(Refusal):
    """A body that does not call itself JSON."""

    status, code = 415, "not_json"


class OverShare(Refusal):
    """The visitor has as many requests here as one may have."""

    status, kind, code = 429, "rate_limit_error", "rate_limit_exceeded"


class Busy(Refusal):
    """The queue is full."""

    status, kind, code = 503, "overloaded_error", "queue_full"


class NotReady(Refusal):
    """The model is loading, or could not be loaded."""

    status, kind, code = 503, "unavailable_error", "model_not_ready"


class StorageDown(Refusal):
    """The database does not answer."""

    status, kind, code = 503, "unavailable_error", "storage_unavailable"


# Ends of an answer that began, by the code of its `error` event: status and kind, if nothing was sent yet. None is
# a 503: a proxy that gives those to the next process (deploy/nginx) would ask a question twice that is written down.
ENDED: dict[str, tuple[int, str]] = {
    "engine_lost": (502, "server_error"),
    "not_ready": (502, "unavailable_error"),
    "queue_timeout": (504, "overloaded_error"),
    "answer_timeout": (504, "server_error"),
    "context_length_exceeded": (400, "invalid_request_error"),
    "refused": (502, "server_error"),
    "shutting_down": (502, "unavailable_error"),
    "failed": (500, "server_error"),
}
RETRYABLE = {"engine_lost", "not_ready", "queue_timeout", "answer_timeout", "shutting_down"}
RETRY_SECONDS = 5


def error_body(message: str, kind: str, code: str, param: str | None = None) -> dict[str, Any]:
    """An error in OpenAI's shape; what cannot be written as UTF-8 is replaced."""
    return {"error": {"message": _writable(message), "type": kind, "code": code, "param": param and _writable(param)}}


def refusal_answer(error: Exception) -> JSONResponse:
    """The HTTP answer to a request that is refused. Anything else is raised again: a defect."""
    match error:
        case Refusal():
            headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            if isinstance(error, Refused):
                headers["WWW-Authenticate"] = "Bearer"
            return JSONResponse(error_body(error.message, error.kind, error.code, error.param), error.status, headers)
        case TooLong():
            body = error_body(error.message, "invalid_request_error", "context_length_exceeded", "messages")
            return JSONResponse(body, 400)
        case RequestValidationError():
            return JSONResponse(_invalid(error), 400)
        case HTTPException():
            kind = "invalid_request_error" if error.status_code < 500 else "server_error"
            return JSONResponse(error_body(str(error.detail), kind, "invalid_value"), error.status_code, error.headers)
    raise error


def ended_answer(code: str, message: str) -> JSONResponse:
    """The HTTP answer when the model's answer ended with an error before anything was sent."""
    status, kind = ENDED[code]
    headers = {"Retry-After": str(RETRY_SECONDS)} if code in RETRYABLE else {}
    return JSONResponse(error_body(message, kind, code), status, headers)


def _invalid(error: RequestValidationError) -> dict[str, Any]:
    """The first thing that is wrong, by the name of its field."""
    first = error.errors()[0]
    param = ".".join(str(part) for part in first["loc"][1:]) or None
    if first["type"] == "extra_forbidden":
        message, code = f"'{param}' is not supported", "unsupported_parameter"
    else:
        message, code = (f"{param}: {first['msg']}" if param else str(first["msg"])), "invalid_value"
    return error_body(message[:500], "invalid_request_error", code, param and param[:100])


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
