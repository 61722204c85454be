"""LangChain's chat models as teachers: what is sent, what comes back, and what its errors mean."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from phi4.errors import TeacherFailed, TeacherUnavailable
from phi4.records import Message
from phi4.teachers.failures import words
from phi4.teachers.markers import without_markers
from phi4.teachers.protocol import Sampling, TeacherAnswer
from phi4.teachers.retry import Kinds, with_retries

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

Turns = Sequence[tuple[str, str]]
Say = Callable[[Turns, dict[str, Any], Sampling], "AIMessage"]
AT_ONCE = 64  # requests to a service; how many of them it gets, its answers decide (dataset/window.py)


class LangChainTeacher:
    """Wraps a chat model: ``say`` asks it, with schema and sampling as its own arguments.

    Errors of the kinds ``passing`` are worth another try; those of ``final`` end every request. ``at_once`` is the
    most that it is asked at a time; ``identity`` says which model it is, where that is known better than by its name.
    """

    def __init__(
        self, name: str, say: Say, *, passing: Kinds, final: Kinds = (), at_once: int = AT_ONCE, identity: str = ""
    ) -> None:
        self.name, self.at_once = name, at_once
        self.identity = identity or name
        self._say, self._passing, self._final = say, passing, final

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        turns = [(turn.role, without_markers(turn.content)) for turn in messages]
        start = time.monotonic()
        try:
            reply = with_retries(lambda: self._say(turns, schema, sampling), self._passing, self.name)
        except self._final as error:
            raise TeacherUnavailable(
                f"teacher '{self.name}': {error}", "check its address, the model's name and PHI4_TEACHER_API_KEY"
            ) from error
        except TeacherFailed:
            raise
        except Exception as error:  # another package's code: whatever it raises, this one request failed
            raise TeacherFailed(f"{self.name}: {words(error)}") from error
        usage = getattr(reply, "usage_metadata", None) or {}
        facts = reply.response_metadata or {}
        return TeacherAnswer(
            text=reply.text if isinstance(reply.text, str) else str(reply.content),
            finish_reason=_finish_reason(facts),
            prompt_tokens=int(usage.get("input_tokens", 0)),
            completion_tokens=int(usage.get("output_tokens", 0)),
            seconds=time.monotonic() - start,
        )

    def close(self) -> None:
        """Nothing to give back."""


def _finish_reason(facts: dict[str, Any]) -> str:
    """``stop``, ``length``, or the provider's own word; each provider has its own key and spelling."""
    keys = ("finish_reason", "done_reason", "stop_reason")
    told = next((str(facts[key]).lower() for key in keys if facts.get(key)), "stop")
    if told in ("stop", "end_turn", "stop_sequence", "eos"):
        return "stop"
    return "length" if told in ("length", "max_tokens") else told


def open_openai(name: str, model: str, url: str, key: str, timeout: float) -> LangChainTeacher:
    """``openai:MODEL@URL``: vLLM, llama-server, SGLang, or any OpenAI-compatible service."""
    import openai
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    chat = ChatOpenAI(model=model, base_url=url, api_key=SecretStr(key), timeout=timeout, max_retries=0)

    def say(turns: Turns, schema: dict[str, Any], sampling: Sampling) -> AIMessage:
        wanted = {"name": "draft", "schema": schema, "strict": True}
        # In `extra_body`: given as an argument, langchain-openai parses the answer itself and
        # raises on one that was cut, where we want the text and its finish reason.
        return chat.invoke(
            turns,
            temperature=sampling.temperature,
            seed=sampling.seed,
            max_tokens=sampling.max_tokens,
            extra_body={"response_format": {"type": "json_schema", "json_schema": wanted}},
        )

    passing = (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError)
    final = (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError)
    return LangChainTeacher(name, say, passing=passing, final=final)
