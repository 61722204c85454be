"""Any LangChain chat model as a teacher."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from phi4.errors import TeacherUnavailable
from phi4.records import Message
from phi4.teachers.protocol import Sampling, TeacherAnswer
from phi4.teachers.retry import with_retries

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

Options = Callable[[dict[str, Any], Sampling], dict[str, Any]]


class LangChainTeacher:
    """Wraps a chat model; ``options`` turns schema and sampling into the model's own arguments."""

    def __init__(
        self, name: str, model: BaseChatModel, options: Options, passing: tuple[type[BaseException], ...]
    ) -> None:
        self.name = name
        self._model, self._options, self._passing = model, options, passing

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        turns = [(turn.role, turn.content) for turn in messages]
        options = self._options(schema, sampling)
        start = time.monotonic()
        reply = with_retries(lambda: self._model.invoke(turns, **options), self._passing, self.name)
        usage = getattr(reply, "usage_metadata", None) or {}
        facts = reply.response_metadata or {}
        return TeacherAnswer(
            text=reply.text if isinstance(reply.text, str) else str(reply.content),
            finish_reason=str(facts.get("finish_reason") or facts.get("done_reason") or "stop"),
            prompt_tokens=int(usage.get("input_tokens", 0)),
            completion_tokens=int(usage.get("output_tokens", 0)),
            seconds=time.monotonic() - start,
        )

    def close(self) -> None:
        """Nothing to give back."""


def open_openai(name: str, model: str, url: str, key: str, timeout: float) -> LangChainTeacher:
    """``openai:MODEL@URL``: vLLM, llama-server, SGLang, or any OpenAI-compatible service."""
    import openai
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    def options(schema: dict[str, Any], sampling: Sampling) -> dict[str, Any]:
        wanted = {"name": "draft", "schema": schema, "strict": True}
        # In `extra_body`: given as an argument, langchain-openai parses the answer itself and
        # raises on one that was cut, where we want the text and its finish reason.
        return {
            "temperature": sampling.temperature,
            "seed": sampling.seed,
            "max_tokens": sampling.max_tokens,
            "extra_body": {"response_format": {"type": "json_schema", "json_schema": wanted}},
        }

    chat = ChatOpenAI(model=model, base_url=url, api_key=SecretStr(key), timeout=timeout, max_retries=0)
    passing = (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError)
    return LangChainTeacher(name, chat, options, passing)


def open_langchain(name: str, package: str, model: str) -> LangChainTeacher:
    """``langchain:PACKAGE:MODEL``: the chat model class of any LangChain integration package.

    Raises ``TeacherUnavailable`` when the package is missing or has no chat model.
    """
    module_name = package.replace("-", "_")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise TeacherUnavailable(
            f"teacher '{name}': there is no package '{package}'", f"type: pip install {package}"
        ) from error
    classes = [item for item in vars(module).values() if _is_chat_model(item)]
    if not classes:
        raise TeacherUnavailable(
            f"teacher '{name}': package '{package}' exports no chat model", "name a LangChain integration"
        )

    def options(schema: dict[str, Any], sampling: Sampling) -> dict[str, Any]:
        return {}  # parameter names differ between providers; the prompt itself asks for JSON

    return LangChainTeacher(name, classes[0](model=model), options, (ConnectionError, TimeoutError))


def _is_chat_model(item: object) -> bool:
    from langchain_core.language_models.chat_models import BaseChatModel

    return isinstance(item, type) and issubclass(item, BaseChatModel) and item is not BaseChatModel
