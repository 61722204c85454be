"""Which engine serves an adapter, and the files that it serves it from."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from phi4.chat import Adapter
from phi4.chat_format import ChatTokenizer
from phi4.engines.completions import without_login
from phi4.engines.protocol import Description, StreamingEngine
from phi4.engines.supervised import Launch, Report, SupervisedEngine
from phi4.errors import AdapterError, UsageError
from phi4.settings import Settings
from phi4.weights import base_folder, find_model
from phi4.weights.lora import check_lora
from phi4.weights.served import base_gguf, lora_gguf, merged_gguf

CONTEXT = 4096  # tokens of a conversation and its answer; every slot of every engine has as many


def open_engine(settings: Settings, adapter: Adapter) -> tuple[StreamingEngine, ChatTokenizer]:
    """The engine that ``PHI4_ENGINE`` asks for, not started yet, and the adapter's tokenizer.

    Says on stderr what ``auto`` chose and why. Raises ``UsageError`` for an engine that there is
    not, ``EngineError`` or ``AdapterError`` for one that cannot serve this adapter.
    """
    asked = settings.engine
    name, why = choose(adapter) if asked == "auto" else (asked, "")
    if why:
        print(f"auto: engine {name}, because {why}", file=sys.stderr)
    kind, _, url = name.partition(":")
    if kind == "openai" and url.startswith(("http://", "https://")):
        launch = _elsewhere(url, adapter, settings.engine_api_key.get_secret_value())
    elif name in LAUNCHES:
        launch = LAUNCHES[name](adapter)
    else:
        shown = without_login(asked)  # the message may be read by strangers
        raise UsageError(f"PHI4_ENGINE='{shown}' is no engine", f"choose auto, {', '.join(LAUNCHES)} or openai:URL")
    return SupervisedEngine(launch), ChatTokenizer(_tokenizer_folder(adapter))


def choose(adapter: Adapter) -> tuple[str, str]:
    """The fastest engine that serves this adapter on this machine, and why (benchmarks/serving.py)."""
    if shutil.which("nvidia-smi"):
        if shutil.which("vllm"):
            return "vllm", "there is an NVIDIA GPU and vLLM is installed"
        return "transformers", "there is an NVIDIA GPU; vLLM would be faster: pip install 'phi4[gpu-serve]'"
    try:
        check_lora(adapter.folder)
    except AdapterError as error:
        return "transformers", f"the others cannot serve it: {error.message}"
    if not _is_qwen2(adapter.base_model):
        return "transformers", f"the others do not know the family of '{adapter.base_model}'"
    if _runs_openvino():
        return "openvino", "on an x86 CPU it answers many at once two to three times as fast as llama.cpp"
    return "llamacpp", "there is neither a GPU nor OpenVINO for this machine"


def _runs_openvino() -> bool:
    return platform.machine().lower() in ("x86_64", "amd64") and find_spec("openvino_genai") is not None


def _is_qwen2(base: str) -> bool:
    """Whether a base can be converted, as far as its name or folder tells without reading it."""
    model = find_model(base)
    if model is not None:
        return model.family == "qwen2"
    config = Path(base).expanduser() / "config.json"
    if config.is_file():
        return '"qwen2"' in config.read_text(encoding="utf-8")
    return base.endswith(".gguf") or "qwen2" in base.lower()


def _tokenizer_folder(adapter: Adapter) -> Path:
    """The adapter's folder: training put the tokenizer there, and the base may not be unpacked here."""
    return adapter.folder if (adapter.folder / "tokenizer.json").is_file() else base_folder(adapter.base_model)


def _describe(engine: str, adapter: Adapter, slots: int, detail: str, context: int = CONTEXT) -> Description:
    return Description(engine, adapter.base_model, adapter.name, slots, context, detail)


def _llamacpp(adapter: Adapter) -> Launch:
    from phi4.engines.llamacpp_chat import SLOTS, specification

    def prepare(report: Report) -> dict[str, Any]:
        return specification(
            base_gguf(adapter.base_model, report), lora_gguf(adapter.folder, adapter.base_model), context=CONTEXT
        )

    description = _describe("llamacpp", adapter, SLOTS, "GGUF base and LoRA, CPU")
    return Launch("phi4.engines.llamacpp_chat", prepare, description)


def _openvino(adapter: Adapter) -> Launch:
    from phi4.engines.openvino import SLOTS, specification

    def prepare(report: Report) -> dict[str, Any]:
        merged = merged_gguf(adapter.folder, adapter.base_model, report)
        return specification(merged, _tokenizer_folder(adapter), context=CONTEXT)

    return Launch("phi4.engines.openvino", prepare, _describe("openvino", adapter, SLOTS, "merged, Q8_0, CPU"))


def _transformers(adapter: Adapter) -> Launch:
    slots = 8

    def prepare(report: Report) -> dict[str, Any]:
        told = {"base": str(base_folder(adapter.base_model)), "adapter": str(adapter.folder)}
        return {**told, "context": CONTEXT, "slots": slots}

    description = _describe("transformers", adapter, slots, "base and adapter, NF4 on a GPU")
    return Launch("phi4.engines.torch_stream", prepare, description)


def _vllm(adapter: Adapter) -> Launch:
    from phi4.engines.vllm import SLOTS, specification

    def prepare(report: Report) -> dict[str, Any]:
        return specification(base_folder(adapter.base_model), adapter.folder, context=CONTEXT)

    return Launch("phi4.engines.vllm", prepare, _describe("vllm", adapter, SLOTS, "base and adapter, GPU"))


def _elsewhere(url: str, adapter: Adapter, key: str) -> Launch:
    from phi4.engines.completions import SLOTS, specification

    told = specification(url, adapter.name, key)
    description = _describe("openai", adapter, SLOTS, told["url"], context=0)
    return Launch("phi4.engines.completions", lambda report: told, description)


LAUNCHES: dict[str, Callable[[Adapter], Launch]] = {
    "llamacpp": _llamacpp,
    "openvino": _openvino,
    "transformers": _transformers,
    "vllm": _vllm,
}
