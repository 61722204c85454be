"""llama.cpp (xllamacpp) as a child process that speaks HTTP: ``python -m phi4.engines.llamacpp``.

For the embedded teacher. ``llamacpp_chat`` puts the same server behind the link of the chat.

Attribute names of xllamacpp change between releases; its version is pinned and each name is
set through ``_set``, which fails loudly. Every default that bites is stated here.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from phi4.engines.parent import read_specification
from phi4.engines.process import EngineProcess
from phi4.machine import processors


def start_llamacpp(
    model: Path, *, context: int, slots: int = 1, threads: int = 0, adapter: Path | None = None
) -> EngineProcess:
    """A child that serves ``model`` (a GGUF file) with ``slots`` of ``context`` tokens each.

    One slot for a teacher, so that requests about the same passage reuse what the last one read; on two cores
    more slots gained nothing there (docs/log.md). ``adapter`` is a GGUF LoRA.
    """
    specification = {
        "model": str(model),
        "adapter": str(adapter) if adapter else "",
        "context": context,
        "slots": slots,
        "batch": 512,
        "threads": threads or processors(),
    }
    return EngineProcess("phi4.engines.llamacpp", specification)


def _set(params: Any, **values: Any) -> None:
    for name, value in values.items():
        if not hasattr(params, name):
            raise SystemExit(f"this xllamacpp has no parameter '{name}': install the pinned version")
        setattr(params, name, value)


def make_server(specification: dict[str, Any], key: str = "") -> Any:
    """The loaded server; blocks, and holds the interpreter lock, until it is. With ``key`` its HTTP
    side is closed to everybody else. Raises ``RuntimeError``, whose reason is in the log."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    _set(params.model, path=specification["model"])
    _set(params.cpuparams, n_threads=specification["threads"])
    _set(params.cpuparams_batch, n_threads=specification["threads"])
    _set(
        params,
        hostnames=[specification["socket"]],  # a name ending in .sock makes it a Unix socket
        port=0,
        n_parallel=specification["slots"],
        kv_unified=True,  # else each slot has only its share of the context
        n_ctx=specification["context"] * specification["slots"],
        n_batch=specification["batch"],
        n_ubatch=specification["batch"],
        cache_ram_mib=0,  # its default keeps 8 GB of old prompts
        verbosity=0,
        ui=False,
        endpoint_slots=False,
        api_keys=[key] if key else [],
    )
    if specification["adapter"]:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(specification["adapter"], 1.0)]
    return xllamacpp.Server(params)


def main() -> None:
    """Serve until the parent goes away."""
    server = make_server(read_specification())
    threading.Event().wait()
    del server


if __name__ == "__main__":
    main()
