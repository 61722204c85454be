"""``phi4 train --stage dpo``: the tuned model learns to prefer a mended answer to the one it replaced.

Optional, after the ordinary training: direct preference optimization (arXiv 2305.18290) by TRL, on
``preference.jsonl``, from a copy of the adapter that it also serves as reference. The Phi-4 Technical
Report does the same with pairs that a judge chose (section 4).
"""

from __future__ import annotations

import gc
import json
import math
import sys
import warnings
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, TrainerCallback

from phi4.chat_format import ChatTokenizer
from phi4.engines.precision import best_device, compute_dtype
from phi4.engines.torch_model import load_base
from phi4.errors import AdapterError, TrainingError, first_line
from phi4.jsonl import read_hashed
from phi4.paths import Workspace
from phi4.progress import Progress
from phi4.records import Message, Preference
from phi4.training import processes
from phi4.training.aftercare import check_ending, check_reload
from phi4.training.arguments import refused
from phi4.training.artifacts import check_target, describe, plot_loss, save_adapter
from phi4.training.checkpoints import only_training
from phi4.training.ladder import out_of_memory
from phi4.training.lora import lora_options
from phi4.training.options import TrainingOptions
from phi4.training.rows import Row
from phi4.weights import base_folder

LEARNING_RATE = 2e-5  # for LoRA; TRL's default 1e-6 is for whole models
BETA = 0.1
SUFFIX = "-dpo"  # of the new adapter's name: the one it came from stays
REMEDIES = (
    "1. one pair at a time: phi4 train --stage dpo --per-device-train-batch-size 1\n"
    "  2. without the longest pairs: phi4 train --stage dpo --max-length 256\n"
    "  3. end other GPU processes: nvidia-smi"
)


def train_preferences(workspace: Workspace, options: TrainingOptions) -> dict[str, Any]:
    """Train the workspace's adapter on its preferences; the result is the adapter ``NAME-dpo``.

    Base, system prompt and LoRA settings are the adapter's own, whatever ``options`` say. Raises ``AdapterError``
    without a whole adapter, ``WorkspaceError`` without preferences or while another training makes ``NAME-dpo``, and
    ``TrainingError`` when TRL is not installed, something else stands where ``NAME-dpo`` would, or memory is short.
    """
    with processes.joined(best_device()), only_training(workspace, options.adapter + SUFFIX):
        trl = _trl()
        job = _job(workspace, options)
        print(f"📚 {len(job.rows)} pairs of a better and a worse answer; from {workspace.show(job.before)}")
        return _fitted(trl, job)


@dataclass(frozen=True)
class _Job:
    """What is trained on, from which adapter, where it goes."""

    workspace: Workspace
    options: TrainingOptions
    before: Path
    base: Path
    tokenizer: ChatTokenizer
    rows: list[dict[str, Any]]
    data: dict[str, Any]
    device: str

    @property
    def target(self) -> Path:
        return self.workspace.models / (self.options.adapter + SUFFIX)


def _job(workspace: Workspace, options: TrainingOptions) -> _Job:
    check_target(workspace.models / (options.adapter + SUFFIX))
    pairs, digest = read_hashed(workspace.preference_file, Preference, "type: phi4 generate")
    before = workspace.models / options.adapter
    source = _facts(before)
    own = {"model_name": source["base_model"], "system_prompt": source.get("system_prompt", "")}
    options = replace(options, **own, **lora_options(before, source["settings"]))
    base = base_folder(options.model_name)
    tokenizer = ChatTokenizer(base)
    rows = [row for pair in pairs if (row := _render(pair, tokenizer, options))]
    if not rows:
        raise TrainingError(f"all pairs are longer than max_length={options.max_length} tokens", "raise --max-length")
    data = {**source["data"], "preferences": digest}
    return _Job(workspace, options, before, base, tokenizer, rows, data, best_device())


def _fitted(trl: Any, job: _Job) -> dict[str, Any]:
    """Train with all activations kept, which is faster; where they do not fit start over, recomputing every layer."""
    try:
        return _train(trl, job, recomputed=False)
    except torch.OutOfMemoryError as error:
        if processes.count() > 1:  # the others have not run out, and wait in the middle of a step
            raise out_of_memory(first_line(error), REMEDIES) from error
    print("out of memory: starting over, with every layer computed twice", file=sys.stderr)
    gc.collect()  # here, where no traceback holds the first attempt any more
    torch.cuda.empty_cache()
    try:
        return _train(trl, job, recomputed=True)
    except torch.OutOfMemoryError as error:
        raise out_of_memory(first_line(error), REMEDIES) from error


def _train(trl: Any, job: _Job, recomputed: bool) -> dict[str, Any]:
    model = _tuned(job.base, job.before, job.device)
    arguments = _arguments(trl, job.options, job.device, job.workspace.models, recomputed)
    trainer = _trainer(trl, model, job.rows, job.base, arguments)
    trainer.pop_callback(PrinterCallback)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`gradient_checkpointing", FutureWarning)  # TRL calls it by its old name
        trainer.train()
    if processes.number():
        return {}  # the first process writes
    return _finish(trainer, model, job)


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


def _arguments(trl: Any, options: TrainingOptions, device: str, models: Path, recomputed: bool) -> Any:
    try:
        told = _config(trl, options, device, models, recomputed)
    except (ValueError, ImportError) as error:
        raise refused(error) from error
    told._n_gpu = min(told.n_gpu, 1)  # one process, one card, as in the first training; TRL refuses a second in sight
    return told


def _config(trl: Any, options: TrainingOptions, device: str, models: Path, recomputed: bool) -> Any:
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
        activation_checkpointing=recomputed,
        activation_checkpointing_kwargs={"use_reentrant": False} if recomputed else None,
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


def _finish(trainer: Any, model: Any, job: _Job) -> dict[str, Any]:
    log = [entry for entry in trainer.state.log_history if "loss" in entry]
    margins = [entry["rewards/margins"] for entry in log]
    model.delete_adapter("ref")
    named = replace(job.options, adapter=job.target.name, learning_rate=LEARNING_RATE)
    sample = [_as_row(row) for row in job.rows]
    metrics = {
        "stage": "dpo",
        "pairs": len(job.rows),
        "steps": len(log),
        "first_loss": log[0]["loss"],
        "last_loss": log[-1]["loss"],
        "first_margin": margins[0],
        "last_margin": margins[-1],
        "stop_test": check_ending(model, job.device, sample, job.tokenizer.im_end),
    }
    facts = describe(named, job.data, metrics)
    check = partial(check_reload, model, job.device, row=sample[0])
    save_adapter(model, job.base, job.target, facts, log, partial(plot_loss, log), check)
    print(f"🎉 Training Complete!  margin of the better answer {margins[0]:.3f} → {margins[-1]:.3f}")
    print(f"💾 Saved to: {job.workspace.show(job.target)}")
    return facts


def _as_row(row: dict[str, Any]) -> Row:
    prompt, answer = row["prompt_ids"], row["chosen_ids"]
    return Row("pair", [*prompt, *answer], [-100] * len(prompt) + answer)


def _facts(adapter: Path) -> dict[str, Any]:
    """What the adapter says of its base, its settings and its data, about which the exam asks it too."""
    if not (adapter / "adapter_config.json").is_file():
        raise AdapterError(f"there is no adapter '{adapter}' to start from", "type: phi4 train")
    try:
        facts = json.loads((adapter / "phi4.json").read_text(encoding="utf-8"))
        told = {**facts, "base_model": str(facts["base_model"]), "data": dict(facts["data"])}
        return {**told, "settings": dict(told.get("settings", {}))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AdapterError(
            f"'{adapter}' has no phi4.json that tells its base and its data", "train it again with: phi4 train"
        ) from error
