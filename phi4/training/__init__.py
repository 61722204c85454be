"""The training stage: ``train.jsonl`` becomes a LoRA adapter.

rows (text → ids and labels, checked) → packing (samples share a pass) → trainer (one step: loss,
ladder) → checkpoints (go on after an interruption) → aftercare (does it stop?) → artifacts (files,
all or none); finetune is the order of it all. preference is the optional second training.
"""

from phi4.training.finetune import estimate_training, train_adapter
from phi4.training.options import TrainingOptions
from phi4.training.preference import train_preferences

__all__ = ["TrainingOptions", "estimate_training", "train_adapter", "train_preferences"]
