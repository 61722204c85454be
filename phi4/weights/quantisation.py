"""Which number format each tensor of a GGUF model gets, and the numbers in that format.

The mixtures are llama.cpp's own (``llama-quantize``), so that a file made here has the size and the quality
that its name promises elsewhere. gguf writes every format but the K-quants (blocks of 256 with scales of
scales); those come from ggml itself, which is inside xllamacpp.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from phi4.errors import WeightsError

Array = NDArray[np.float32]
Form = Literal["F16", "Q8_0", "Q4_0", "Q4_K_M"]
FORMS: tuple[str, ...] = get_args(Form)
BLOCK = 256  # values that a K-quant packs together: a row must be a multiple
INSTEAD = {"Q4_K": "Q5_0", "Q6_K": "Q8_0"}  # where it is not


def kind_of(name: str, shape: tuple[int, ...], form: Form, layers: int, tied: bool) -> Any:
    """The format of the tensor ``name``; ``tied``: the embedding is the output layer too.

    Matrices are quantised; norms and biases, which are small, are not.
    """
    import gguf

    if len(shape) != 2:
        return gguf.GGMLQuantizationType.F32
    kind = form if form in ("F16", "Q8_0") else _mixed(name, form, layers, tied)
    if kind in INSTEAD and shape[-1] % BLOCK:
        kind = INSTEAD[kind]
    return gguf.GGMLQuantizationType[kind]


def _mixed(name: str, form: str, layers: int, tied: bool) -> str:
    """A 4-bit form spends more bits where errors cost most: the output, and some layers of two matrices."""
    output = name == "output.weight" or (name == "token_embd.weight" and tied)
    if form == "Q4_0":
        return "Q8_0" if output else "Q4_0"
    if output or (name.endswith((".attn_v.weight", ".ffn_down.weight")) and _precious(_layer(name), layers)):
        return "Q6_K"
    return "Q4_K"


def _layer(name: str) -> int:
    return int(name.split(".")[1])


def _precious(layer: int, layers: int) -> bool:
    """The first and the last eighth of the layers, and every third between."""
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def quantise(values: Array, kind: Any) -> NDArray[Any]:
    """``values`` [rows, columns] in the format ``kind``, as gguf stores them. Raises ``WeightsError``."""
    import gguf

    if kind.name not in INSTEAD:
        quantised: NDArray[Any] = gguf.quants.quantize(values, kind)
        return quantised
    values = np.ascontiguousarray(values, dtype=np.float32)
    stored = np.empty(gguf.quants.quant_shape_to_byte_shape(values.shape, kind), dtype=np.uint8)
    rows, columns = values.shape
    written = _ggml_quantize_chunk()(int(kind), values.ctypes.data, stored.ctypes.data, 0, rows, columns, None)
    if written != stored.nbytes:
        raise WeightsError(f"ggml wrote {written} bytes of {kind.name} for {stored.nbytes}: it is not the pinned one")
    return stored


@lru_cache(maxsize=1)
def _ggml_quantize_chunk() -> Any:
    """``ggml_quantize_chunk`` of ggml.h (type, source, target, start, rows, columns, importance → bytes)."""
    import xllamacpp

    for path in sorted(Path(xllamacpp.__file__).parent.glob("xllamacpp*")):
        if path.suffix not in (".so", ".pyd", ".dylib"):
            continue
        try:
            function = ctypes.CDLL(str(path)).ggml_quantize_chunk
        except (OSError, AttributeError):
            continue
        function.restype = ctypes.c_size_t
        sizes = [ctypes.c_int64] * 3
        function.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, *sizes, ctypes.c_void_p]
        return function
    raise WeightsError(
        "the xllamacpp of this machine shows no quantiser to other programs, so Q4_K_M cannot be written",
        "take q4_0 or q8_0, or let Ollama do it: phi4 export ollama --type f16, then ollama create -q q4_K_M",
    )
