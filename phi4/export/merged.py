"""``phi4 export merged``: base and adapter as one model folder, written shard by shard.

The base is the unquantised one (QLoRA's 4 bits are for training; merged into them, the difference that was trained
would be rounded away: peft #1043). Each matrix is added in float32 and rounded once.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import save_file

from phi4.chat_format import CHAT_TEMPLATE, ChatTokenizer
from phi4.errors import ExportError, WeightsError
from phi4.export.prompts import prompts_of
from phi4.export.proof import TOKENS, Proof, accept, compare
from phi4.export.reference import loaded, memory_of
from phi4.export.subject import Subject
from phi4.export.target import check_room, check_target, placed
from phi4.progress import Progress
from phi4.weights import base_folder
from phi4.weights.hf_model import read_tensor, tensors_of
from phi4.weights.lora import Lora, read_lora

Places = dict[str, tuple[Path, tuple[int, ...]]]  # file and shape of each tensor
Dtype = Literal["bf16", "f16"]
DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}
SHARD = 1 << 30  # bytes of a file; safetensors holds it twice while it writes
BESIDE = ("config.json", "generation_config.json")


def export_merged(subject: Subject, target: Path, dtype: Dtype, force: bool) -> dict[str, Any]:
    """Write the merged model to ``target``, verified; returns what ``export.json`` says.

    Raises ``AdapterError`` for what is more than a LoRA, ``WeightsError`` for the base, ``ExportError``.
    """
    check_target(target, force)
    lora, base = read_lora(subject.folder), base_folder(subject.base_model)
    places = tensors_of(base)
    verify_as, verifying = memory_of(sum(prod(shape) for _, shape in places.values()))
    check_room(target, disk=disk_needed(places), memory=max(merging_memory(places, lora), verifying))
    with placed(target) as part:
        write_shards(places, lora, DTYPES[dtype], part)
        _write_beside(base, subject, DTYPES[dtype], part)
        proof = accept(_prove(subject, base, part, verify_as), dtype)
        record = {"what": "merged", "dtype": dtype, "proof": proof.record()}
        subject.write_card(part, f"Base and adapter merged, {dtype} safetensors.", "transformers", record)
    return {"path": str(target), **record}


def disk_needed(places: Places) -> int:
    """Bytes of the merged files; tokenizer and configuration are some 20 MB."""
    return 2 * sum(prod(shape) for _, shape in places.values()) + (20 << 20)


def merging_memory(places: Places, lora: Lora) -> int:
    """Bytes at the widest point: a shard and its serialised copy, the largest matrix in float32 with its difference."""
    largest = max(prod(shape) for _, shape in places.values())
    touched = max((prod(shape) for name, (_, shape) in places.items() if name in lora.pairs), default=0)
    return 2 * max(SHARD, 2 * largest) + max(4 * largest, 12 * touched) + lora.bytes + (1 << 29)


def write_shards(places: Places, lora: Lora, dtype: torch.dtype, folder: Path) -> None:
    """The merged tensors in files of at most ``SHARD`` bytes, and their index when there are several."""
    if missing := sorted(lora.pairs.keys() - places.keys()):
        raise WeightsError(f"the adapter changes '{missing[0]}', which the base model does not have")
    shards = list(_planned(places))
    index: dict[str, str] = {}
    with Progress("merging", len(places), "tensors") as bar:
        for number, names in enumerate(shards, start=1):
            file = "model.safetensors" if len(shards) == 1 else f"model-{number:05}-of-{len(shards):05}.safetensors"
            tensors = {}
            for name in names:
                tensors[name] = _merged(places[name][0], name, lora, dtype)
                index[name] = file
                bar.step()
            save_file(tensors, folder / file, metadata={"format": "pt"})
    if len(shards) > 1:
        told = {"metadata": {"total_size": disk_needed(places)}, "weight_map": index}
        (folder / "model.safetensors.index.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


def _planned(places: Places) -> Iterator[list[str]]:
    """Names of the tensors of each shard."""
    names: list[str] = []
    filled = 0
    for name, (_, shape) in places.items():
        size = 2 * prod(shape)
        if names and filled + size > SHARD:
            yield names
            names, filled = [], 0
        names.append(name)
        filled += size
    yield names


def _merged(path: Path, name: str, lora: Lora, dtype: torch.dtype) -> torch.Tensor:
    tensor: torch.Tensor = read_tensor(path, name)
    if name in lora.pairs:
        difference = torch.from_numpy(lora.difference(name))
        if tensor.shape != difference.shape:
            raise WeightsError(
                f"the adapter changes '{name}' as {tuple(difference.shape)}, the base model has {tuple(tensor.shape)}",
                "it was trained on another base",
            )
        tensor = tensor.float() + difference
    out = tensor.to(dtype).contiguous()
    if not bool(torch.isfinite(out).all()):
        raise ExportError(f"'{name}' has values that f16 cannot hold", "take --dtype bf16")
    return out.clone() if out.data_ptr() == tensor.data_ptr() else out


def _write_beside(base: Path, subject: Subject, dtype: torch.dtype, folder: Path) -> None:
    """Configuration, tokenizer and our chat template, so that the folder is complete."""
    for name in BESIDE:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config.pop("torch_dtype", None)
    config["dtype"] = str(dtype).removeprefix("torch.")
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    for path in sorted(base.glob("*")):
        if path.name.startswith(("tokenizer", "vocab", "merges", "special_tokens", "added_tokens")):
            shutil.copyfile(path, folder / path.name)
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")


def _prove(subject: Subject, base: Path, merged: Path, dtype: torch.dtype) -> Proof:
    """The merged model answers; base and adapter judge it. One model is in memory at a time."""
    tokenizer = ChatTokenizer(merged)
    prompts = prompts_of(subject, tokenizer)
    with loaded(merged, None, dtype) as model:
        answers = model.greedy(prompts, TOKENS, tokenizer.im_end)
        own = model.judge(prompts, answers)
    with loaded(base, subject.folder, dtype) as reference:
        return compare(reference.judge(prompts, answers), answers, own)
