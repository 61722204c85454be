"""``phi4 doctor``: what this machine has, so that a person knows which profile fits."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
from typing import Any

from phi4.errors import PHi4Error
from phi4.machine import processors
from phi4.paths import cache_dir, find_workspace
from phi4.settings import Settings

PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "xllamacpp", "langchain-ollama", "kiwipiepy", "fastapi")


def doctor(settings: Settings) -> dict[str, Any]:
    """Look at Python, packages, GPU, Ollama, models, workspace and disk; print and return it."""
    facts: dict[str, Any] = {
        "python": platform.python_version(),
        "cores": processors(),
        "packages": {name: _version(name) for name in PACKAGES},
        "gpu": _gpu(),
        "ollama": _ollama(settings),
        "models": _models(),
        "workspace": _workspace(settings),
        "cache": f"{cache_dir()} ({_free_gb()} GB free)",
    }
    facts["profile"] = "manual" if facts["gpu"] != "none" and facts["ollama"] == "ready" else "cpu"
    for name, value in facts.items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        print(f"{name:<10} {shown}")
    return facts


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _gpu() -> str:
    if importlib.util.find_spec("torch") is None:
        return "none"
    import torch

    if not torch.cuda.is_available():
        return "none"
    facts = torch.cuda.get_device_properties(0)
    return f"{facts.name} ({facts.total_memory >> 20} MB)"


def _ollama(settings: Settings) -> str:
    from phi4.teachers.ollama import check_ollama

    if not settings.teacher.startswith("ollama:"):
        return f"not needed by teacher {settings.teacher}"
    try:
        check_ollama(settings.ollama_url, settings.teacher.removeprefix("ollama:"))
    except PHi4Error as error:
        return error.message
    return "ready"


def _models() -> dict[str, str]:
    from phi4 import weights

    return {model.name: "here" if weights.is_pulled(model) else "not pulled" for model in weights.catalogue()}


def _workspace(settings: Settings) -> str:
    try:
        return str(find_workspace(settings.home).root)
    except PHi4Error as error:
        return error.message


def _free_gb() -> int:
    folder = cache_dir()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free >> 30
