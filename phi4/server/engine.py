"""Which engine serves an adapter, and the files that it serves it from."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from phi4.chat import Adapter, read_adapter
from phi4.chat_format import ChatTokenizer
from phi4.engines.completions import without_login
from phi4.engines.openvino import runs_here
from phi4.engines.protocol import Description, StreamingEngine
from phi4.engines.supervised import Deadlines, Launch, Report, SupervisedEngine
from phi4.errors import AdapterError, UsageError
from phi4.settings import Settings
from phi4.weights.bases import architecture_of
from phi4.weights.engine_files import TORCH_SLOTS, make_files, tokenizer_folder
from phi4.weights.gguf_files import ARCHITECTURES
from phi4.weights.lora import check_lora

CONTEXT = 4096  # tokens of a conversation and its answer; every slot of every engine has as many


def open_engine(
    settings: Settings, adapter: Adapter, read_again: Callable[[], object] | None = None
) -> tuple[StreamingEngine, ChatTokenizer]:
    """The engine that ``PHI4_ENGINE`` asks for, not started yet, and the adapter's tokenizer.

    ``read_again`` is called before each start, in a thread: it reads the adapter's folder, and raises
    ``AdapterError`` where it holds what this engine was not chosen for. Default: that check alone.

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
    read_again = read_again or partial(read_adapter, adapter.folder, adapter.base_model)
    tokenizer = ChatTokenizer(tokenizer_folder(adapter.folder, adapter.base_model))
    return SupervisedEngine(_after(read_again, launch)), tokenizer


def _after(read_again: Callable[[], object], launch: Launch) -> Launch:
    """The launch, with the adapter read before its files are made: the folder may hold another one by then."""

    def prepare(report: Report) -> dict[str, Any]:
        read_again()
        return launch.prepare(report)

    return replace(launch, prepare=prepare)


def check_room(settings: Settings, context: int) -> None:
    """Raise ``UsageError`` where the longest answer alone fills what an engine holds (0: it does not say)."""
    if context and settings.max_new_tokens >= context:
        raise UsageError(
            f"PHI4_MAX_NEW_TOKENS={settings.max_new_tokens} leaves no room for a question: the engine holds {context} "
            "tokens, question and answer together",
            f"set it to {context // 2} or less",
        )


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
    family = architecture_of(adapter.base_model)
    if family not in ARCHITECTURES:
        return "transformers", f"the others do not know the family of '{adapter.base_model}'"
    if not runs_here():
        return "llamacpp", "there is neither a GPU nor OpenVINO for this machine"
    if family != "qwen2":
        return "llamacpp", f"there is no GPU, and OpenVINO was not tried with '{family}'"
    return "openvino", "on an x86 CPU it answers many at once two to three times as fast as llama.cpp"


def _describe(engine: str, adapter: Adapter, slots: int, detail: str, context: int = CONTEXT) -> Description:
    return Description(engine, adapter.base_model, adapter.name, slots, context, detail)


def _launch(engine: str, module: str, slots: int, detail: str, adapter: Adapter) -> Launch:
    files = partial(make_files, engine, adapter.folder, adapter.base_model, CONTEXT)
    return Launch(module, files, _describe(engine, adapter, slots, detail))


def _llamacpp(adapter: Adapter) -> Launch:
    from phi4.engines.llamacpp_chat import SLOTS

    return _launch("llamacpp", "phi4.engines.llamacpp_chat", SLOTS, "GGUF base and LoRA, CPU", adapter)


def _openvino(adapter: Adapter) -> Launch:
    from phi4.engines.openvino import SLOTS

    return _launch("openvino", "phi4.engines.openvino", SLOTS, "merged, Q8_0, CPU", adapter)


def _transformers(adapter: Adapter) -> Launch:
    detail = "base and adapter, NF4 on a GPU"
    return _launch("transformers", "phi4.engines.torch_stream", TORCH_SLOTS, detail, adapter)


def _vllm(adapter: Adapter) -> Launch:
    from phi4.engines.vllm import SLOTS

    return _launch("vllm", "phi4.engines.vllm", SLOTS, "base and adapter, GPU", adapter)


def _elsewhere(url: str, adapter: Adapter, key: str) -> Launch:
    from phi4.engines.completions import SLOTS, specification

    told = specification(url, adapter.name, key)
    description = _describe("openai", adapter, SLOTS, told["url"], context=0)
    # It may be started hours after us, and our child only waits for it: that is no failed start.
    return Launch("phi4.engines.completions", lambda report: told, description, Deadlines(starts=0))


LAUNCHES: dict[str, Callable[[Adapter], Launch]] = {
    "llamacpp": _llamacpp,
    "openvino": _openvino,
    "transformers": _transformers,
    "vllm": _vllm,
}
