"""The Trainer's settings: ours by their own names, and those that follow from how we train."""

from __future__ import annotations

import math
import os
from pathlib import Path

import torch
from transformers import TrainingArguments

from phi4.errors import TrainingError
from phi4.training import processes
from phi4.training.options import TrainingOptions
from phi4.training.rows import Rows

WARMUP_SHARE = 0.05
EVALUATIONS = 5  # in a run, each with a checkpoint


def training_arguments(
    options: TrainingOptions, data: Rows, folder: Path, device: str, dtype: torch.dtype
) -> TrainingArguments:
    """What the Trainer is told. Raises ``TrainingError`` for names and values that it does not know."""
    bf16 = device == "cuda" and dtype is torch.bfloat16
    every = max(1, math.ceil(_steps(options, data) / EVALUATIONS))
    evaluated = bool(data.held_out)
    # beside the adapters: the run's own folder goes when the run is done
    os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(folder.parent / "runs" / options.adapter))
    try:
        told = TrainingArguments(
            output_dir=str(folder),
            per_device_train_batch_size=options.samples_per_step,  # one batch is one step: see trainer.py
            gradient_accumulation_steps=1,
            num_train_epochs=options.num_train_epochs,
            learning_rate=options.learning_rate,
            lr_scheduler_type=options.lr_scheduler_type,
            warmup_steps=WARMUP_SHARE,
            bf16=bf16,
            fp16=device == "cuda" and not bf16,
            use_cpu=device == "cpu",
            optim=options.optim,
            seed=options.seed,
            data_seed=options.seed,
            logging_steps=1,
            logging_nan_inf_filter=False,  # a NaN must be seen
            save_strategy="steps",
            save_steps=every,
            save_total_limit=2,
            eval_strategy="steps" if evaluated else "no",
            eval_steps=every,
            load_best_model_at_end=evaluated,
            metric_for_best_model="eval_loss" if evaluated else None,
            restore_callback_states_from_checkpoint=True,
            report_to=options.report_to.split(","),
            run_name=options.adapter,
            remove_unused_columns=False,
            disable_tqdm=True,
            dataloader_pin_memory=False,  # our batches are lists
            ddp_find_unused_parameters=False,
        )
    except (ValueError, ImportError) as error:
        raise refused(error) from error
    told._n_gpu = min(told.n_gpu, 1)  # one process, one card: a second in sight would double every batch
    return told


def refused(error: Exception) -> TrainingError:
    """A setting that the Trainer does not know, or whose package is missing."""
    return TrainingError(f"the Trainer refuses these settings: {error}", "see phi4 train --help")


def _steps(options: TrainingOptions, data: Rows) -> int:
    """Optimizer steps of the whole run."""
    of_epoch = math.ceil(len(data.rows) / (options.samples_per_step * processes.count()))
    return math.ceil(of_epoch * options.num_train_epochs)
