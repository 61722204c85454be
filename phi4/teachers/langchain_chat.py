"""Any LangChain chat model as a teacher."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from phi4.errors import TeacherFailed, TeacherUnavailable
from phi4.records import Message
from phi4.teachers.markers import without_markers
from phi4.teachers.protocol import Sampling, TeacherAnswer
from phi4.teachers.retry import Kinds, with_retries

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

Options = Callable[[dict[str, Any], Sampling], dict[str, Any]]
AT_ONCE = 64  # requests to a service; how many of them it gets, its answers decide (dataset/window.py)


class LangChainTeacher:
    """Wraps a chat model; ``options`` turns schema and sampling into the model's own arguments.

    Errors of the kinds ``passing`` are worth another try unless they are ``timeouts``; those of
    ``final`` end every request. ``at_once`` is the most that it is asked at a time.
    """

    def __init__(
        self,
        name: str,
        model: BaseChatModel,
        options: Options,
        *,
        passing: Kinds,
        timeouts: Kinds = (),
        final: Kinds = (),
        at_once: int = AT_ONCE,
    ) -> None:
        self.name, self.at_once = name, at_once
        self._model, self._options = model, options
        self._passing, self._timeouts, self._final = passing, timeouts, final

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        turns = [(turn.role, without_markers(turn.content)) for turn in messages]
        options = self._options(schema, sampling)
        start = time.monotonic()
        try:
            reply = with_retries(lambda: self._model.invoke(turns, **options), self._passing, self.name, self._timeouts)
        except self._final as error:
            raise TeacherUnavailable(
                f"teacher '{self.name}': {error}", "check its address, the model's name and PHI4_TEACHER_API_KEY"
            ) from error
        except TeacherFailed:
            raise
        except Exception as error:  # another package's code: whatever it raises, this one request failed
            raise TeacherFailed(f"{self.name}: {str(error) or type(error).__name__}") from error
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
    final = (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError)
    timeouts = (openai.APITimeoutError,)
    return LangChainTeacher(name, chat, options, passing=passing, timeouts=timeouts, final=final)


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

    classes.sort(key=lambda item: not item.__name__.startswith("Chat"))  # ChatOpenAI before AzureChatOpenAI
    try:
        chat = classes[0](model=model)
    except Exception as error:
        raise TeacherUnavailable(
            f"teacher '{name}': {classes[0].__name__} does not start: {error}",
            "most want a key in the environment: see the package's own page",
        ) from error
    return LangChainTeacher(name, chat, options, passing=(ConnectionError,))


def _is_chat_model(item: object) -> bool:
    from langchain_core.language_models.chat_models import BaseChatModel

    return isinstance(item, type) and issubclass(item, BaseChatModel) and item is not BaseChatModel
