"""Read a LoRA adapter for engines that are not PyTorch, and refuse what they would serve wrongly.

llama.cpp scales by alpha / rank whatever the adapter's configuration says, and knows neither DoRA
nor trained embeddings; it would answer, only worse. So what it cannot do is refused here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phi4.errors import AdapterError

Array = NDArray[np.float32]
PREFIX = "base_model.model."
# Settings of peft that change the arithmetic; each must have the value of a plain LoRA.
PLAIN: dict[str, tuple[Any, ...]] = {
    "peft_type": ("LORA",),
    "use_dora": (False, None),
    "bias": ("none", None),
    "lora_bias": (False, None),
    "fan_in_fan_out": (False, None),
    "modules_to_save": (None, []),
    "trainable_token_indices": (None, [], {}),
    "target_parameters": (None, []),
    "layer_replication": (None, []),
    "rank_pattern": ({}, None),
    "alpha_pattern": ({}, None),
    "alora_invocation_tokens": (None, []),
}
SERVE_WITH_TORCH = "serve it with PHI4_ENGINE=transformers, or train it again without"


@dataclass(frozen=True)
class Lora:
    """The difference that an adapter makes: ``scale * up @ down`` on each weight that it names.

    ``pairs`` maps a weight's name in the base ("model.layers.0.self_attn.q_proj.weight") to
    ``down`` [r, in] and ``up`` [out, r].
    """

    rank: int
    scale: float
    pairs: Mapping[str, tuple[Array, Array]]

    @property
    def alpha(self) -> float:
        """What must stand as alpha where the scale is alpha / rank."""
        return self.scale * self.rank

    @property
    def bytes(self) -> int:
        """What it takes in memory, and about what it takes as GGUF: float32."""
        return sum(down.nbytes + up.nbytes for down, up in self.pairs.values())

    def difference(self, name: str) -> Array:
        """What to add to the weight ``name``; KeyError for one that the adapter leaves alone."""
        down, up = self.pairs[name]
        product: Array = (np.float32(self.scale) * up).astype(np.float32) @ down
        return product


def read_lora(folder: Path) -> Lora:
    """The adapter in ``folder``; rsLoRA (arXiv 2312.03732) scales by alpha / sqrt(r).

    Raises ``AdapterError`` naming the first thing that is more than a LoRA on linear layers.
    """
    config = check_lora(folder)
    rank, alpha = int(config["r"]), float(config["lora_alpha"])
    scale = alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
    return Lora(rank, scale, _pairs(folder, rank))


def check_lora(folder: Path) -> dict[str, Any]:
    """The adapter's configuration; raises ``AdapterError`` when it is more than a plain LoRA, or unreadable."""
    path = folder / "adapter_config.json"
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not (config["r"] > 0 and config["lora_alpha"] > 0):
            raise ValueError(f"r={config['r']}, lora_alpha={config['lora_alpha']}")
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise AdapterError(f"cannot read '{path}': {error!r}", "train it again with: phi4 train") from error
    for key, plain in PLAIN.items():
        if key in config and config[key] not in plain:
            shown = "DoRA" if key == "use_dora" else f"{key}={config[key]!r}"
            raise AdapterError(f"adapter '{folder.name}' uses {shown}, which this engine cannot", SERVE_WITH_TORCH)
    return config


def _pairs(folder: Path, rank: int) -> dict[str, tuple[Array, Array]]:
    halves: dict[str, dict[str, Array]] = {}
    for name, array in _tensors(folder / "adapter_model.safetensors").items():
        bare = name.removeprefix(PREFIX)
        module, dot, half = bare.rpartition(".lora_")
        if not dot or half not in ("A.weight", "B.weight") or ".layers." not in module:
            raise AdapterError(f"adapter '{folder.name}' trains '{bare}', which this engine cannot", SERVE_WITH_TORCH)
        halves.setdefault(f"{module}.weight", {})[half[0]] = array
    for name, pair in halves.items():
        if pair.keys() != {"A", "B"} or pair["A"].shape[0] != rank or pair["B"].shape[1] != rank:
            raise AdapterError(f"adapter '{folder.name}' has no whole pair of rank {rank} for '{name}'")
    return {name: (pair["A"], pair["B"]) for name, pair in halves.items()}


def _tensors(path: Path) -> dict[str, Array]:
    """Every tensor as float32; numpy alone cannot read bfloat16."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name).float().numpy() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise AdapterError(f"cannot read '{path}': {error}", "train it again with: phi4 train") from error
