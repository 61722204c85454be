"""The verb of the stage: load, adapt, train, save. The loop is ``transformers.Trainer``."""

from __future__ import annotations

import gc
import math
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from phi4.chat_format import ChatTokenizer
from phi4.engines.torch_model import best_device, compute_dtype, load_base
from phi4.errors import TrainingError
from phi4.paths import Workspace
from phi4.progress import Progress
from phi4.records import Example, read_jsonl
from phi4.training.artifacts import describe, describe_data, plot_loss, save_adapter
from phi4.training.options import TrainingOptions
from phi4.training.rows import Rows, collate, make_rows
from phi4.weights import base_folder

WARMUP_SHARE = 0.05
OOM_REMEDIES = (
    "1. per_device_train_batch_size=1: phi4 train --per-device-train-batch-size 1\n"
    "  2. shorter rows: phi4 train --max-length 256\n"
    "  3. end other GPU processes: nvidia-smi"
)


def train_adapter(workspace: Workspace, options: TrainingOptions) -> dict[str, Any]:
    """Train on the workspace's ``train.jsonl``; returns the contents of ``phi4.json``.

    Raises ``WorkspaceError`` or
    ``RecordError`` for the data, ``WeightsError`` for the base, ``TrainingError`` for the rest.
    """
    examples = read_jsonl(workspace.train_file, Example, "type: phi4 generate")
    source = describe_data(workspace.train_file, examples)
    base = base_folder(options.model_name)
    tokenizer = ChatTokenizer(base)
    data = make_rows(examples, tokenizer, options.max_length, options.system_prompt)
    device = best_device()
    _announce(data, options, device)
    model = _adapted(base, options, device)
    start = time.monotonic()
    log = _train(model, data, tokenizer, options, device)
    metrics = _metrics(data, options, log, time.monotonic() - start)
    facts = describe(options, source, metrics)
    target = workspace.models / options.adapter
    save_adapter(model, base, target, facts, log, partial(plot_loss, log))
    print(
        f"🎉 Training Complete!  loss {metrics['first_loss']:.3f} → {metrics['last_loss']:.3f}, "
        f"{metrics['tokens_per_second']:.0f} tokens/s, {metrics['seconds']:.0f} s"
    )
    print(f"💾 Saved to: {workspace.show(target)}")
    del model
    gc.collect()
    return facts


def _announce(data: Rows, options: TrainingOptions, device: str) -> None:
    place = f"{torch.cuda.get_device_name(0)}, NF4" if device == "cuda" else "CPU, fp32"
    print(f"📚 {len(data.rows)} rows, {data.tokens} tokens, {data.supervised / data.tokens:.0%} of them supervised")
    if data.too_long:
        print(f"   left out {len(data.too_long)} rows longer than max_length={options.max_length} tokens")
    print(f"🧠 {options.model_name} on {place}; LoRA r={options.r}, alpha={options.lora_alpha}")


def _adapted(base: Path, options: TrainingOptions, device: str) -> Any:
    """The frozen base with fresh fp32 LoRA weights on all linear layers."""
    torch.manual_seed(options.seed)
    model = load_base(base, device)
    model.config.use_cache = False
    lora = LoraConfig(
        r=options.r,
        lora_alpha=options.lora_alpha,
        lora_dropout=options.lora_dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, lora)
    trainable = sum(weight.numel() for weight in adapted.parameters() if weight.requires_grad)
    if not trainable:
        raise TrainingError("no weight is trainable", "the base model has no linear layer that LoRA can adapt")
    return adapted


def _train(
    model: Any, data: Rows, tokenizer: ChatTokenizer, options: TrainingOptions, device: str
) -> list[dict[str, Any]]:
    bf16 = device == "cuda" and compute_dtype() is torch.bfloat16
    with tempfile.TemporaryDirectory(prefix="phi4-train-") as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            per_device_train_batch_size=options.per_device_train_batch_size,
            gradient_accumulation_steps=options.gradient_accumulation_steps,
            num_train_epochs=options.num_train_epochs,
            learning_rate=options.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=WARMUP_SHARE,
            bf16=bf16,
            fp16=device == "cuda" and not bf16,
            use_cpu=device == "cpu",
            optim="adamw_torch",
            seed=options.seed,
            data_seed=options.seed,
            logging_steps=1,
            logging_nan_inf_filter=False,  # a NaN must be seen
            save_strategy="no",
            report_to="none",
            remove_unused_columns=False,
            disable_tqdm=True,
            dataloader_pin_memory=device == "cuda",
        )
        watch = _Watch(data, options)
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=list(data.rows),
            data_collator=partial(collate, pad_id=tokenizer.im_end),
            callbacks=[watch],
        )
        trainer.pop_callback(_printer())
        try:
            with watch.bar:
                trainer.train()
        except torch.OutOfMemoryError as error:
            raise TrainingError(f"torch.cuda.OutOfMemoryError: {str(error).splitlines()[0]}", OOM_REMEDIES) from error
    return watch.log


def _printer() -> type[TrainerCallback]:
    from transformers import PrinterCallback

    printer: type[TrainerCallback] = PrinterCallback
    return printer


class _Watch(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Progress with ETA, the log of every step, and a stop at the first loss that is no number."""

    def __init__(self, data: Rows, options: TrainingOptions) -> None:
        self.log: list[dict[str, Any]] = []
        batch = options.per_device_train_batch_size * options.gradient_accumulation_steps
        self._per_epoch = math.ceil(len(data.rows) / batch)
        self.bar = Progress("training", math.ceil(self._per_epoch * options.num_train_epochs), "steps")
        self._tokens_per_step = data.tokens / self._per_epoch
        self._start = time.monotonic()

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: dict[str, float], **_: Any
    ) -> None:
        if "loss" not in logs:
            return
        if not math.isfinite(logs["loss"]):
            raise TrainingError(f"the loss became {logs['loss']} at step {state.global_step}", "lower --learning-rate")
        seconds = time.monotonic() - self._start
        rate = self._tokens_per_step * state.global_step / seconds
        self.log.append(
            {"step": state.global_step, **logs, "seconds": round(seconds, 2), "tokens_per_second": round(rate, 1)}
        )
        self.bar.total = state.max_steps
        self.bar.step(note=f"· loss {logs['loss']:.3f} · {rate:.0f} tokens/s")


def _metrics(data: Rows, options: TrainingOptions, log: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    trained = data.tokens * options.num_train_epochs
    return {
        "steps": len(log),
        "first_loss": log[0]["loss"],
        "last_loss": log[-1]["loss"],
        "seconds": round(seconds, 1),
        "tokens_per_second": round(trained / seconds, 1),
        "tokens": data.tokens,
        "supervised_tokens": data.supervised,
        "left_out": len(data.too_long),
    }
