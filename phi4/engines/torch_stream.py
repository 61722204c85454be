"""PyTorch behind the link: base and adapter as they were trained. ``python -m phi4.engines.torch_stream``.

Continuous batching is the library's (``transformers.generation.continuous_batching``): requests
join and leave a running batch over a paged cache. Its sampling draws from one random stream for
all requests, so a ``seed`` does not make a sampled answer repeatable here; greedy ones are.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig
from transformers.generation import ContinuousBatchingConfig

from phi4.engines.detokenise import Detokeniser, TextStream
from phi4.engines.parent import read_specification
from phi4.engines.torch_model import TorchModel
from phi4.engines.wire import Ask, Cancel, Link
from phi4.errors import PHi4Error

PAGE_TOKENS = 32
STEP_TOKENS = 256  # in one forward pass: how long running answers wait for a newcomer's prompt
COLDEST = 1e-4  # the temperature that stands for greedy among requests that are sampled


class _Host:
    """The manager of the batch, and what each request has told so far."""

    def __init__(self, told: dict[str, Any], link: Link) -> None:
        self._link = link
        loaded = TorchModel(Path(told["base"]), Path(told["adapter"]))
        self._detokeniser = Detokeniser(Path(told["base"]))
        self._manager = loaded.model.init_continuous_batching(
            generation_config=_sampling(),
            continuous_batching_config=ContinuousBatchingConfig(
                page_size=PAGE_TOKENS,
                num_blocks=(told["slots"] // 2 + 1) * told["context"] // PAGE_TOKENS,
                max_batch_tokens=STEP_TOKENS,
                max_requests_per_batch=told["slots"],
                per_request_processors=True,
                auto_switch_to_flash=False,
            ),
        )
        self._turn = threading.Lock()
        self._running: dict[str, tuple[Ask, TextStream, int]] = {}

    def run(self) -> None:
        """Start the batch, and hand out what it generates."""
        self._manager.start()
        threading.Thread(target=self._tell_all, daemon=True).start()

    def obey(self, command: Ask | Cancel) -> None:
        """Take a request in, or drop one."""
        name = str(command.number)
        if isinstance(command, Cancel):
            with self._turn:
                self._running.pop(name, None)
            self._manager.cancel_request(name)
        elif not command.tuned:
            self._link.fail(command.number, "refused", "this engine serves the adapter to all")
        else:
            with self._turn:
                self._running[name] = (command, self._detokeniser.stream(), 0)
            limits = command.limits
            self._manager.add_request(
                list(command.prompt),
                name,
                limits.max_tokens,
                streaming=True,
                eos_token_id=list(limits.end_ids),
                temperature=max(limits.temperature, COLDEST),
                top_p=limits.top_p,
            )

    def _tell_all(self) -> None:
        for output in self._manager:
            self._tell(output)
        os._exit(1)  # the batch's own thread is gone

    def _tell(self, output: Any) -> None:
        with self._turn:
            found = self._running.get(output.request_id)
            if found is None:
                return
            ask, text, told = found
            fresh = [token for token in output.generated_tokens[told:] if token not in ask.limits.end_ids]
            self._running[output.request_id] = (ask, text, len(output.generated_tokens))
            if output.is_finished():
                del self._running[output.request_id]
        self._link.piece(ask.number, *text.feed(fresh))
        if output.error:
            self._link.fail(ask.number, "refused", str(output.error))
        elif output.is_finished():
            self._link.piece(ask.number, "", text.rest())
            ended = output.generated_tokens and output.generated_tokens[-1] in ask.limits.end_ids
            self._link.done(ask.number, "stop" if ended else "length")


def _sampling() -> GenerationConfig:
    """Processors are made for what differs from the defaults here; each request then brings its own values."""
    return GenerationConfig(do_sample=True, temperature=0.9, top_p=0.9, top_k=None, max_new_tokens=1)


def main() -> None:
    """Serve until the parent goes away."""
    told = read_specification()
    link = Link(told)
    link.loading(0.0, "loading the model")
    try:
        host = _Host(told, link)
    except PHi4Error as error:
        link.failed(error.message)
        threading.Event().wait()
        raise
    torch.set_grad_enabled(False)
    host.run()
    link.ready()
    for command in link.commands():
        host.obey(command)
    os._exit(0)


if __name__ == "__main__":
    main()
