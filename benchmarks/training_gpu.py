"""What QLoRA of a 3B takes on an 8 GB card: ``python benchmarks/training_gpu.py``.

A model of Qwen2.5-3B's exact shape with random weights (nothing is downloaded), NF4 with double
quantisation, rows packed to 512 tokens, the process held to 8 GB of the card. For every rung of the
memory ladder: peak, tokens/s, share of the card's bf16 peak. TRL beside it where it is installed, and
Unsloth where that is. ``--self-test`` runs the same code with a tiny model on a CPU and measures
nothing worth quoting. Writes ``benchmarks/results/training_gpu.json``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

CARD_GIB = 8.0
TOKENS = 512
STEPS = 8
PEAK_TFLOPS = {"H100": 989.0, "H200": 989.0, "A100": 312.0, "4090": 165.0, "3070": 40.0}  # bf16, dense
SHAPE = {
    "hidden_size": 2048, "intermediate_size": 11008, "num_hidden_layers": 36, "num_attention_heads": 16,
    "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": True, "max_position_embeddings": 32768,
}  # fmt: skip
TINY = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 512, "tie_word_embeddings": True, "max_position_embeddings": 1024,
}  # fmt: skip


def make_base(folder: Path, shape: dict[str, Any], device: str) -> Path:
    """A base model with random weights, saved as safetensors."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    with torch.device(device):
        model = Qwen2ForCausalLM(Qwen2Config(**shape)).to(torch.bfloat16)
    model.save_pretrained(folder)
    return folder


def make_rows(vocabulary: int, count: int, tokens: int) -> list[Any]:
    """Rows of three samples' length; the last three quarters of each carry labels."""
    from phi4.training.rows import Row

    length = tokens // 3
    rows = []
    for number in range(count):
        ids = torch.randint(0, vocabulary, (length,)).tolist()
        rows.append(Row(str(number), ids, [-100] * (length // 4) + ids[length // 4 :]))
    return rows


def measure_ours(base: Path, every: int, rows: list[Any], device: str) -> dict[str, float]:
    """Optimizer steps of 8 samples on one rung."""
    from phi4.training.ladder import recompute
    from phi4.training.lora import adapted_model
    from phi4.training.packing import labels_in, pack, packed_tensors

    model = adapted_model(base, _options(base), device)
    recompute(model, every)
    optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=1e-4, fused=device == "cuda")
    packs = [{name: value.to(device) for name, value in packed_tensors(group).items()} for group in pack(rows, TOKENS)]
    labels = labels_in(rows)

    def step() -> None:
        model.train()
        for tensors in packs:
            with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
                loss = model(**tensors, label_loss=True)["loss"]
            (loss / labels).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return _timed(step, sum(len(row.input_ids) for row in rows), device)


def measure_trl(base: Path, rows: list[Any], device: str, scratch: Path) -> dict[str, float]:
    """TRL's SFTTrainer as it comes, on an NF4 model, with the same rows; its own step, timed from inside."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    from phi4.training.lora import adapted_model

    model = adapted_model(base, _options(base), device)
    data = Dataset.from_list([{"input_ids": list(row.input_ids), "labels": list(row.labels)} for row in rows])
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=str(scratch),
            per_device_train_batch_size=1,
            gradient_accumulation_steps=8,
            max_length=None,
            max_steps=1,
            use_cpu=device == "cpu",
            bf16=device == "cuda",
            dataset_kwargs={"skip_prepare_dataset": True},
            report_to="none",
            save_strategy="no",
        ),
        train_dataset=data,
        processing_class=_tokenizer(),
    )
    trainer.train()  # sets everything up
    batches = list(trainer.get_train_dataloader())

    def step() -> None:
        for batch in batches:
            trainer.training_step(trainer.model_wrapped, dict(batch), None)
        trainer.optimizer.step()
        trainer.optimizer.zero_grad(set_to_none=True)

    return _timed(step, sum(len(row.input_ids) for row in rows), device)


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = {f"w{number}": number for number in range(8)}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="w0")), eos_token="w1", pad_token="w2"
    )


def _options(base: Path) -> Any:
    from phi4.settings import Settings
    from phi4.training import TrainingOptions

    settings = Settings(model_name=str(base))
    return TrainingOptions(**{name: getattr(settings, name) for name in TrainingOptions.__dataclass_fields__})


def _timed(step: Any, tokens: int, device: str) -> dict[str, float]:
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    step()  # warm
    _wait(device)
    start = time.perf_counter()
    for _ in range(STEPS):
        step()
    _wait(device)
    seconds = time.perf_counter() - start
    peak = torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else 0.0
    return {"tokens_per_second": STEPS * tokens / seconds, "peak_gib": peak}


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _use(tokens_per_second: float, shape: dict[str, Any], every: int, device: str) -> float:
    """Share of the card's bf16 peak: 4 FLOPs a weight and token (frozen weights have no gradient)."""
    name = torch.cuda.get_device_name(0) if device == "cuda" else ""
    peak = next((value for key, value in PEAK_TFLOPS.items() if key in name), float("nan"))
    layer = shape["hidden_size"] * (2.25 * shape["hidden_size"] + 3 * shape["intermediate_size"])
    weights = layer * shape["num_hidden_layers"] + shape["hidden_size"] * shape["vocab_size"]
    return 4 * weights * tokens_per_second / (peak * 1e12)


def attempt(what: Any) -> dict[str, Any]:
    """A measurement, or why there is none."""
    try:
        return dict(what())
    except torch.OutOfMemoryError:
        return {"failed": f"does not fit in {CARD_GIB:g} GB"}
    except Exception as error:  # another stack's faults are a result too
        return {"failed": str(error).splitlines()[0][:80]}


def main() -> None:
    """Measure every rung and the others, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true", help="a tiny model on the CPU: does the script run?")
    tiny = parser.parse_args().self_test
    device, shape = ("cpu", TINY) if tiny else ("cuda", SHAPE)
    if not tiny:
        if not torch.cuda.is_available():
            raise SystemExit("no CUDA GPU here; try: python benchmarks/training_gpu.py --self-test")
        total = torch.cuda.get_device_properties(0).total_memory / 2**30
        torch.cuda.set_per_process_memory_fraction(min(1.0, CARD_GIB / total))
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        base = make_base(Path(scratch) / "base", shape, device)
        rows = make_rows(shape["vocab_size"], 8, TOKENS)
        for name, every in (("no checkpointing", 0), ("every second layer", 2), ("every layer", 1)):
            found[f"ours, {name}"] = attempt(lambda every=every: measure_ours(base, every, rows, device))
        if importlib.util.find_spec("trl"):
            found["TRL stock"] = attempt(lambda: measure_trl(base, rows, device, Path(scratch)))
        if not importlib.util.find_spec("unsloth"):
            found["Unsloth"] = {"failed": "not installed (it pins other versions of transformers and TRL)"}
    show(found, shape, device)


def show(found: dict[str, dict[str, Any]], shape: dict[str, Any], device: str) -> None:
    """The table, and the file."""
    name = torch.cuda.get_device_name(0) if device == "cuda" else "CPU self-test, no measurement"
    print(f"{name}, held to {CARD_GIB:g} GB; rows of {TOKENS} tokens, 8 samples a step")
    print(f"{'variant':<26}{'tokens/s':>10}{'GiB':>7}{'of peak':>9}")
    for variant, row in found.items():
        if "failed" in row:
            print(f"{variant:<26}  {row['failed']}")
            continue
        use = _use(row["tokens_per_second"], shape, 0, device)
        print(f"{variant:<26}{row['tokens_per_second']:>10.0f}{row['peak_gib']:>7.2f}{use:>9.1%}")
    target = Path(__file__).parent / "results" / "training_gpu.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"device": name, "rows": found}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
