"""The training stage: ``train.jsonl`` becomes a LoRA adapter.

rows (text → ids and labels, checked) → finetune (Trainer + peft) → artifacts (files, all or none)
"""

from phi4.training.finetune import train_adapter
from phi4.training.options import TrainingOptions

__all__ = ["TrainingOptions", "train_adapter"]
