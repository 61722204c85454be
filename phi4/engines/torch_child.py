"""The parent's side of ``torch_server``: an ``Engine`` whose model lives in another process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import httpx

from phi4.engines.process import EngineProcess
from phi4.engines.protocol import Completion, Limits
from phi4.errors import EngineError

LOAD_SECONDS = 900.0


class TorchChild:
    """Starts the child at once; it loads while the parent goes on."""

    def __init__(self, base: Path, adapter: Path | None) -> None:
        specification = {"base": str(base), "adapter": str(adapter) if adapter else ""}
        self._process = EngineProcess("phi4.engines.torch_server", specification)

    def wait_ready(self) -> None:
        """Block until the model is loaded. Raises ``EngineError``."""
        self._process.wait_ready(LOAD_SECONDS)

    @property
    def alive(self) -> bool:
        return self._process.alive

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """See ``Engine.generate``."""
        body = {"prompts": [list(prompt) for prompt in prompts], "limits": asdict(limits), "tuned": tuned}
        if not self._process.listens():
            raise EngineError(f"the engine was lost or is not up yet: {self._process.log_tail()}")
        try:
            with self._process.client() as client:
                answer = client.post("/completion", json=body)
        except httpx.TransportError as error:
            raise EngineError(f"the engine was lost: {self._process.log_tail()}") from error
        if answer.status_code != httpx.codes.OK:
            raise EngineError(f"the engine refused: {answer.text[:200]}")
        return [Completion(tuple(one["tokens"]), one["finish_reason"]) for one in answer.json()["completions"]]

    def close(self) -> None:
        """End the child."""
        self._process.stop()
