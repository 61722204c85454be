"""The training settings that a run needs; names, defaults and meanings are in ``phi4.settings``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TrainingOptions:
    """The manual's, peft's and the Trainer's names; see ``phi4 train --help``."""

    model_name: str
    per_device_train_batch_size: int
    gradient_accumulation_steps: int
    max_length: int
    r: int
    lora_alpha: int
    lora_dropout: float
    target_modules: str
    init_lora_weights: str
    use_rslora: bool
    use_dora: bool
    learning_rate: float
    lr_scheduler_type: str
    optim: str
    num_train_epochs: float
    held_out: float
    early_stopping_patience: int
    report_to: str
    adapter: str
    seed: int
    system_prompt: str

    @property
    def samples_per_step(self) -> int:
        """Samples of one optimizer step in one process."""
        return self.per_device_train_batch_size * self.gradient_accumulation_steps

    @property
    def budget(self) -> int:
        """Tokens of one forward pass."""
        return self.per_device_train_batch_size * self.max_length

    def shape(self) -> dict[str, Any]:
        """The options that change the result; who is told about it does not."""
        return {name: value for name, value in asdict(self).items() if name != "report_to"}
