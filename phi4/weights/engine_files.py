"""The files that an engine serves an adapter from, made in a process of their own.

``python -m phi4.weights.engine_files``, with what is asked as one JSON line on stdin; it answers in JSON lines.
Merging and converting hold Python's interpreter lock for up to a second at a time: a server that did it
itself would answer nobody meanwhile, and keep PyTorch in its memory ever after.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from phi4.engines.parent import read_specification
from phi4.engines.supervised import Report
from phi4.errors import EngineError, PHi4Error
from phi4.weights.served import base_gguf, lora_gguf, merged_gguf
from phi4.weights.store import base_folder

TORCH_SLOTS = 8


def make_files(engine: str, folder: Path, base: str, context: int, report: Report) -> dict[str, Any]:
    """The specification of the child that serves the adapter in ``folder``, trained on ``base``. Blocks.

    ``context``: tokens that each slot has.

    Raises ``EngineError`` for what could not be made.
    """
    asked = {"engine": engine, "folder": str(folder), "base": base, "context": context}
    last: dict[str, Any] = {}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(asked) + "\n")
        child.stdin.flush()  # and stays open: its end would be the child's
        for line in child.stdout:
            last = json.loads(line)
            if "doing" in last:
                report(last["progress"], last["doing"])
    if "failed" in last:
        raise EngineError(last["failed"], last["hint"])
    if "specification" not in last:
        raise EngineError(f"the files for the engine '{engine}' could not be made", "the log says why")
    specification: dict[str, Any] = last["specification"]
    return specification


def tokenizer_folder(folder: Path, base: str) -> Path:
    """The adapter's folder: training put the tokenizer there, and the base may not be unpacked here."""
    return folder if (folder / "tokenizer.json").is_file() else base_folder(base)


def _llamacpp(folder: Path, base: str, context: int, report: Report) -> dict[str, Any]:
    from phi4.engines.llamacpp_chat import specification

    return specification(base_gguf(base, report), lora_gguf(folder, base), context=context)


def _openvino(folder: Path, base: str, context: int, report: Report) -> dict[str, Any]:
    from phi4.engines.openvino import specification

    return specification(merged_gguf(folder, base, report), tokenizer_folder(folder, base), context=context)


def _transformers(folder: Path, base: str, context: int, report: Report) -> dict[str, Any]:
    return {"base": str(base_folder(base)), "adapter": str(folder), "context": context, "slots": TORCH_SLOTS}


def _vllm(folder: Path, base: str, context: int, report: Report) -> dict[str, Any]:
    from phi4.engines.vllm import specification

    return specification(base_folder(base), folder, context=context)


MAKERS: dict[str, Callable[[Path, str, int, Report], dict[str, Any]]] = {
    "llamacpp": _llamacpp,
    "openvino": _openvino,
    "transformers": _transformers,
    "vllm": _vllm,
}


def _tell(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def main() -> None:
    """Make them, and say so."""
    asked = read_specification()

    def report(progress: float, doing: str) -> None:
        _tell(progress=progress, doing=doing)

    try:
        made = MAKERS[asked["engine"]](Path(asked["folder"]), asked["base"], asked["context"], report)
    except PHi4Error as error:
        _tell(failed=error.message, hint=error.hint)
    else:
        _tell(specification=made)


if __name__ == "__main__":
    main()
