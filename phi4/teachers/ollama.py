"""Ollama by its native API: the OpenAI-compatible one cannot set the context per request."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import httpx

from phi4.errors import TeacherUnavailable
from phi4.teachers.failures import refused
from phi4.teachers.langchain_chat import LangChainTeacher, Turns
from phi4.teachers.protocol import Sampling

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

CHECK_SECONDS = 5.0


def check_ollama(url: str, model: str) -> str:
    """Which model ``model`` is at this time: its whole name and its digest, "" where the server tells none.

    Raises ``TeacherUnavailable`` unless a server answers at ``url`` and has it.
    """
    try:
        answer = httpx.get(f"{url.rstrip('/')}/api/tags", timeout=CHECK_SECONDS)
        answer.raise_for_status()
        digests = {str(entry["name"]): str(entry.get("digest") or "") for entry in answer.json()["models"]}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        raise TeacherUnavailable(
            f"ConnectionError: Failed to connect to Ollama at {url} ({str(error) or type(error).__name__})",
            f"check the server:   curl {url.rstrip('/')}/api/tags\n"
            "  start it:           ollama serve    (or: sudo systemctl restart ollama)\n"
            "  or do without it:   --profile cpu   (the embedded teacher)",
        ) from error
    whole = next((name for name in (model, f"{model}:latest") if name in digests), "")
    if not whole:
        have = ", ".join(sorted(digests)) or "none"
        raise TeacherUnavailable(
            f"Ollama at {url} does not have the model '{model}' (it has: {have})", f"type: ollama pull {model}"
        )
    return f"{whole}@{digests[whole]}" if digests[whole] else ""


def open_ollama(name: str, model: str, url: str, context: int, timeout: float) -> LangChainTeacher:
    """``ollama:MODEL``, checked before the first request.

    ``context`` is sent as ``num_ctx``: Ollama's own default cuts long prompts silently. It cuts those that are longer
    than this one as well, so an answer to a prompt that was cut is none.
    """
    which = check_ollama(url, model)
    import ollama
    from langchain_ollama import ChatOllama

    chat = ChatOllama(model=model, base_url=url, client_kwargs={"timeout": timeout})

    def say(turns: Turns, schema: dict[str, Any], sampling: Sampling) -> AIMessage:
        limits = {
            "num_ctx": context,
            "num_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "seed": sampling.seed,
        }
        reply = chat.invoke(turns, format=schema, options=limits)
        _check_whole(name, reply, context)
        return reply

    passing = (ollama.ResponseError, httpx.TransportError, ConnectionError, ValueError)
    return LangChainTeacher(name, say, passing=passing, at_once=_parallel(), identity=which and f"ollama:{which}")


def _check_whole(name: str, reply: AIMessage, context: int) -> None:
    """Raise ``TeacherRefused`` where the window was full: Ollama cuts the prompt to make room, and does not say so."""
    usage = reply.usage_metadata
    if usage and usage["input_tokens"] + usage["output_tokens"] >= context:
        told = f"{usage['input_tokens']} tokens read and {usage['output_tokens']} written do not fit in {context}"
        raise refused(name, f"{told}: it cut the prompt")


def _parallel() -> int:
    """Ollama's own setting; what comes beside it waits in its queue while our time-outs run."""
    told = os.environ.get("OLLAMA_NUM_PARALLEL", "")
    return max(1, int(told)) if told.isdecimal() else 1
