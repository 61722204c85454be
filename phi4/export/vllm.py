"""``phi4 export vllm``: the line that serves this adapter with vLLM."""

from __future__ import annotations

import json
import shlex
from typing import Any

from phi4.engines.vllm import fitting_rank
from phi4.errors import AdapterError
from phi4.export.subject import Subject
from phi4.weights import base_folder
from phi4.weights.bases import is_hub_name
from phi4.weights.lora import read_lora

CONTEXT = 4096


def vllm_lines(subject: Subject) -> dict[str, Any]:
    """The ``vllm serve`` command and a request to it; both are printed.

    Raises ``AdapterError`` for what vLLM would serve wrongly or not at all, ``WeightsError`` for the base.
    """
    try:
        read_lora(subject.folder)
    except AdapterError as error:
        raise AdapterError(error.message.replace("this engine", "vLLM"), "train it again without") from error
    serve = [
        *("vllm", "serve", _base(subject)),
        *("--enable-lora", "--lora-modules", f"{subject.name}={subject.folder.resolve()}"),
        *("--max-lora-rank", str(fitting_rank(subject.folder))),
        *("--max-model-len", str(CONTEXT)),
        *("--generation-config", "vllm"),  # else the base's own file brings sampling of its own
        *("--chat-template", str(subject.folder.resolve() / "chat_template.jinja")),  # else Qwen's own system turn
    ]
    turns = [{"role": "system", "content": subject.system_prompt}] if subject.system_prompt else []
    turns.append({"role": "user", "content": subject.questions[0]})
    body = {"model": subject.name, "messages": turns, "temperature": 0}
    ask = [
        *("curl", "http://localhost:8000/v1/chat/completions", "-H", "Content-Type: application/json"),
        *("-d", json.dumps(body, ensure_ascii=False)),
    ]
    print(shlex.join(serve))
    print(shlex.join(ask))
    return {"serve": serve, "ask": ask}


def _base(subject: Subject) -> str:
    """What vLLM can load: a hub name, which it fetches itself, or a folder; packaged models and GGUF files have one
    that is made from them. Raises ``WeightsError`` for a base that is gone."""
    return subject.base_model if is_hub_name(subject.base_model) else str(base_folder(subject.base_model))
