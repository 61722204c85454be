"""The files that engines outside PyTorch serve, made once and kept in the cache.

Their names hold a hash of everything that they were made from, so an adapter that was trained
again, or a base that was replaced, gets new files and never an old one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from phi4.errors import WeightsError
from phi4.paths import cache_dir
from phi4.weights.catalogue import find_model
from phi4.weights.gguf_files import Model, Report, check_fits, open_gguf, write_lora, write_model
from phi4.weights.hf_model import open_folder
from phi4.weights.lora import Lora, read_lora
from phi4.weights.quantisation import Form
from phi4.weights.store import base_folder, gguf_file

MAKER = "1"  # raise it when the files would come out otherwise
KEPT = 6  # files of a kind; older ones are of adapters that were trained again


def base_gguf(name: str, report: Report) -> Path:
    """The base model called ``name`` as GGUF: the file itself where it is one, else a Q8_0 copy.

    Raises ``WeightsError``.
    """
    source = _source(name)
    if source.is_file():
        return source
    return _made("base", source.name, [source], lambda part: _write(source, None, "Q8_0", part, report))


def lora_gguf(adapter: Path, name: str) -> Path:
    """The adapter in a folder as a GGUF LoRA of the base called ``name``.

    Raises ``AdapterError`` for an adapter that llama.cpp would serve wrongly, ``WeightsError`` for the base.
    """
    lora, source = read_lora(adapter), _source(name)
    return _made("lora", adapter.name, [adapter, source], partial(_write_lora, lora, source))


def merged_gguf(adapter: Path, name: str, report: Report, form: Form = "Q8_0") -> Path:
    """Base and adapter as one GGUF: merged in float32, from what a quantised base stands for.

    Raises ``AdapterError`` or ``WeightsError``.
    """
    source = _source(name)
    label = f"{adapter.name}-{form.lower()}"
    return _made("merged", label, [source, adapter], lambda part: _write(source, adapter, form, part, report))


def _source(name: str) -> Path:
    """The GGUF file or the folder that a base model's name leads to."""
    if name.endswith(".gguf") or (not Path(name).expanduser().is_dir() and find_model(name) is not None):
        return gguf_file(name)
    return base_folder(name)


def _open(source: Path) -> tuple[Model, int]:
    return open_gguf(source) if source.is_file() else open_folder(source)


def _write_lora(lora: Lora, source: Path, target: Path) -> None:
    model, layers = _open(source)
    check_fits(model, lora, layers)
    write_lora(lora, target, model.architecture)


def _write(source: Path, adapter: Path | None, form: Form, target: Path, report: Report) -> None:
    model, layers = _open(source)
    write_model(model, read_lora(adapter) if adapter else None, layers, form, target, report)


def _made(kind: str, label: str, sources: list[Path], write: Callable[[Path], None]) -> Path:
    """The file in the cache; written under another name first, so that it is whole or not there."""
    folder = cache_dir() / "served" / kind
    target = folder / f"{label}-{_fingerprint(sources)}.gguf"
    if target.is_file():
        with suppress(OSError):
            os.utime(target)  # it is in use: others are older
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(suffix=".part", dir=folder)
        os.close(number)
        part = Path(name)
        try:
            write(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise WeightsError(
            f"cannot write '{target}': {error.strerror or error}",
            "free some disk space, or point XDG_CACHE_HOME to another disk",
        ) from error
    _prune(folder)
    return target


def _fingerprint(sources: list[Path]) -> str:
    """Of an adapter its contents; of a base, which is large, the names, sizes and times of its files."""
    digest = hashlib.sha256(MAKER.encode())
    for source in sources:
        adapter = source / "adapter_model.safetensors"
        if adapter.is_file():
            digest.update(adapter.read_bytes())
            digest.update((source / "adapter_config.json").read_bytes())
            continue
        files = [source] if source.is_file() else sorted([*source.glob("*.safetensors"), *source.glob("*.json")])
        for file in files:
            about = file.stat()
            digest.update(f"{file.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _prune(folder: Path) -> None:
    with suppress(OSError):
        newest = sorted(folder.glob("*.gguf"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in newest[KEPT:]:
            old.unlink()
