"""A ``TorchModel`` in a child process: ``python -m phi4.engines.torch_server``.

HTTP over the Unix socket: ``GET /health`` (503 until loaded, 500 with the reason when loading
failed) and ``POST /completion`` with token ids in and out.
"""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from phi4.engines.parent import read_specification
from phi4.engines.protocol import Limits
from phi4.errors import PHi4Error


class _Host:
    """The model, once it is there; one generation at a time."""

    def __init__(self, base: Path, adapter: Path | None) -> None:
        self._base, self._adapter = base, adapter
        self._model: Any = None
        self._failure = ""
        self._turn = threading.Lock()
        threading.Thread(target=self._load, daemon=True).start()

    def _load(self) -> None:
        from phi4.engines.torch_model import TorchModel

        try:
            self._model = TorchModel(self._base, self._adapter)
        except PHi4Error as error:
            self._failure = error.message
        except Exception as error:  # whatever it was, the parent must hear of it
            self._failure = f"{type(error).__name__}: {error}"

    async def health(self, request: Request) -> JSONResponse:
        if self._failure:
            return JSONResponse({"status": "failed", "detail": self._failure}, status_code=500)
        ready = self._model is not None
        return JSONResponse({"status": "ok" if ready else "loading"}, status_code=200 if ready else 503)

    async def completion(self, request: Request) -> JSONResponse:
        body = await request.json()
        if self._model is None:
            return JSONResponse({"detail": "the model is not loaded"}, status_code=503)
        return JSONResponse({"completions": await run_in_threadpool(self._generate, body)})

    def _generate(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        with self._turn:
            done = self._model.generate(body["prompts"], Limits(**body["limits"]), body["tuned"])
        return [asdict(completion) for completion in done]


def main() -> None:
    """Serve until the parent goes away."""
    specification = read_specification()
    adapter = specification["adapter"]
    host = _Host(Path(specification["base"]), Path(adapter) if adapter else None)
    routes = [Route("/health", host.health), Route("/completion", host.completion, methods=["POST"])]
    uvicorn.run(Starlette(routes=routes), uds=specification["socket"], log_level="warning")


if __name__ == "__main__":
    main()
