"""The answers of llama.cpp to the questions of a proof, from the very file that is exported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from phi4.chat_format import ChatTokenizer, prompt_text
from phi4.engines.llamacpp import start_llamacpp
from phi4.errors import EngineError, ExportError, first_line
from phi4.export.prompts import messages_of, prompts_of
from phi4.export.proof import REPORT, TOKENS
from phi4.export.subject import Subject

SHORTEST = 512  # tokens of context, where the questions are short
SHOWN = 200  # characters of the answer that a person sees


@dataclass(frozen=True)
class Asked:
    """Prompts, the ids of the answers (with the mark that ended them), and the first answer as text."""

    prompts: list[list[int]]
    answers: list[list[int]]
    text: str


def ask_llamacpp(model: Path, subject: Subject, base: Path, adapter: Path | None = None) -> Asked:
    """Ask every question, greedily; ``base`` has the tokenizer, ``adapter`` is a GGUF LoRA beside the model.

    Raises ``EngineError`` when llama.cpp cannot load it or dies, ``ExportError`` when the template inside is another
    one.
    """
    tokenizer = ChatTokenizer(base)
    prompts = prompts_of(subject, tokenizer)
    context = max(SHORTEST, TOKENS + max(len(prompt) for prompt in prompts))
    with start_llamacpp(model, context=context, adapter=adapter) as engine:
        engine.wait_ready()
        try:
            with engine.client() as client:
                if adapter is None:
                    _check_template(client, subject)
                answers = [_answer(client, prompt) for prompt in prompts]
        except httpx.TransportError as error:
            raise EngineError(
                f"llama.cpp ended while it answered from '{model.name}': {engine.log_tail() or first_line(error)}",
                "end other programs, if memory was short, and run the same command again",
            ) from error
    return Asked(prompts, answers, " ".join(tokenizer.decode(answers[0]).split())[:SHOWN])


def _answer(client: httpx.Client, prompt: list[int]) -> list[int]:
    asked: dict[str, Any] = {
        "prompt": prompt,
        "n_predict": TOKENS,
        "return_tokens": True,
        "temperature": 0.0,
        "top_k": 1,
        "samplers": ["top_k"],
        "repeat_penalty": 1.0,
    }
    answer = client.post("/completion", json=asked)
    if answer.status_code != httpx.codes.OK:
        raise ExportError(f"llama.cpp refused a question: {answer.text[:200]}", REPORT)
    return [int(token) for token in answer.json()["tokens"]]


def _check_template(client: httpx.Client, subject: Subject) -> None:
    """The chat template inside the file, rendered by llama.cpp, is our chat format."""
    messages = messages_of(subject, subject.questions[0])
    asked = {"messages": [turn.model_dump() for turn in messages]}
    rendered = client.post("/apply-template", json=asked).json().get("prompt")
    if rendered != prompt_text(messages):
        raise ExportError(f"the chat template in the file gives {rendered!r}, not {prompt_text(messages)!r}", REPORT)
