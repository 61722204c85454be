"""How fast a CPU trains, ours and TRL's: ``python benchmarks/training.py``.

Qwen2.5-0.5B (the packaged one), LoRA r 16 on all linear layers, rows made by rule from the sample
seeds, 8 samples a step. The variants take turns, each in a process of its own, so that a noisy machine
hits all alike and the peak of memory is each one's own. Prints a table, writes
``benchmarks/results/training.json``. The TRL variants need: ``pip install trl``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MODEL = "qwen2.5-coder-0.5b"
SAMPLES_PER_STEP = 8
LEARNING_RATE = 2e-4
WARM_UP = 1  # steps not counted
VARIANTS = {
    "ours": "measured format, packed rows, label-only loss",
    "ours, fp32": "the same in fp32",
    "ours, fp32, not packed": "a sample a pass",
    "ours, fp32, full logits": "transformers' own loss",
    "ours, fp32, checkpointing": "every layer recomputed",
    "TRL stock": "SFTTrainer as it comes: fp32 weights, bf16 autocast, checkpointing",
    "TRL fp32": "no checkpointing, no autocast",
    "TRL fp32, padding-free": "the same, packed",
    "TRL bf16 weights": "no checkpointing, bf16 base without autocast",
}


def sample_rows(count: int) -> list[Any]:
    """Training rows from the sample seeds, without a teacher: questions by rule, the sentence as answer."""
    from phi4 import seeds
    from phi4.korean import ask
    from phi4.paths import find_workspace
    from phi4.records import Example

    rows = []
    for seed in seeds.read_seeds(find_workspace().seeds, 0).seeds:
        for passage in seeds.cut_passages(seed):
            for before, sentence in zip(passage.sentences, passage.sentences[1:], strict=False):
                rows += [
                    Example(question=asked.question, reasoning_steps=(before, sentence), answer=sentence, id=str(n))
                    for n, asked in enumerate(ask(sentence)[:2])
                ]
    return rows[:: max(1, len(rows) // count)][:count]


def measure(variant: str, steps: int) -> dict[str, Any]:
    """Train ``steps`` optimizer steps; tokens a second, losses, peak memory of the process."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from phi4.engines.quiet import quiet_libraries

    quiet_libraries()
    from phi4.chat_format import ChatTokenizer
    from phi4.training.rows import make_rows
    from phi4.weights import base_folder

    base = base_folder(MODEL)
    data = make_rows(sample_rows(SAMPLES_PER_STEP * (steps + WARM_UP)), ChatTokenizer(base), 512)
    with tempfile.TemporaryDirectory() as scratch:
        run = _ours if variant.startswith("ours") else _trl
        ends, losses = run(variant, base, list(data.rows), Path(scratch))
    tokens = [sum(len(row.input_ids) for row in step) for step in _steps(data.rows)][WARM_UP:]
    labels = [sum(label >= 0 for row in step for label in row.labels) for step in _steps(data.rows)][WARM_UP:]
    seconds = ends[-1] - ends[WARM_UP - 1]
    return {
        "tokens_per_second": sum(tokens) / seconds,
        "supervised_per_second": sum(labels) / seconds,
        "losses": losses,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def _steps(rows: Any) -> list[Any]:
    return [rows[start : start + SAMPLES_PER_STEP] for start in range(0, len(rows), SAMPLES_PER_STEP)]


def _clock() -> Any:
    from transformers import TrainerCallback

    class Clock(TrainerCallback):  # type: ignore[misc]
        def __init__(self) -> None:
            self.ends: list[float] = []

        def on_step_end(self, *_: Any, **__: Any) -> None:
            self.ends.append(time.perf_counter())

    return Clock()


def _common(scratch: Path) -> dict[str, Any]:
    """What all variants share; the rows come in their own order."""
    return {
        "output_dir": str(scratch),
        "learning_rate": LEARNING_RATE,
        "lr_scheduler_type": "constant",
        "num_train_epochs": 1,
        "use_cpu": True,
        "optim": "adamw_torch",
        "seed": 0,
        "train_sampling_strategy": "sequential",
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": False,
    }


def _lora(model: Any) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    return get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"))


def _load(base: Path, dtype: Any) -> Any:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, local_files_only=True)
    model.config.use_cache = False
    return model.requires_grad_(False)


def _ours(variant: str, base: Path, rows: list[Any], scratch: Path) -> tuple[list[float], list[float]]:
    import torch
    from transformers import PrinterCallback, TrainingArguments

    from phi4.engines.precision import compute_dtype
    from phi4.training.ladder import Ladder
    from phi4.training.loss import teach_label_loss
    from phi4.training.trainer import PackedTrainer

    model = _load(base, torch.float32 if "fp32" in variant else compute_dtype("cpu"))
    if "full logits" in variant:
        _full_logits(model)
    else:
        teach_label_loss(model)
    model = _lora(model)
    longest = max(len(row.input_ids) for row in rows)
    ladder = Ladder(longest if "not packed" in variant else 512, longest)
    if "not packed" in variant:
        ladder.budget = 1  # no two samples fit
    if "checkpointing" in variant:
        ladder.stand(model, 2)
    clock = _clock()
    trainer = PackedTrainer(
        model=model,
        args=TrainingArguments(
            per_device_train_batch_size=SAMPLES_PER_STEP, remove_unused_columns=False, **_common(scratch)
        ),
        train_dataset=rows,
        callbacks=[clock],
        ladder=ladder,
        held_out=(),
    )
    trainer.pop_callback(PrinterCallback)
    trainer.train()
    return clock.ends, [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def _full_logits(model: Any) -> None:
    """The loss that transformers computes, as a sum, behind the same door as ours."""
    from torch.nn.functional import cross_entropy

    plain = model.forward

    def forward(*args: Any, label_loss: bool = False, **inputs: Any) -> Any:
        labels = inputs.pop("labels")
        logits = plain(
            *args, use_cache=False, **{k: v for k, v in inputs.items() if k in ("input_ids", "position_ids")}
        ).logits
        return {"loss": cross_entropy(logits[0, :-1].float(), labels[0, 1:], ignore_index=-100, reduction="sum")}

    model.forward = forward


def _trl(variant: str, base: Path, rows: list[Any], scratch: Path) -> tuple[list[float], list[float]]:
    import torch
    from datasets import Dataset
    from transformers import AutoTokenizer, PrinterCallback
    from trl import SFTConfig, SFTTrainer

    stock, packed = variant == "TRL stock", "padding-free" in variant
    settings = {} if stock else {"activation_checkpointing": False, "bf16": False}
    shape = (SAMPLES_PER_STEP, 1) if packed else (1, SAMPLES_PER_STEP)  # the manual's: 1 row, 8 times
    data = Dataset.from_list([{"input_ids": list(row.input_ids), "labels": list(row.labels)} for row in rows])
    clock = _clock()
    trainer = SFTTrainer(
        model=_lora(_load(base, torch.bfloat16 if "bf16 weights" in variant else torch.float32)),
        args=SFTConfig(
            per_device_train_batch_size=shape[0],
            gradient_accumulation_steps=shape[1],
            max_length=None,
            padding_free=packed,
            dataset_kwargs={"skip_prepare_dataset": True},
            **settings,
            **_common(scratch),
        ),
        train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(base),
        callbacks=[clock],
    )
    trainer.pop_callback(PrinterCallback)
    trainer.train()
    return clock.ends, [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def main() -> None:
    """Take turns, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", choices=VARIANTS)
    parser.add_argument("--steps", type=int, default=3, help="measured optimizer steps a turn")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.variant:
        print(json.dumps(measure(options.variant, options.steps)))
        return
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in VARIANTS}
    for _ in range(options.rounds):
        for name in VARIANTS:
            command = [sys.executable, __file__, "--variant", name, "--steps", str(options.steps)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            else:
                found[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
    show(found)


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    """The table: the best turn of each variant, its ratio to TRL's, how far its losses are from ours in fp32."""
    best = {name: max(turns, key=lambda turn: turn["tokens_per_second"]) for name, turns in found.items() if turns}
    stock = best.get("TRL stock", {}).get("tokens_per_second", float("nan"))
    reference = found["ours, fp32"][0]["losses"]  # every turn trains the same rows
    print(f"{'variant':<27}{'tokens/s':>9}{'labels/s':>9}{'x stock':>8}{'GiB':>6}{'loss diff':>10}  turns")
    for name, turn in best.items():
        apart = max(abs(a - b) for a, b in zip(found[name][0]["losses"], reference, strict=True))
        speeds = "/".join(f"{one['tokens_per_second']:.0f}" for one in found[name])
        print(
            f"{name:<27}{turn['tokens_per_second']:>9.1f}{turn['supervised_per_second']:>9.1f}"
            f"{turn['tokens_per_second'] / stock:>8.2f}{turn['peak_gib']:>6.1f}{apart:>10.1e}  {speeds}"
        )
    target = Path(__file__).parent / "results" / "training.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
