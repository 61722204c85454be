"""``phi4 export gguf``: base and adapter as one GGUF file, for Ollama, LM Studio and llama.cpp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from phi4.chat_format import CHAT_TEMPLATE
from phi4.export.llamacpp import Asked, ask_llamacpp
from phi4.export.proof import Proof, accept, compare
from phi4.export.reference import loaded, memory_of
from phi4.export.subject import Subject
from phi4.export.target import check_room, check_target, placed
from phi4.progress import Progress
from phi4.weights import base_folder
from phi4.weights.gguf_files import Model, write_model
from phi4.weights.hf_model import open_folder
from phi4.weights.lora import Lora, read_lora
from phi4.weights.quantisation import Form

FORMS: dict[str, Form] = {"f16": "F16", "q8_0": "Q8_0", "q4_0": "Q4_0", "q4_k_m": "Q4_K_M"}
BITS = {"f16": 16.0, "q8_0": 8.5, "q4_0": 5.2, "q4_k_m": 6.5}  # a value, mixture included; smallest models cost most


def export_gguf(subject: Subject, target: Path, form: str, force: bool) -> dict[str, Any]:
    """Write ``NAME-FORM.gguf`` in the folder ``target``, verified; returns what ``export.json`` says.

    Raises ``AdapterError`` for what is more than a LoRA, ``WeightsError`` for the base, ``ExportError``.
    """
    check_target(target, force)
    with placed(target) as part:
        record = write_verified(subject, part, form, target)
        words = f"Base and adapter merged, as GGUF {form} (`{record['file']}`)."
        subject.write_card(part, words, "gguf", {"what": "gguf", **record})
    return {"path": str(target / str(record["file"])), **record}


def write_verified(subject: Subject, folder: Path, form: str, target: Path) -> dict[str, Any]:
    """The file in ``folder``, which will be ``target``; only when llama.cpp has answered from it as it should."""
    lora, base = read_lora(subject.folder), base_folder(subject.base_model)
    model, layers = open_folder(base, subject.name)
    dtype, verifying = memory_of(parameters_of(model))
    needed = max(verifying, writing_memory(model, lora), file_bytes(model, form) + (1 << 30))
    check_room(target, disk=file_bytes(model, form), memory=needed)
    path = folder / f"{subject.name}-{form}.gguf"
    write_gguf(model, layers, lora, subject, form, path)
    asked = ask_llamacpp(path, subject, base)
    with loaded(base, subject.folder, dtype) as reference:
        proof = accept(prove(reference.judge, asked), form)
    tell(subject, asked)
    return {"file": path.name, "type": form, "bytes": path.stat().st_size, "proof": proof.record()}


def write_gguf(model: Model, layers: int, lora: Lora | None, subject: Subject, form: str, path: Path) -> None:
    """The merged model with our chat template and its licence inside."""

    def header(writer: Any) -> None:
        model.header(writer)
        writer.add_chat_template(CHAT_TEMPLATE)
        writer.add_license(subject.licence)

    with Progress(f"writing {form}", len(model.tensors), "tensors") as bar:

        def report(share: float, _: str) -> None:
            bar.step(round(share * len(model.tensors)) - bar.done)

        write_model(replace(model, header=header), lora, layers, FORMS[form], path, report)


def prove(judge: Callable[..., Any], asked: Asked) -> Proof:
    """The proof of what llama.cpp answered."""
    return compare(judge(asked.prompts, asked.answers), asked.answers)


def tell(subject: Subject, asked: Asked) -> None:
    """One question and its answer, so that a person sees it speak."""
    print(f"   Q {subject.questions[0]}\n   A {asked.text}")


def parameters_of(model: Model) -> int:
    """Values of all tensors."""
    return sum(prod(shape) for _, shape, _ in model.tensors)


def file_bytes(model: Model, form: str) -> int:
    """About the size of the file, never less than it will be; the vocabulary takes some 6 MB."""
    return int(parameters_of(model) * BITS[form] / 8) + (16 << 20)


def writing_memory(model: Model, lora: Lora) -> int:
    """Bytes at the widest point: the largest matrix as stored, in float32 and while it is quantised."""
    largest = max(prod(shape) for _, shape, _ in model.tensors)
    return 16 * largest + lora.bytes + (1 << 29)
