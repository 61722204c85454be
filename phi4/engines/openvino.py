"""OpenVINO GenAI behind the link: continuous batching on x86 CPUs. ``python -m phi4.engines.openvino``.

It serves one merged model (GGUF, Q8_0): a LoRA file on a model that came from GGUF is left unused
there without an error. One thread makes steps; a step reads a part of a prompt, writes a token of
each running answer, or both.
"""

from __future__ import annotations

import os
import platform
import queue
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from phi4.engines.detokenise import Detokeniser, TextStream
from phi4.engines.parent import read_specification
from phi4.engines.wire import Ask, Cancel, Link
from phi4.machine import granted

SLOTS = 16
STEP_TOKENS = 128  # prompt tokens read in one step: how long running answers wait for a newcomer's prompt
BLOCK_TOKENS = 32  # of the paged cache on a CPU


def specification(model: Path, tokenizer: Path, *, context: int, slots: int = SLOTS) -> dict[str, Any]:
    """What the child is told: a merged GGUF, and the folder of its tokenizer."""
    return {"model": str(model), "tokenizer": str(tokenizer), "context": context, "slots": slots}


def runs_here() -> bool:
    """Whether this machine has OpenVINO GenAI."""
    return platform.machine().lower() in ("x86_64", "amd64") and find_spec("openvino_genai") is not None


def library() -> Any:
    """``openvino_genai``, which would report to its maker at every import. To be imported here only."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino_genai

    return openvino_genai


def open_pipeline(model: Path, *, slots: int, step_tokens: int, cached_tokens: int) -> Any:
    """The GGUF file, loaded: ``slots`` requests at once, at most ``step_tokens`` read in a step, and a paged
    cache with room for ``cached_tokens`` of all of them together. Blocks. Raises ``RuntimeError``."""
    genai = library()
    scheduler = genai.SchedulerConfig()
    scheduler.max_num_seqs = slots
    scheduler.max_num_batched_tokens = max(step_tokens, slots)
    scheduler.dynamic_split_fuse = True
    scheduler.enable_prefix_caching = True
    scheduler.num_kv_blocks = cached_tokens // BLOCK_TOKENS
    threads = {"INFERENCE_NUM_THREADS": granted()} if granted() else {}  # by itself it takes every physical core
    return genai.ContinuousBatchingPipeline(str(model), scheduler, "CPU", threads)


@dataclass
class _Answer:
    """A request on its way."""

    ask: Ask
    handle: Any
    text: TextStream


class _Host:
    """The pipeline and its running answers; used by one thread only."""

    def __init__(self, told: dict[str, Any], link: Link) -> None:
        self._genai, self._link = library(), link
        slots, context = told["slots"], told["context"]
        # Room for half of what all could write at once: few do, and who does not fit waits.
        self._pipeline = open_pipeline(
            Path(told["model"]), slots=slots, step_tokens=STEP_TOKENS, cached_tokens=(slots // 2 + 1) * context
        )
        self._detokeniser = Detokeniser(Path(told["tokenizer"]))
        self._running: dict[int, _Answer] = {}

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def obey(self, command: Ask | Cancel) -> None:
        """Take a request in, or drop one."""
        if isinstance(command, Ask):
            self._begin(command)
        elif (dropped := self._running.pop(command.number, None)) is not None:
            dropped.handle.cancel()

    def step(self) -> None:
        """One step of the model, and what came of it."""
        self._pipeline.step()
        self._link.alive()
        for answer in list(self._running.values()):
            self._tell(answer)

    def _begin(self, ask: Ask) -> None:
        import numpy as np
        from openvino import Tensor

        if not ask.tuned:
            self._link.fail(ask.number, "refused", "this engine serves the merged model only")
            return
        try:
            ids = Tensor(np.array([ask.prompt], dtype=np.int64))
            handle = self._pipeline.add_request(ask.number, ids, self._config(ask))
        except RuntimeError as error:
            self._link.fail(ask.number, "refused", str(error).splitlines()[-1])
            return
        self._running[ask.number] = _Answer(ask, handle, self._detokeniser.stream())

    def _config(self, ask: Ask) -> Any:
        """Sampling as transformers does it; a fresh configuration has no defaults of the model's."""
        limits, config = ask.limits, self._genai.GenerationConfig()
        config.max_new_tokens = limits.max_tokens
        config.apply_chat_template = False
        config.eos_token_id = limits.end_id
        config.stop_token_ids = set(limits.end_ids)
        config.do_sample = limits.temperature > 0
        if config.do_sample:
            config.temperature, config.top_p, config.rng_seed = limits.temperature, limits.top_p, limits.seed
        return config

    def _tell(self, answer: _Answer) -> None:
        number, reasons = answer.ask.number, self._genai.GenerationFinishReason
        reason = reasons.NONE
        while answer.handle.can_read():
            for output in answer.handle.read().values():
                ids = [token for token in output.generated_ids if token not in answer.ask.limits.end_ids]
                self._link.piece(number, *answer.text.feed(ids))
                reason = output.finish_reason
        if reason != reasons.NONE:
            self._link.piece(number, "", answer.text.rest())
            self._link.done(number, "stop" if reason == reasons.STOP else "length")
            del self._running[number]
        elif answer.handle.get_status() == self._genai.GenerationStatus.IGNORED:
            self._link.fail(number, "context_length", "the request does not fit in the engine's cache")
            del self._running[number]


def _listen(link: Link, commands: queue.SimpleQueue[Ask | Cancel]) -> None:
    for command in link.commands():
        commands.put(command)
    os._exit(0)


def main() -> None:
    """Serve until the parent goes away."""
    told = read_specification()
    link = Link(told)
    link.loading(0.0, "loading the model")
    host = _Host(told, link)
    link.ready()
    commands: queue.SimpleQueue[Ask | Cancel] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(link, commands), daemon=True).start()
    while True:
        while not host.busy or not commands.empty():
            host.obey(commands.get())
        host.step()


if __name__ == "__main__":
    main()
