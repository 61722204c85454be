"""The teacher that needs no server and no network: a model in a child process."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from phi4.engines.llamacpp import start_llamacpp
from phi4.engines.openvino_drafts import SLOTS, serves, start_openvino
from phi4.engines.process import EngineProcess
from phi4.errors import EngineError, TeacherFailed, TeacherSlow, TeacherUnavailable
from phi4.records import Message
from phi4.teachers.protocol import Sampling, TeacherAnswer

LOAD_SECONDS = 300.0


log = logging.getLogger("phi4.teachers")


class EmbeddedTeacher:
    """One GGUF model: on OpenVINO where it takes the model, several drafts at once, else on llama.cpp, one by one.

    Both keep what they read: ask about one passage at a time and it is read once (docs/decisions/0020).
    """

    def __init__(self, name: str, model: Path, context: int, timeout: float) -> None:
        self.name = name
        self._engine, self.at_once = _start(name, model, context)
        self._client = self._engine.client(timeout)

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        body = {
            "messages": [turn.model_dump() for turn in messages],
            "temperature": sampling.temperature,
            "seed": sampling.seed,
            "max_tokens": sampling.max_tokens,
            "cache_prompt": True,
            "response_format": {"type": "json_schema", "json_schema": {"name": "draft", "schema": schema}},
        }
        start = time.monotonic()
        try:
            answer = self._client.post("/v1/chat/completions", json=body)
        except httpx.TimeoutException as error:
            raise TeacherSlow(f"{self.name}: no answer within the time limit") from error
        except httpx.TransportError as error:
            raise TeacherUnavailable(
                f"teacher '{self.name}' died: {self._engine.log_tail()}", "run the same command again"
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise TeacherFailed(f"{self.name}: {answer.text[:200]}")
        try:
            reply = answer.json()
            choice, usage = reply["choices"][0], reply["usage"]
        except (ValueError, LookupError, TypeError) as error:
            raise TeacherFailed(f"{self.name}: unreadable answer: {answer.text[:200]}") from error
        return TeacherAnswer(
            text=choice["message"]["content"] or "",
            finish_reason=choice["finish_reason"],
            prompt_tokens=usage["prompt_tokens"],
            completion_tokens=usage["completion_tokens"],
            seconds=time.monotonic() - start,
        )

    def close(self) -> None:
        """End the child process."""
        self._client.close()
        self._engine.stop()


def _start(name: str, model: Path, context: int) -> tuple[EngineProcess, int]:
    """The engine, loaded, and how many requests it takes at once. Raises ``TeacherUnavailable``."""
    if serves(model):
        try:
            return _loaded(start_openvino(model, context=context)), SLOTS
        except EngineError as error:
            log.warning("OpenVINO did not load '%s' (%s); llama.cpp does the work", model, error.message)
    try:
        return _loaded(start_llamacpp(model, context=context)), 1
    except EngineError as error:
        raise TeacherUnavailable(
            f"teacher '{name}' did not start from '{model}': {error.message}",
            "check the file with: phi4 models list",
        ) from error


def _loaded(engine: EngineProcess) -> EngineProcess:
    try:
        engine.wait_ready(LOAD_SECONDS)
    except BaseException:  # Ctrl-C, too
        engine.stop()
        raise
    return engine
