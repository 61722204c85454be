"""vLLM behind the link: ``vllm serve`` on a Unix socket of its own. ``python -m phi4.engines.vllm``."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from phi4.engines import completions
from phi4.engines.parent import read_specification
from phi4.engines.wire import Link
from phi4.errors import EngineError

RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # the --max-lora-rank that vLLM knows
SLOTS = 64
PR_SET_PDEATHSIG = 1


def specification(base: Path, adapter: Path, *, context: int, slots: int = SLOTS) -> dict[str, Any]:
    """What the child is told. Raises ``EngineError`` when vLLM is not installed, or cannot serve the adapter."""
    if shutil.which("vllm") is None:
        raise EngineError("PHI4_ENGINE='vllm', but vllm is not installed", "type: pip install 'phi4[gpu-serve]'")
    return {
        **completions.specification("http://engine", adapter.name),
        "dialect": "vllm",
        "base": str(base),
        "folder": str(adapter),
        "rank": fitting_rank(adapter),
        "context": context,
        "slots": slots,
    }


def fitting_rank(adapter: Path) -> int:
    """The smallest ``--max-lora-rank`` that fits an adapter. Raises ``EngineError`` when none does, or none is said."""
    path = adapter / "adapter_config.json"
    try:
        rank = int(json.loads(path.read_text(encoding="utf-8"))["r"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise EngineError(f"cannot read '{path}': {error!r}", "train it again with: phi4 train") from error
    fitting = next((known for known in RANKS if known >= rank), None)
    if fitting is None:
        raise EngineError(f"vLLM serves ranks up to {RANKS[-1]}, the adapter has r={rank}", "use PHI4_ENGINE=auto")
    return fitting


def command(told: dict[str, Any]) -> list[str]:
    """``vllm serve`` with everything that we rely on said; an argument that it does not know would end it at once."""
    return [
        *("vllm", "serve", told["base"]),
        *("--uds", told["uds"]),
        *("--enable-lora", "--lora-modules", f"{told['adapter']}={told['folder']}"),
        *("--max-lora-rank", str(told["rank"])),
        *("--max-model-len", str(told["context"])),
        *("--max-num-seqs", str(told["slots"])),
        *("--generation-config", "vllm"),  # else the base's own file brings sampling of its own
        "--enable-prefix-caching",
    ]


def _end_with_us() -> None:
    """In vLLM's process: a SIGTERM when this child dies, however it dies (Linux, like vLLM)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    """Start vLLM, relay until the parent goes away or vLLM ends."""
    told = read_specification()
    told["uds"] = told["socket"]
    link = Link(told)
    engine = subprocess.Popen(command(told), preexec_fn=_end_with_us, stdin=subprocess.DEVNULL)
    try:
        asyncio.run(_with(engine, told, link))
    finally:
        engine.terminate()
    print(f"vllm ended with {engine.returncode}", file=sys.stderr, flush=True)
    os._exit(1)


async def _with(engine: subprocess.Popen[bytes], told: dict[str, Any], link: Link) -> None:
    relay = asyncio.create_task(completions.serve(told, link))
    while engine.poll() is None and not relay.done():
        await asyncio.sleep(0.2)
    relay.cancel()


if __name__ == "__main__":
    main()
