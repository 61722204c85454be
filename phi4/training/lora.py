"""The model that is trained: a frozen base and small matrices beside its linear layers (LoRA)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model

from phi4.engines.torch_model import load_base
from phi4.errors import TrainingError
from phi4.training.loss import teach_label_loss
from phi4.training.options import TrainingOptions

# PiSSA, OLoRA, CorDA and LoftQ change the base's weights: their adapter would not fit the base as it is.
BEGINNINGS: dict[str, bool | str] = {"true": True, "false": False, "gaussian": "gaussian", "orthogonal": "orthogonal"}


def adapted_model(base: Path, options: TrainingOptions, device: str, dtype: torch.dtype | None = None) -> Any:
    """The base at ``base``, frozen, with fresh fp32 LoRA weights, able to return the label-only loss.
    ``dtype``: the base's format, that which is fastest here unless stated.

    Raises ``EngineError`` for the base and ``TrainingError`` for settings that peft refuses.
    """
    torch.manual_seed(options.seed)
    model = load_base(base, device, dtype)
    model.config.use_cache = False
    for module in model.modules():  # bitsandbytes on a CPU would repack the weights for inference, and lose gradients
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    model.requires_grad_(False)
    teach_label_loss(model)
    try:
        lora = LoraConfig(
            r=options.r,
            lora_alpha=options.lora_alpha,
            lora_dropout=options.lora_dropout,
            target_modules=_targets(model, options.target_modules),
            init_lora_weights=_beginning(options.init_lora_weights),
            use_rslora=options.use_rslora,
            use_dora=options.use_dora,
            task_type="CAUSAL_LM",
        )
        adapted = get_peft_model(model, lora)
    except (ValueError, TypeError, ImportError) as error:
        raise TrainingError(f"peft refuses these LoRA settings: {error}", "see phi4 train --help") from error
    if not any(weight.requires_grad for weight in adapted.parameters()):
        raise TrainingError("no weight is trainable", "the base model has no linear layer that LoRA can adapt")
    return adapted


def lora_options(adapter: Path, words: dict[str, Any]) -> dict[str, Any]:
    """The LoRA settings that an adapter was made with, as ``TrainingOptions`` has them.

    ``words`` are the settings in its ``phi4.json``: peft's file has every single layer in the place of "all-linear".
    """
    config = LoraConfig.from_pretrained(adapter)
    told = ("r", "lora_alpha", "lora_dropout", "use_rslora", "use_dora")
    asked = ("target_modules", "init_lora_weights")
    return {**{name: getattr(config, name) for name in told}, **{name: words[name] for name in asked if name in words}}


def _beginning(way: str) -> bool | str:
    """How LoRA weights begin, as peft wants it."""
    if way not in BEGINNINGS:
        raise TrainingError(
            f"init_lora_weights='{way}' cannot be used: it is no way of peft's, rewrites the base model, or needs data",
            f"take one of: {', '.join(BEGINNINGS)}",
        )
    return BEGINNINGS[way]


def _targets(model: Any, names: str) -> str | list[str]:
    """The layers to adapt as peft wants them. peft passes over a name that fits no layer, as long as another does."""
    if names == "all-linear":
        return names
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    layers = [name for name, _ in model.named_modules()]
    for name in wanted:
        fitting = [layer for layer in layers if layer == name or layer.endswith(f".{name}")]
        if not fitting:
            raise TrainingError(f"target_modules: the base model has no layer '{name}'", _known(model))
        if any(model.get_submodule(layer) is model.get_output_embeddings() for layer in fitting):
            raise TrainingError(f"target_modules: '{name}' is the LM head, which stays as it is", _known(model))
    return wanted


def _known(model: Any) -> str:
    kinds = {name.rpartition(".")[2] for name, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)}
    head = {name for name, layer in model.named_modules() if layer is model.get_output_embeddings()}
    return f"all-linear, or some of: {', '.join(sorted(kinds - head))}"
