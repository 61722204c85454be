"""``phi4 export ollama``: a folder for ``ollama create``."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from phi4.errors import ExportError
from phi4.export import gguf_adapter, gguf_model
from phi4.export.modelfile import modelfile
from phi4.export.subject import Subject
from phi4.export.target import check_target, placed
from phi4.weights.bases import architecture_of

NAME = re.compile(r"[a-z0-9_][a-z0-9._-]{0,79}")


def export_ollama(subject: Subject, target: Path, form: str, lora: bool, create: bool, force: bool) -> dict[str, Any]:
    """Model and ``Modelfile`` in ``target``; with ``lora`` the base and the adapter apart, else merged.

    ``create``: also hand them to the ``ollama`` of this machine and ask a question. Raises ``ExportError`` and what
    ``export_gguf`` raises.
    """
    check_target(target, force)
    name = ollama_name(subject.name)
    if lora and architecture_of(subject.base_model) == "qwen3":
        raise ExportError(
            "Ollama runs qwen3 in its own engine, which takes no adapter", "leave --lora out: merged it runs"
        )
    modelfile("model", "", subject.system_prompt, subject.licence)  # refuse a text before an hour of work
    if create and shutil.which("ollama") is None:
        raise ExportError("--create needs the program 'ollama', which is not installed", "leave --create out")
    with placed(target) as part:
        record = _write_apart(subject, part, form, target) if lora else _write_merged(subject, part, form, target)
        text = modelfile(record["file"], record.get("adapter_file", ""), subject.system_prompt, subject.licence)
        (part / "Modelfile").write_text(text, encoding="utf-8")
        subject.write_card(part, "A folder for `ollama create`.", "gguf", {"what": "ollama", **record})
    make, ask = ["ollama", "create", name, "-f", "Modelfile"], ["ollama", "run", name, subject.questions[0]]
    commands = [shlex.join(command) for command in (["cd", str(target)], make, ask)]
    print("   " + "\n   ".join(commands))
    if create:
        _run(make, ask, target)
    return {"path": str(target), **record, "commands": commands}


def ollama_name(adapter: str) -> str:
    """The adapter's name as one of Ollama's, which are in ASCII (ollama/ollama, types/model/name.go).

    Raises ``ExportError`` where it cannot be one.
    """
    name = adapter.lower()
    if not NAME.fullmatch(name):
        raise ExportError(
            f"'{adapter}' cannot be a model's name in Ollama: only a to z, digits and . _ - can",
            f"rename its folder: mv models/{adapter} models/my-bot, then add --adapter my-bot",
        )
    return name


def _write_merged(subject: Subject, folder: Path, form: str, target: Path) -> dict[str, Any]:
    return gguf_model.write_verified(subject, folder, form, target)


def _write_apart(subject: Subject, folder: Path, form: str, target: Path) -> dict[str, Any]:
    """The base in ``form`` and the adapter beside it: several adapters can share such a base in Ollama."""
    record, base = gguf_adapter.write_verified_pair(subject, folder, form, target)
    return {**record, "adapter_file": record["file"], "file": base.name, "type": form}


def _run(make: list[str], ask: list[str], folder: Path) -> None:
    for command in (make, ask):
        # Ollama would read an open stdin to its end and put it before the question.
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if done.returncode:
            last = (done.stderr.strip() or "no words").splitlines()[-1]
            raise ExportError(
                f"'{shlex.join(command)}' failed: {last}", f"'{folder}' is whole; look at Ollama: ollama serve"
            )
    print(f"   Q {ask[-1]}\n   A {' '.join(done.stdout.split())[:200]}")
