"""What a training leaves behind: the adapter folder, all of its files or none."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from phi4 import __version__
from phi4.cards import model_card
from phi4.chat_format import CHAT_TEMPLATE, FORMAT_HASH
from phi4.errors import TrainingError
from phi4.paths import replace_folder
from phi4.records import Example
from phi4.training.options import TrainingOptions

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt")
EXAMPLES = 4
EXAMPLE_CHARACTERS = 60  # a question that is read at a glance
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")


def describe_data(digest: str, examples: Sequence[Example]) -> dict[str, Any]:
    """What was trained on: the SHA-256 of the file that the examples were read from, and the seed files that an
    exam of this adapter may ask about."""
    files = sorted({example.source.file for example in examples if example.source})
    return {"sha256": digest, "rows": len(examples), "files": files, "examples": example_questions(examples)}


def example_questions(examples: Sequence[Example]) -> list[str]:
    """Questions that show what an adapter knows: each of another seed file and, as far as there are several, of
    another kind than the one before. The files are taken from the whole range, not from its beginning."""
    by_file: dict[str, list[Example]] = {}
    for example in examples:
        if example.source and example.asked_by == "teacher" and len(example.question) <= EXAMPLE_CHARACTERS:
            by_file.setdefault(example.source.file, []).append(example)
    files = sorted(by_file)
    chosen: list[Example] = []
    for number in range(min(EXAMPLES, len(files))):
        rows = by_file[files[number * len(files) // min(EXAMPLES, len(files))]]
        used = {example.kind for example in chosen}
        chosen.append(next((row for row in rows if row.kind not in used), rows[0]))
    return [example.question for example in chosen]


def describe(options: TrainingOptions, data: dict[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    """The contents of ``phi4.json``: everything needed to know what this adapter is."""
    return {
        "base_model": options.model_name,
        "chat_format": FORMAT_HASH,
        "system_prompt": options.system_prompt,
        "data": data,
        "settings": asdict(options),
        "versions": {"phi4": __version__, **{name: importlib.metadata.version(name) for name in PACKAGES}},
        "metrics": metrics,
    }


def save_adapter(
    model: Any,
    base: Path,
    target: Path,
    facts: dict[str, Any],
    log: list[dict[str, Any]],
    plot: Callable[[Path], None],
    check: Callable[[Path], None],
) -> None:
    """Write the folder beside ``target``, ``check`` it, and put it in place in one move.

    An adapter that stood there before goes only when the new one is whole. Raises
    ``TrainingError`` when the disk refuses.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        model.peft_config["default"].base_model_name_or_path = facts["base_model"]
        # The embeddings are not trained; unless told so, peft goes online to compare them.
        model.save_pretrained(part, safe_serialization=True, save_embedding_layers=False)
        # safetensors makes its file readable by its owner alone; a server may run as somebody else
        (part / "adapter_model.safetensors").chmod((part / "adapter_config.json").stat().st_mode)
        for name in TOKENIZER_FILES:
            if (base / name).is_file():
                shutil.copyfile(base / name, part / name)
        (part / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
        (part / "metrics.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in log), encoding="utf-8")
        (part / "phi4.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
        plot(part / "loss.png")
        check(part)
        card = model_card(facts, target.name)  # in the place of peft's empty form
        (part / "README.md").write_text(card, encoding="utf-8")
        check_target(target)
        replace_folder(part, target)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise TrainingError(
            f"cannot write the adapter to '{target}': {getattr(error, 'strerror', None) or error}",
            "free some disk space and train again; an earlier adapter there is untouched",
        ) from error


def check_target(target: Path) -> None:
    """Raise ``TrainingError`` for a place where something else is than an adapter: it is never replaced."""
    if target.exists() and not (target / "adapter_config.json").is_file():
        raise TrainingError(
            f"'{target}' is there and is no adapter: it is not replaced", "choose another name with --adapter"
        )


def plot_loss(log: list[dict[str, Any]], path: Path) -> None:
    """``loss.png``: the loss of each optimizer step, and of each evaluation."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    points = [(entry["step"], entry["loss"]) for entry in log if "loss" in entry]
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(*zip(*points, strict=True), marker="o", markersize=3, linewidth=1.2, label="training")
    if held_out := [(entry["step"], entry["eval_loss"]) for entry in log if "eval_loss" in entry]:
        axes.plot(*zip(*held_out, strict=True), marker="s", markersize=5, linewidth=1.2, label="held-out wordings")
        axes.legend()
    axes.set(xlabel="optimizer step", ylabel="loss (nats per supervised token)", title="training loss", ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
