"""Write GGUF files: a LoRA adapter for llama.cpp, and a whole model, merged with an adapter or not.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Tensors pass one by one, so a
model needs no more memory than its largest matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from phi4.errors import WeightsError
from phi4.weights.lora import Array, Lora
from phi4.weights.quantisation import Form, kind_of, quantise

ARCHITECTURES = ("qwen2", "qwen3")  # the family of every base that PHi-4 trains; others would need permutations
ANOTHER = "it was trained on another base"
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Model:
    """A model to be written: its architecture, what its header says, and its tensors by their GGUF names.

    ``tensors`` gives name, shape and a function that reads the values (float32) when they are due.
    """

    architecture: str
    header: Callable[[Any], None]
    tensors: list[tuple[str, tuple[int, ...], Callable[[], Array]]]


def check_fits(model: Model, lora: Lora, layers: int) -> dict[str, str]:
    """The adapter's weights by their GGUF names. Raises ``WeightsError`` for an adapter of another base."""
    shapes = {name: shape for name, shape, _ in model.tensors}
    found = {}
    for name, (down, up) in lora.pairs.items():
        place, changed = gguf_name(name, layers, model.architecture), (up.shape[0], down.shape[1])
        if place not in shapes:
            raise WeightsError(f"the adapter changes '{place}', which the base model does not have", ANOTHER)
        if shapes[place] != changed:
            raise WeightsError(
                f"the adapter changes '{place}' as {changed}, the base model has {shapes[place]}", ANOTHER
            )
        found[place] = name
    return found


def write_lora(lora: Lora, target: Path, architecture: str) -> None:
    """``lora`` as a GGUF adapter of a model of this architecture: llama.cpp refuses another one. Raises
    ``WeightsError``."""
    import gguf

    layers = 1 + max(int(name.split(".layers.")[1].split(".")[0]) for name in lora.pairs)
    with closing(gguf.GGUFWriter(target, architecture)) as writer:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, lora.alpha)
        for name, (down, up) in sorted(lora.pairs.items()):
            place = gguf_name(name, layers, architecture)
            writer.add_tensor(f"{place}.lora_a", down)
            writer.add_tensor(f"{place}.lora_b", up)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()


def write_model(model: Model, lora: Lora | None, layers: int, form: Form, target: Path, report: Report) -> None:
    """``model`` in the number formats of ``form``; ``lora`` is added before quantising.

    Raises ``WeightsError`` when the adapter does not fit the model.
    """
    import gguf

    added = check_fits(model, lora, layers) if lora else {}
    names = {name for name, _, _ in model.tensors}
    kinds = {name: kind_of(name, shape, form, layers, "output.weight" not in names) for name, shape, _ in model.tensors}
    with closing(gguf.GGUFWriter(target, model.architecture)) as writer:
        model.header(writer)
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{form}"])
        for name, shape, _ in model.tensors:
            kind = kinds[name]
            stored = gguf.quants.quant_shape_to_byte_shape(shape, kind)
            writer.add_tensor_info(name, stored, np.dtype(np.uint8), int(np.prod(stored)), kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for number, (name, _, read) in enumerate(model.tensors):
            report(number / len(model.tensors), "merging the adapter" if lora else "converting the model")
            values = read()
            if lora is not None and name in added:
                values = values + lora.difference(added[name])
            writer.write_tensor_data(np.ascontiguousarray(quantise(values, kinds[name])).view(np.uint8))


def gguf_name(name: str, layers: int, architecture: str) -> str:
    """The GGUF name of a weight: "blk.0.attn_q.weight" for "model.layers.0.self_attn.q_proj.weight"."""
    import gguf

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[architecture.upper()], layers)
    found: str | None = names.get_name(name, try_suffixes=(".weight", ".bias"))
    if found is None:
        raise WeightsError(f"'{name}' is no weight of a {architecture} model with {layers} layers")
    return found


def gguf_architecture(path: Path) -> str:
    """What a GGUF file calls its architecture, ``none`` where it does not say. Raises ``WeightsError``."""
    return _architecture(_read(path))


def _read(path: Path) -> Any:
    import gguf

    try:
        return gguf.GGUFReader(path)
    except (OSError, ValueError, IndexError) as error:
        raise WeightsError(f"cannot read '{path}' as GGUF: {error}", "name another file") from error


def _architecture(reader: Any) -> str:
    field = reader.get_field("general.architecture")
    return str(field.contents()) if field else "none"


def open_gguf(path: Path) -> tuple[Model, int]:
    """A GGUF model of any quantisation, and its number of layers. Raises ``WeightsError``."""
    import gguf

    reader = _read(path)
    architecture = _architecture(reader)
    if architecture not in ARCHITECTURES:
        known = " and ".join(ARCHITECTURES)
        raise WeightsError(f"'{path.name}' has the architecture '{architecture}'; {known} can be converted")

    def header(writer: Any) -> None:
        for field in reader.fields.values():
            if field.name.startswith("GGUF.") or field.name in _OURS:
                continue
            kind = field.types[0]
            inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)

    tensors = [
        (tensor.name, tuple(int(n) for n in reversed(tensor.shape)), _reader(tensor)) for tensor in reader.tensors
    ]
    return Model(architecture, header, tensors), int(reader.get_field(f"{architecture}.block_count").contents())


_OURS = ("general.architecture", "general.quantization_version", "general.file_type")


def _reader(tensor: Any) -> Callable[[], Array]:
    from gguf.quants import dequantize

    return lambda: np.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
