"""Where a PyTorch model runs and in which number format, decided by looking at the machine."""

from __future__ import annotations

import time
from functools import lru_cache

import torch

BF16_GAIN = 1.3  # bf16 must be this much faster than fp32 on a CPU to be worth its rounding


def best_device() -> str:
    """``cuda`` where there is one, else ``cpu``."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def compute_dtype(device: str) -> torch.dtype:
    """The format of frozen weights and activations; trained weights are fp32 everywhere.

    On CUDA bfloat16, or float16 on cards without it. On a CPU what a measurement of a few
    milliseconds shows: processors with AVX512-BF16 or AMX multiply bfloat16 several times faster
    than fp32, others emulate it several times slower, and no flag of PyTorch tells them apart.
    """
    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if bf16_gain() >= BF16_GAIN else torch.float32


@lru_cache(maxsize=1)
def bf16_gain() -> float:
    """How many times faster than fp32 this CPU multiplies bfloat16 matrices."""
    return _seconds(torch.float32) / _seconds(torch.bfloat16)


def _seconds(dtype: torch.dtype) -> float:
    """The best of a few products in the shape of a small model's layer."""
    left, right = torch.ones(128, 896, dtype=dtype), torch.ones(896, 2048, dtype=dtype)
    best = float("inf")
    for _ in range(8):
        start = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - start)
    return best


def name_of(dtype: torch.dtype) -> str:
    """``bf16``, ``fp16`` or ``fp32``."""
    return {torch.bfloat16: "bf16", torch.float16: "fp16"}.get(dtype, "fp32")


def dtype_named(name: str) -> torch.dtype:
    """The format of such a name."""
    return {"bf16": torch.bfloat16, "fp16": torch.float16}.get(name, torch.float32)
