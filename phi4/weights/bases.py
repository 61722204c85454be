"""The base models that PHi-4 knows: their licence, and how far each was tried.

``whole``: trained, examined, exported and served in our own runs. ``shape``: the model itself was not at hand, its
architecture and chat markers are in the tests, with small random weights of the same code: Qwen2's in every stage,
Qwen3's in export and in llama.cpp, with an adapter beside it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phi4.errors import WeightsError
from phi4.weights.catalogue import find_model
from phi4.weights.gguf_files import ARCHITECTURES, gguf_architecture
from phi4.weights.store import gguf_file

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w.-]+")  # one slash; two, or one at the start, are a path's
APACHE, QWEN_RESEARCH = "apache-2.0", "qwen-research"
RESEARCH_NOTE = (
    "Qwen's research licence allows no commercial use. Bases of the family under Apache-2.0: "
    "Qwen/Qwen2.5-1.5B-Instruct, Qwen/Qwen2.5-7B-Instruct, Qwen/Qwen3-4B."
)


@dataclass(frozen=True)
class Base:
    """One base model on the hub; ``billions`` of parameters."""

    name: str
    billions: float
    licence: str
    tried: Literal["whole", "shape"]

    @property
    def licence_link(self) -> str:
        return f"https://huggingface.co/{self.name}/blob/main/LICENSE"


BASES = (
    Base("Qwen/Qwen2.5-0.5B-Instruct", 0.5, APACHE, "shape"),
    Base("Qwen/Qwen2.5-1.5B-Instruct", 1.5, APACHE, "shape"),
    Base("Qwen/Qwen2.5-3B-Instruct", 3.1, QWEN_RESEARCH, "shape"),
    Base("Qwen/Qwen2.5-7B-Instruct", 7.6, APACHE, "shape"),
    Base("Qwen/Qwen2.5-Coder-0.5B-Instruct", 0.5, APACHE, "whole"),
    Base("Qwen/Qwen2.5-Coder-1.5B-Instruct", 1.5, APACHE, "shape"),
    Base("Qwen/Qwen2.5-Coder-3B-Instruct", 3.1, QWEN_RESEARCH, "shape"),
    Base("Qwen/Qwen2.5-Coder-7B-Instruct", 7.6, APACHE, "shape"),
    Base("Qwen/Qwen3-0.6B", 0.6, APACHE, "shape"),
    Base("Qwen/Qwen3-1.7B", 1.7, APACHE, "shape"),
    Base("Qwen/Qwen3-4B", 4.0, APACHE, "shape"),
)


def find_base(name: str) -> Base | None:
    """The base of the table that a hub name or a catalogue name means; None for a path or another model."""
    model = None if _is_path(name) else find_model(name)
    hub = model.hub.removesuffix("-GGUF") if model else name
    return next((base for base in BASES if base.name == hub), None)


def is_hub_name(name: str) -> bool:
    """Whether a base's name is the hub's: not a path, which may be gone, nor a model of the catalogue."""
    return HUB_NAME.fullmatch(name) is not None and not _is_path(name) and find_model(name) is None


def check_base(name: str) -> None:
    """Raise ``WeightsError`` for a base that training was not tried with: another family, or not in the table.

    A local folder or GGUF file counts by its architecture.
    """
    if find_base(name) is not None:
        return
    why = "it is not in the table of tried bases"
    if _is_path(name):
        architecture = _of_path(name)
        if architecture in (*ARCHITECTURES, ""):
            return
        why = f"it is a '{architecture}' model, tried are {' and '.join(ARCHITECTURES)}"
    elif (model := find_model(name)) is not None:
        why = f"it is of the family '{model.family}', tried are {' and '.join(ARCHITECTURES)}"
    tried = ", ".join(base.name for base in BASES)
    raise WeightsError(
        f"base model '{name}' was never tried: {why}", f"take one of: {tried}    or try it yourself with: --unchecked"
    )


def architecture_of(name: str) -> str:
    """What a base is built as ("qwen2"), as far as its folder, its file's header or its name tells; "": not at all."""
    if _is_path(name):
        return _of_path(name)
    if (model := find_model(name)) is not None:
        return model.family
    return next((known for known in ARCHITECTURES if re.search(rf"{known}(?!.*(moe|a\d+b))", name.lower())), "")


def _of_path(name: str) -> str:
    path = Path(name).expanduser()
    return gguf_architecture(gguf_file(name)) if path.suffix == ".gguf" else _architecture(path)


def _is_path(name: str) -> bool:
    return name.endswith(".gguf") or Path(name).expanduser().is_dir()


def _architecture(folder: Path) -> str:
    """What the folder's configuration calls its architecture; "" when it says nothing, and loading will complain."""
    try:
        return str(json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type", ""))
    except (OSError, ValueError, AttributeError):
        return ""
