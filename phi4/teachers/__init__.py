"""Who writes the data: one protocol, and the ways to open a teacher by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from phi4.errors import UsageError
from phi4.teachers.names import addresses
from phi4.teachers.protocol import Sampling, Teacher, TeacherAnswer
from phi4.teachers.scripted import ScriptedTeacher

__all__ = ["Sampling", "ScriptedTeacher", "Teacher", "TeacherAnswer", "open_teacher"]

FORMS = "ollama:MODEL[@URL], openai:MODEL@URL, embedded[:MODEL], langchain:PACKAGE:MODEL"
EMBEDDED_DEFAULT = "qwen2.5-coder-1.5b"


def open_teacher(
    name: str,
    *,
    find_gguf: Callable[[str], Path],
    ollama_url: str,
    api_key: str,
    context: int,
    timeout: float,
) -> Teacher:
    """The teacher called ``name``, ready to be asked; several names with commas: one model at several addresses.

    ``find_gguf`` turns a model name into a local GGUF file (``phi4.weights.gguf_file``).
    Raises ``UsageError`` for a name of no known form, ``TeacherUnavailable`` when it cannot start.
    """
    names = addresses(name)
    if len(names) > 1:
        from phi4.teachers.replicas import open_replicas

        open_one = partial(
            open_teacher, find_gguf=find_gguf, ollama_url=ollama_url, api_key=api_key, context=context, timeout=timeout
        )
        return open_replicas(names, open_one)
    kind, _, rest = name.partition(":")
    if kind == "embedded":
        from phi4.teachers.embedded import EmbeddedTeacher

        return EmbeddedTeacher(name, find_gguf(rest or EMBEDDED_DEFAULT), context, timeout)
    if kind == "ollama" and rest:
        from phi4.teachers.ollama import open_ollama

        model, at, address = rest.partition("@http")
        return open_ollama(name, model, f"http{address}" if at else ollama_url, context, timeout)
    model, _, address = rest.partition("@")
    if kind == "openai" and model and address:
        from phi4.teachers.langchain_chat import open_openai

        return open_openai(name, model, address, api_key, timeout)
    package, _, model = rest.partition(":")
    if kind == "langchain" and package and model:
        from phi4.teachers.langchain_package import open_langchain

        return open_langchain(name, package, model, timeout)
    raise UsageError(f"teacher '{name}' has no known form", f"write one of: {FORMS}")
