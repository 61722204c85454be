"""``phi4 train --stage dpo``: the tuned model learns to prefer a mended answer to the one it replaced.

Optional, after the ordinary training: direct preference optimization (arXiv 2305.18290) by TRL, on
``preference.jsonl``, from a copy of the adapter that it also serves as reference. The Phi-4 Technical
Report does the same with pairs that a judge chose (section 4).
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, TrainerCallback

from phi4.chat_format import ChatTokenizer
from phi4.engines.precision import best_device, compute_dtype
from phi4.engines.torch_model import load_base
from phi4.errors import AdapterError, TrainingError
from phi4.jsonl import read_hashed
from phi4.paths import Workspace
from phi4.progress import Progress
from phi4.records import Message, Preference
from phi4.training import processes
from phi4.training.aftercare import check_ending, check_reload
from phi4.training.artifacts import describe, plot_loss, save_adapter
from phi4.training.checkpoints import only_training
from phi4.training.options import TrainingOptions
from phi4.training.rows import Row
from phi4.weights import base_folder

LEARNING_RATE = 2e-5  # for LoRA; TRL's default 1e-6 is for whole models
BETA = 0.1
SUFFIX = "-dpo"  # of the new adapter's name: the one it came from stays


def train_preferences(workspace: Workspace, options: TrainingOptions) -> dict[str, Any]:
    """Train the workspace's adapter on its preferences; the result is the adapter ``NAME-dpo``.

    Base and system prompt are the adapter's own, whatever ``options`` say. Raises ``AdapterError`` without a whole
    adapter, ``WorkspaceError`` without preferences or while another training makes ``NAME-dpo``, and
    ``TrainingError`` when TRL is not installed.
    """
    with processes.joined(best_device()), only_training(workspace, options.adapter + SUFFIX):
        return _train(workspace, options)


def _train(workspace: Workspace, options: TrainingOptions) -> dict[str, Any]:
    trl = _trl()
    pairs, digest = read_hashed(workspace.preference_file, Preference, "type: phi4 generate")
    before = workspace.models / options.adapter
    source = _facts(before)
    options = replace(options, model_name=source["base_model"], system_prompt=source.get("system_prompt", ""))
    device, base = best_device(), base_folder(options.model_name)
    tokenizer = ChatTokenizer(base)
    rows = [row for pair in pairs if (row := _render(pair, tokenizer, options))]
    if not rows:
        raise TrainingError(f"all pairs are longer than max_length={options.max_length} tokens", "raise --max-length")
    print(f"📚 {len(rows)} pairs of a better and a worse answer; from {workspace.show(before)}")
    model = _tuned(base, before, device)
    trainer = _trainer(trl, model, rows, base, _arguments(trl, options, device, workspace.models))
    trainer.pop_callback(PrinterCallback)
    trainer.train()
    if processes.number():
        return {}  # the first process writes
    data = {**source["data"], "preferences": digest}
    return _finish(trainer, model, rows, base, workspace, options, data, tokenizer, device)


def _trl() -> Any:
    try:
        import trl
    except ImportError as error:
        raise TrainingError("preference training needs TRL", 'type: pip install "phi4[dpo]"') from error
    return trl


def _render(pair: Preference, tokenizer: ChatTokenizer, options: TrainingOptions) -> dict[str, Any] | None:
    """Prompt and both answers as token ids; None for a pair that does not fit."""
    opening = [Message(role="system", content=options.system_prompt)] if options.system_prompt else []
    messages = [*opening, Message(role="user", content=pair.question)]
    prompt = tokenizer.prompt(messages)
    answers = {}
    for name, told in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        ids, _ = tokenizer.training_row(messages, told.reasoning_steps, told.answer)
        if len(ids) > options.max_length:
            return None
        answers[f"{name}_ids"] = ids[len(prompt) :]
    return {"prompt_ids": prompt, **answers}


def _tuned(base: Path, adapter: Path, device: str) -> Any:
    from peft import PeftModel

    model = load_base(base, device)
    model.config.use_cache = False
    return PeftModel.from_pretrained(model, adapter, is_trainable=True)


def _trainer(trl: Any, model: Any, rows: list[dict[str, Any]], base: Path, arguments: Any) -> Any:
    from datasets import Dataset
    from transformers import AutoTokenizer

    class Rendered(trl.DPOTrainer):  # type: ignore[misc]
        """The rows are rendered by us: TRL would let markers in a user's text become tokens."""

        def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
            return dataset

    per_step = arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps
    steps = math.ceil(len(rows) / per_step) * arguments.num_train_epochs
    return Rendered(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(base),
        callbacks=[_Watch(math.ceil(steps))],
    )


def _arguments(trl: Any, options: TrainingOptions, device: str, models: Path) -> Any:
    bf16 = device == "cuda" and compute_dtype(device) is torch.bfloat16
    return trl.DPOConfig(
        output_dir=str(models),  # nothing is saved there on the way
        per_device_train_batch_size=options.per_device_train_batch_size,
        gradient_accumulation_steps=options.gradient_accumulation_steps,
        num_train_epochs=options.num_train_epochs,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type=options.lr_scheduler_type,
        beta=BETA,
        max_length=options.max_length,
        activation_checkpointing=False,
        bf16=bf16,
        fp16=device == "cuda" and not bf16,
        use_cpu=device == "cpu",
        optim=options.optim,
        seed=options.seed,
        logging_steps=1,
        save_strategy="no",
        report_to=options.report_to.split(","),
        disable_tqdm=True,
        dataloader_pin_memory=device == "cuda",
    )


class _Watch(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    def __init__(self, steps: int) -> None:
        self.bar = Progress("preferences", steps, "steps")

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        if "rewards/margins" in logs:
            self.bar.step(note=f"· margin {logs['rewards/margins']:.3f}")

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.bar.clear()


def _finish(
    trainer: Any,
    model: Any,
    rows: list[dict[str, Any]],
    base: Path,
    workspace: Workspace,
    options: TrainingOptions,
    data: dict[str, Any],
    tokenizer: ChatTokenizer,
    device: str,
) -> dict[str, Any]:
    log = [entry for entry in trainer.state.log_history if "loss" in entry]
    margins = [entry["rewards/margins"] for entry in log]
    model.delete_adapter("ref")
    named = replace(options, adapter=options.adapter + SUFFIX, learning_rate=LEARNING_RATE)
    sample = [_as_row(row) for row in rows]
    metrics = {
        "stage": "dpo",
        "pairs": len(rows),
        "steps": len(log),
        "first_loss": log[0]["loss"],
        "last_loss": log[-1]["loss"],
        "first_margin": margins[0],
        "last_margin": margins[-1],
        "stop_test": check_ending(model, device, sample, tokenizer.im_end),
    }
    facts = describe(named, data, metrics)
    target = workspace.models / named.adapter
    check = partial(check_reload, model, device, row=sample[0])
    save_adapter(model, base, target, facts, log, partial(plot_loss, log), check)
    print(f"🎉 Training Complete!  margin of the better answer {margins[0]:.3f} → {margins[-1]:.3f}")
    print(f"💾 Saved to: {workspace.show(target)}")
    return facts


def _as_row(row: dict[str, Any]) -> Row:
    prompt, answer = row["prompt_ids"], row["chosen_ids"]
    return Row("pair", [*prompt, *answer], [-100] * len(prompt) + answer)


def _facts(adapter: Path) -> dict[str, Any]:
    """What the adapter says of its base, its system prompt and its data, about which the exam asks it too."""
    if not (adapter / "adapter_config.json").is_file():
        raise AdapterError(f"there is no adapter '{adapter}' to start from", "type: phi4 train")
    try:
        facts = json.loads((adapter / "phi4.json").read_text(encoding="utf-8"))
        return {**facts, "base_model": str(facts["base_model"]), "data": dict(facts["data"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AdapterError(
            f"'{adapter}' has no phi4.json that tells its base and its data", "train it again with: phi4 train"
        ) from error
