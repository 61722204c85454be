"""llama.cpp behind the link: a GGUF base with a GGUF LoRA, several slots. ``python -m phi4.engines.llamacpp_chat``.

Token ids go in; text and counts come out. The ids that it generates are not told: its stream
leaves out those of a character's first bytes, which in Korean is every other token.
"""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path
from typing import Any

from phi4.engines.llamacpp import make_server
from phi4.engines.parent import read_specification
from phi4.engines.protocol import FailureCode
from phi4.engines.wire import Ask, Link
from phi4.machine import processors

SLOTS = 4
BATCH = 64  # tokens between two chances to stop while it reads a prompt: under a second on two slow cores


def specification(model: Path, adapter: Path | None, *, context: int, slots: int = SLOTS) -> dict[str, Any]:
    """What the child is told: a GGUF model and, or not, a GGUF LoRA."""
    return {
        "model": str(model),
        "adapter": str(adapter) if adapter else "",
        "context": context,
        "slots": slots,
        "batch": BATCH,
        "threads": processors(),
    }


class _Host:
    """Requests on their way; each has a thread, which waits in llama.cpp with the lock released."""

    def __init__(self, server: Any, link: Link, adapter: bool) -> None:
        self._server, self._link, self._adapter = server, link, adapter
        self._cancelled: set[int] = set()

    def ask(self, ask: Ask) -> None:
        threading.Thread(target=self._answer, args=(ask,), daemon=True).start()

    def cancel(self, number: int) -> None:
        self._cancelled.add(number)

    def _answer(self, ask: Ask) -> None:
        number, ended = ask.number, False

        def hear(said: dict[str, Any]) -> bool:
            """One word of llama.cpp; True stops it, and so would an error of ours."""
            nonlocal ended
            if number in self._cancelled:
                return True
            ended = self._hear(number, said) or ended
            return False

        try:
            self._server.handle_completions(body(ask, self._adapter), hear)
        except (ValueError, RuntimeError, TypeError) as error:
            self._link.fail(number, "refused", str(error))
        else:
            if not ended and number not in self._cancelled:
                self._link.fail(number, "engine_lost", "llama.cpp gave no end")
        self._cancelled.discard(number)

    def _hear(self, number: int, said: dict[str, Any]) -> bool:
        """Tell the parent; True when it was the end."""
        if "error" in said:
            kind = said["error"].get("type", "")
            code: FailureCode = "context_length" if kind == "exceed_context_size_error" else "refused"
            self._link.fail(number, code, said["error"].get("message", kind))
            return True
        if progress := said.get("prompt_progress"):
            self._link.read(number, progress["processed"], progress["total"])
            return False
        choice = said["choices"][0]
        self._link.piece(number, choice["text"], (), tokens=1)
        if choice["finish_reason"] is None:
            return False
        usage = said["usage"]
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        self._link.done(number, choice["finish_reason"], cached=cached, tokens=usage["completion_tokens"])
        return True


def body(ask: Ask, adapter: bool) -> dict[str, Any]:
    """The whole request: sampling as transformers does it, nothing left to a default."""
    limits = ask.limits
    return {
        "prompt": list(ask.prompt),
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "cache_prompt": True,
        "n_predict": limits.max_tokens,
        "temperature": limits.temperature,
        "top_p": limits.top_p,
        "top_k": 0 if limits.temperature > 0 else 1,
        "min_p": 0.0,
        "repeat_penalty": 1.0,
        "samplers": ["top_k", "temperature", "top_p"],
        "seed": limits.seed,
        "lora": [{"id": 0, "scale": 1.0 if ask.tuned else 0.0}] if adapter else [],
    }


def main() -> None:
    """Serve until the parent goes away."""
    told = read_specification()
    link = Link(told)
    link.loading(0.0, "loading the model")
    host = _Host(make_server(told, key=secrets.token_urlsafe()), link, bool(told["adapter"]))
    link.ready()
    for command in link.commands():
        if isinstance(command, Ask):
            host.ask(command)
        else:
            host.cancel(command.number)
    os._exit(0)


if __name__ == "__main__":
    main()
