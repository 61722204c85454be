"""The teacher that needs no server and no network: a model in a child process."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from phi4.engines.llamacpp import start_llamacpp
from phi4.engines.openvino_drafts import SLOTS, serves, start_openvino
from phi4.engines.process import EngineProcess
from phi4.errors import EngineError, TeacherBusy, TeacherFailed, TeacherSlow, TeacherUnavailable
from phi4.paths import sha256_of
from phi4.records import Message
from phi4.teachers.failures import REFUSED, refused
from phi4.teachers.markers import without_markers
from phi4.teachers.names import local_files
from phi4.teachers.protocol import Sampling, TeacherAnswer

LLAMACPP = "phi4.engines.llamacpp"
LOAD_SECONDS = 300.0
CHECK = "check the file with: phi4 models list"
PATIENCE = 4  # time limits for one request among many: they share the processor


class EmbeddedTeacher:
    """One GGUF model: on OpenVINO where it takes the model, several drafts at once, else on llama.cpp, one by one.

    Both keep what they read: what is asked about a passage in a row reads it once (docs/decisions/0020). An OpenVINO
    that dies at work is replaced by llama.cpp.
    """

    def __init__(self, name: str, model: Path, context: int, timeout: float) -> None:
        self.name = name
        self.identity = _identity(name, model)
        self._model, self._context = model, context
        self._engine, self.at_once = _start(name, model, context)
        self._timeout = timeout * (PATIENCE if self.at_once > 1 else 1)
        self._client = self._engine.client(self._timeout)
        self._clients = [self._client]
        self._replacing, self._closed = threading.Lock(), False

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        body = {
            "messages": [{"role": turn.role, "content": without_markers(turn.content)} for turn in messages],
            "temperature": sampling.temperature,
            "seed": sampling.seed,
            "max_tokens": sampling.max_tokens,
            "cache_prompt": True,
            "response_format": {"type": "json_schema", "json_schema": {"name": "draft", "schema": schema}},
        }
        start, engine = time.monotonic(), self._engine
        try:
            if not engine.alive:
                raise httpx.ConnectError("the engine's process has ended")
            answer = self._client.post("/v1/chat/completions", json=body)
        except httpx.TimeoutException as error:
            raise TeacherSlow(f"{self.name}: no answer within the time limit") from error
        except httpx.TransportError as error:
            self._replace(engine)
            raise TeacherBusy(f"{self.name}: its engine ended while it answered") from error
        if answer.status_code in REFUSED:
            raise refused(self.name, answer.text[:200])
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

    def _replace(self, lost: EngineProcess) -> None:
        """Let llama.cpp go on where OpenVINO died. Raises ``TeacherUnavailable`` where it was llama.cpp."""
        with self._replacing:
            if self._closed or self._engine is not lost or not lost.wait(1.0):
                return  # it shall end, somebody was faster, or only the connection was lost
            why = f"exit code {lost.exit_code}: {lost.log_tail() or 'no last words'}"
            if lost.module == LLAMACPP:
                raise TeacherUnavailable(f"teacher '{self.name}' died, {why}", "run the same command again")
            print(f"{self.name}: OpenVINO died ({why}); llama.cpp goes on, one draft at a time", file=sys.stderr)
            self._engine = _start_llamacpp(self.name, self._model, self._context)
            self._client = self._engine.client(self._timeout)
            self._clients.append(self._client)  # others may still be about to ask with the old one
            lost.stop()

    def close(self) -> None:
        """End the child process; what is under way then fails."""
        with self._replacing:
            self._closed = True
        self._engine.stop()
        for client in self._clients:
            client.close()


def _identity(name: str, model: Path) -> str:
    """Which model it is. One of the catalogue is always the same under its whole name, however little of that was
    typed. A file may be replaced, or lie elsewhere on another machine: it is what it holds."""
    if local_files(name):
        try:
            return f"embedded:{sha256_of(model)}"
        except OSError as error:
            raise TeacherUnavailable(f"teacher '{name}' cannot read '{model}': {error.strerror}", CHECK) from error
    return f"embedded:{model.stem}"


def _start(name: str, model: Path, context: int) -> tuple[EngineProcess, int]:
    """The engine, loaded, and how many requests it takes at once. Raises ``TeacherUnavailable``."""
    if serves(model):
        try:
            return _loaded(start_openvino(model, context=context)), SLOTS
        except EngineError as error:
            print(f"{name}: OpenVINO did not load '{model}' ({error.message})", file=sys.stderr)
    return _start_llamacpp(name, model, context), 1


def _start_llamacpp(name: str, model: Path, context: int) -> EngineProcess:
    try:
        return _loaded(start_llamacpp(model, context=context))
    except EngineError as error:
        raise TeacherUnavailable(f"teacher '{name}' did not start from '{model}': {error.message}", CHECK) from error


def _loaded(engine: EngineProcess) -> EngineProcess:
    try:
        engine.wait_ready(LOAD_SECONDS)
    except BaseException:  # Ctrl-C, too
        engine.stop()
        raise
    return engine
