"""OpenVINO GenAI as a child that speaks HTTP as llama.cpp does: ``python -m phi4.engines.openvino_drafts``.

For the embedded teacher, on x86: many drafts in one batch, each held to its JSON schema. ``openvino`` puts
the same pipeline behind the link of the chat. Which of the two engines a teacher gets is written in
docs/decisions/0020.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import re
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phi4.engines.openvino import library, open_pipeline, runs_here
from phi4.engines.parent import read_specification
from phi4.engines.process import EngineProcess
from phi4.errors import EngineError
from phi4.machine import available_memory, granted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SLOTS = 16
STEP_TOKENS = 512  # nobody reads along, so a prompt is read in long steps
ANSWER_TOKENS = 2048  # room in the cache for what each slot writes and does not share
MEMORY = 4.5  # times the size of the file, measured with the 1.5B in Q4_K_M
# Those that OpenVINO was tried with; it refuses Q5_0, for one.
ARCHITECTURES = ("qwen2",)
TENSORS = frozenset({"F32", "F16", "Q4_0", "Q4_K", "Q6_K", "Q8_0"})
# Its grammar reads a range of letters byte by byte and loses U+D000 to U+D77F of this one (트, 펜, 함): a
# range that ends where a second byte does is read rightly.
SYLLABLES = "가-힣", "가-쿿퀀-흿힀-힣"
# Counting takes it eight seconds for each schema, in which no request goes on. What would not end is ended by
# tokens (``longest``), and parsing knows what is too short or too long.
COUNTED = re.compile(r"\{\d+,\d+\}")
MOST = re.compile(r"\{(?:\d+,)?(\d+)\}")
TOP_P, TOP_K, MIN_P = 0.95, 40, 0.05  # llama.cpp's defaults


def serves(model: Path) -> bool:
    """Whether this machine has OpenVINO and memory for it, and it takes this GGUF file."""
    if not runs_here():
        return False
    import gguf

    try:
        if _memory() < MEMORY * model.stat().st_size:
            return False
        reader = gguf.GGUFReader(model)
    except (OSError, ValueError, LookupError):
        return False  # the other engine says what is wrong with it
    architecture, template = map(reader.get_field, ("general.architecture", "tokenizer.chat_template"))
    if architecture is None or architecture.contents() not in ARCHITECTURES or template is None:
        return False
    return {tensor.tensor_type.name for tensor in reader.tensors} <= TENSORS


def _memory() -> float:
    """Bytes for one child: beside other workers of this machine (Ray's) its share, for they load at the same time."""
    share = granted() / (os.cpu_count() or 1) if granted() else 1.0
    return available_memory() * min(share, 1.0)


def start_openvino(model: Path, *, context: int, slots: int = SLOTS) -> EngineProcess:
    """A child that serves ``model``, a GGUF file that ``serves`` said yes to; a request has ``context`` tokens."""
    return EngineProcess(__name__, {"model": str(model), "context": context, "slots": slots})


def expression(schema: dict[str, Any]) -> str:
    """The JSON that follows a schema as a regular expression, without spaces between its parts: OpenVINO's own
    reading of a schema lets a model write as many as it likes.

    Knows what the schemas of drafts and votes are made of; "" for anything else.
    """
    try:
        return _expression(schema)
    except ValueError:
        return ""


def _expression(schema: dict[str, Any]) -> str:
    """See ``expression``. Raises ``ValueError``."""
    if "enum" in schema:
        return "({})".format("|".join(re.escape(json.dumps(value, ensure_ascii=False)) for value in schema["enum"]))
    match schema:
        case {"type": "object", "properties": parts}:
            return r"\{{{}\}}".format(",".join(f'"{name}":{_expression(part)}' for name, part in parts.items()))
        case {"type": "string", "pattern": pattern}:
            return '"{}"'.format(COUNTED.sub("+", pattern.removeprefix("^").removesuffix("$").replace(*SYLLABLES)))
        case {"type": "boolean"}:
            return "(true|false)"
    raise ValueError(schema)


def longest(schema: dict[str, Any]) -> int:
    """Tokens that are enough for any answer of this schema: one for each character that it counts, and for itself."""
    told = json.dumps(schema, ensure_ascii=False)
    return len(told) + sum(map(int, MOST.findall(told)))


@dataclass
class _Asked:
    """A request on its way to the thread that makes steps, and back."""

    ids: list[int]
    body: dict[str, Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[tuple[list[int], str]]

    def tell(self, ids: list[int], reason: str) -> None:
        """What was written, and why it ended: ``stop`` or ``length``."""
        self._settle(lambda: self.answer.set_result((ids, reason)))

    def fail(self, why: str) -> None:
        """There will be no answer."""
        self._settle(lambda: self.answer.set_exception(EngineError(why)))

    def _settle(self, settle: Callable[[], None]) -> None:
        self.loop.call_soon_threadsafe(lambda: None if self.answer.done() else settle())


class _Steps:
    """The pipeline and its running requests. ``put`` may be called anywhere, the rest happens in one thread."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._genai = library()
        self._pipeline = open_pipeline(
            Path(told["model"]),
            slots=told["slots"],
            step_tokens=STEP_TOKENS,
            cached_tokens=told["context"] + told["slots"] * ANSWER_TOKENS,
        )
        self.tokenizer = self._pipeline.get_tokenizer()
        self._end = int(self.tokenizer.get_eos_token_id())
        self._asked: queue.SimpleQueue[_Asked] = queue.SimpleQueue()
        self._running: dict[int, tuple[_Asked, Any, list[int]]] = {}
        self._number = 0
        threading.Thread(target=self._run, daemon=True).start()

    def put(self, asked: _Asked) -> None:
        self._asked.put(asked)

    def _run(self) -> None:
        """Until the end. What a step raises, the next one would raise too: the child ends, and its log says why."""
        try:
            self._go_on()
        finally:
            traceback.print_exc()
            os._exit(1)

    def _go_on(self) -> None:
        while True:
            while not self._running or not self._asked.empty():
                self._begin(self._asked.get())
            self._pipeline.step()
            for number in list(self._running):
                self._collect(number)

    def _begin(self, asked: _Asked) -> None:
        import numpy as np
        from openvino import Tensor

        self._number += 1
        try:
            config = self._config(asked.body)
            handle = self._pipeline.add_request(self._number, Tensor(np.array([asked.ids], dtype=np.int64)), config)
        except RuntimeError as error:
            asked.fail(str(error))
            return
        self._running[self._number] = asked, handle, []

    def _config(self, body: dict[str, Any]) -> Any:
        config = self._genai.GenerationConfig()
        config.max_new_tokens, config.apply_chat_template = body["max_tokens"], False
        config.eos_token_id, config.stop_token_ids = self._end, {self._end}
        config.do_sample = body["temperature"] > 0
        if config.do_sample:
            config.temperature, config.rng_seed = body["temperature"], body["seed"]
            config.top_p, config.top_k, config.min_p = TOP_P, TOP_K, MIN_P
        held = self._genai.StructuredOutputConfig()
        if body["expression"]:
            held.regex = body["expression"]
        else:  # its own reading
            held.json_schema = json.dumps(body["response_format"]["json_schema"]["schema"], ensure_ascii=False)
        config.structured_output_config = held
        return config

    def _collect(self, number: int) -> None:
        asked, handle, ids = self._running[number]
        if asked.answer.cancelled():  # whoever asked has gone
            handle.cancel()
            del self._running[number]
            return
        reasons, reason = self._genai.GenerationFinishReason, None
        while handle.can_read():
            for output in handle.read().values():
                ids += [token for token in output.generated_ids if token != self._end]
                reason = output.finish_reason
        if reason not in (None, reasons.NONE):
            asked.tell(ids, "stop" if reason == reasons.STOP else "length")
            del self._running[number]
        elif handle.get_status() == self._genai.GenerationStatus.IGNORED:
            asked.fail("the request does not fit in the engine's cache")
            del self._running[number]


class _Service:
    """The two addresses that a teacher uses of llama.cpp's server."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._steps, self._context = _Steps(told), told["context"]

    async def health(self, request: Request) -> Response:
        """It is loaded before it listens."""
        from starlette.responses import JSONResponse

        return JSONResponse({"status": "ok"})

    async def complete(self, request: Request) -> Response:
        """One answer; when the client goes away, the model stops working on it."""
        from starlette.responses import JSONResponse

        body, tokenizer = await request.json(), self._steps.tokenizer
        schema = body["response_format"]["json_schema"]["schema"]
        body["expression"] = expression(schema)
        if body["expression"]:
            body["max_tokens"] = min(body["max_tokens"], longest(schema))
        try:
            re.compile(body["expression"])  # one that cannot be read would end the pipeline
        except re.error as error:
            return JSONResponse({"error": {"message": f"the schema's pattern cannot be read: {error}"}}, 400)
        prompt = tokenizer.apply_chat_template(body["messages"], add_generation_prompt=True)
        read = tokenizer.encode(prompt, add_special_tokens=False).input_ids.data[0].tolist()
        if len(read) + body["max_tokens"] > self._context:
            said = f"{len(read)} + {body['max_tokens']} tokens do not fit in {self._context}"
            return JSONResponse({"error": {"message": said}}, 400)
        loop = asyncio.get_running_loop()
        asked = _Asked(read, body, loop, loop.create_future())
        self._steps.put(asked)
        gone = asyncio.ensure_future(request.receive())
        await asyncio.wait((asked.answer, gone), return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if asked.answer.cancel():
            return JSONResponse({}, 499)
        try:
            ids, reason = asked.answer.result()
        except EngineError as error:
            return JSONResponse({"error": {"message": error.message}}, 500)
        choice = {"message": {"role": "assistant", "content": tokenizer.decode(ids)}, "finish_reason": reason}
        usage = {"prompt_tokens": len(read), "completion_tokens": len(ids)}
        return JSONResponse({"choices": [choice], "usage": usage})


def main() -> None:
    """Serve until the parent goes away."""
    told = read_specification()
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Route

    service = _Service(told)
    routes = [
        Route("/health", service.health),
        Route("/v1/chat/completions", service.complete, methods=["POST"]),
    ]
    # Only the client closes a connection: a step of the model holds up everything here, and what is asked meanwhile
    # must not find it timed out. Ctrl-C is the parent's, whatever uvicorn would do at it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    uvicorn.run(Starlette(routes=routes), uds=told["socket"], log_level="warning", timeout_keep_alive=3600)


if __name__ == "__main__":
    main()
