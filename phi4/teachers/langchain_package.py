"""The chat model of any LangChain integration package as a teacher; each has its own names for our settings."""

from __future__ import annotations

import importlib
import math
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from phi4.errors import TeacherUnavailable
from phi4.teachers.langchain_chat import LangChainTeacher, Turns
from phi4.teachers.protocol import Sampling

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage

# By setting: what the classes of different packages call it.
CALLED = {
    "--teacher-timeout": ("timeout", "request_timeout", "default_request_timeout", "timeout_seconds"),
    "--temperature": ("temperature",),
    "--teacher-max-tokens": (
        "max_tokens", "max_output_tokens", "max_completion_tokens", "max_new_tokens", "num_predict",
    ),
}  # fmt: skip


def open_langchain(name: str, package: str, model: str, timeout: float) -> LangChainTeacher:
    """``langchain:PACKAGE:MODEL``: the chat model class of any LangChain integration package.

    Time limit, temperature and longest answer are given to the class where it has a field for them; for which it has
    none is said here, once. Raises ``TeacherUnavailable`` when the package is missing or has no chat model.
    """
    kind = _chat_model(name, package)
    taken = _fields(kind)
    if without := [setting for setting in CALLED if setting not in taken]:
        print(f"{name}: without effect, since {kind.__name__} has no such field: {', '.join(without)}", file=sys.stderr)

    @cache
    def chat(temperature: float, max_tokens: int) -> BaseChatModel:
        # Made anew for each temperature, of which there are few: as an argument of a call some classes pass it on
        # under a name that their service does not know, and only at the start do they see what their model forbids.
        values = math.ceil(timeout), temperature, max_tokens  # in whole seconds: some take nothing else
        stated = dict(zip(CALLED, values, strict=True))
        return kind(model=model, **{field: stated[setting] for setting, field in taken.items()})

    def say(turns: Turns, schema: dict[str, Any], sampling: Sampling) -> AIMessage:
        return chat(sampling.temperature, sampling.max_tokens).invoke(turns)  # the prompt itself asks for JSON

    try:
        kind(model=model)
    except Exception as error:
        raise TeacherUnavailable(
            f"teacher '{name}': {kind.__name__} does not start: {error}",
            "most want a key in the environment: see the package's own page",
        ) from error
    return LangChainTeacher(name, say, passing=(ConnectionError,))


def _chat_model(name: str, package: str) -> type[BaseChatModel]:
    """The class that a package exports. Raises ``TeacherUnavailable``."""
    try:
        module = importlib.import_module(package.replace("-", "_"))
    except ImportError as error:
        raise TeacherUnavailable(
            f"teacher '{name}': there is no package '{package}'", f"type: pip install {package}"
        ) from error
    kinds: list[type[BaseChatModel]] = [item for item in vars(module).values() if _is_chat_model(item)]
    if not kinds:
        raise TeacherUnavailable(
            f"teacher '{name}': package '{package}' exports no chat model", "name a LangChain integration"
        )
    kinds.sort(key=lambda kind: not kind.__name__.startswith("Chat"))  # ChatOpenAI before AzureChatOpenAI
    return kinds[0]


def _is_chat_model(item: object) -> bool:
    from langchain_core.language_models.chat_models import BaseChatModel

    return isinstance(item, type) and issubclass(item, BaseChatModel) and item is not BaseChatModel


def _fields(kind: type[BaseChatModel]) -> dict[str, str]:
    """By setting: the argument with which this class is given it; an alias is always taken, a name beside it not."""
    fields = kind.model_fields
    held = {setting: next((name for name in names if name in fields), "") for setting, names in CALLED.items()}
    return {setting: fields[name].alias or name for setting, name in held.items() if name}
