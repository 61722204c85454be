"""The training settings that a run needs; names, defaults and meanings are in ``phi4.settings``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingOptions:
    """The manual's names; see ``phi4 train --help``."""

    model_name: str
    per_device_train_batch_size: int
    gradient_accumulation_steps: int
    max_length: int
    r: int
    lora_alpha: int
    lora_dropout: float
    learning_rate: float
    num_train_epochs: float
    adapter: str
    seed: int
    system_prompt: str
