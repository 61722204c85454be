"""``phi4 export adapter-gguf``: the adapter alone as a GGUF LoRA, to lay beside a GGUF of its base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from phi4.export.gguf_model import file_bytes, parameters_of, prove, tell, write_gguf
from phi4.export.llamacpp import ask_llamacpp
from phi4.export.proof import accept
from phi4.export.reference import loaded, memory_of
from phi4.export.subject import Subject
from phi4.export.target import check_room, check_target, placed
from phi4.weights import base_folder
from phi4.weights.gguf_files import check_fits, write_lora
from phi4.weights.hf_model import open_folder
from phi4.weights.lora import read_lora


def export_adapter(subject: Subject, target: Path, force: bool) -> dict[str, Any]:
    """Write ``NAME-lora.gguf`` in the folder ``target``; returns what ``export.json`` says.

    It is verified on the base in f16, so that what is compared is the adapter and no rounding: that file is made for
    the purpose and thrown away. Raises as ``export_gguf`` does.
    """
    check_target(target, force)
    with placed(target) as part:
        record, base = write_verified_pair(subject, part, "f16", target)
        base.unlink()
        words = f"The adapter as a GGUF LoRA (`{record['file']}`), for a GGUF of its base."
        subject.write_card(part, words, "gguf", {"what": "adapter-gguf", **record})
    return {"path": str(target / str(record["file"])), **record}


def write_verified_pair(subject: Subject, folder: Path, form: str, target: Path) -> tuple[dict[str, Any], Path]:
    """The LoRA file and the base in ``form`` beside it, in ``folder``, which will be ``target``; what to say of the
    LoRA, and the base's path. Only when llama.cpp has answered from the two as it should."""
    lora, base = read_lora(subject.folder), base_folder(subject.base_model)
    model, layers = open_folder(base, Path(subject.base_model).name)
    dtype, verifying = memory_of(parameters_of(model))
    size = file_bytes(model, form)
    check_room(target, disk=size + lora.bytes, memory=max(verifying, size + lora.bytes + (1 << 30)))
    check_fits(model, lora, layers)  # else llama.cpp says so, in words of its own, when the base is written
    path, whole = folder / f"{subject.name}-lora.gguf", folder / f"base-{form}.gguf"
    write_lora(lora, path, model.architecture)
    write_gguf(model, layers, None, subject, form, whole)
    asked = ask_llamacpp(whole, subject, base, adapter=path)
    with loaded(base, subject.folder, dtype) as reference:
        proof = accept(prove(reference.judge, asked), form)
    tell(subject, asked)
    record = {"file": path.name, "alpha": lora.alpha, "rank": lora.rank, "architecture": model.architecture}
    return {**record, "proof": proof.record()}, whole
