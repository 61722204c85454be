"""Where a model runs and in which number format."""

import pytest
import torch

from phi4.engines import precision
from phi4.engines.precision import BF16_GAIN, best_device, bf16_gain, compute_dtype, dtype_named, name_of


@pytest.fixture
def gain(monkeypatch):
    """Sets how much faster than fp32 the CPU is said to be in bf16."""
    return lambda value: monkeypatch.setattr(precision, "bf16_gain", lambda: value)


@pytest.mark.parametrize(("there", "device"), [(True, "cuda"), (False, "cpu")])
def test_a_gpu_is_used_where_there_is_one(monkeypatch, there, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert best_device() == device


@pytest.mark.parametrize(("supported", "dtype"), [(True, torch.bfloat16), (False, torch.float16)])
def test_a_gpu_computes_in_bf16_where_it_can(monkeypatch, gain, supported, dtype):
    gain(0.0)  # what the CPU can is nothing to a GPU
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: supported)
    assert compute_dtype("cuda") is dtype


@pytest.mark.parametrize(
    ("measured", "dtype"),
    [
        (3.0, torch.bfloat16),
        (BF16_GAIN, torch.bfloat16),
        (BF16_GAIN - 0.01, torch.float32),
        (1.0, torch.float32),
        (0.2, torch.float32),
    ],
)
def test_a_cpu_computes_in_bf16_only_where_that_is_clearly_faster(gain, measured, dtype):
    gain(measured)
    assert compute_dtype("cpu") is dtype


def test_the_gain_is_the_ratio_of_two_measurements(monkeypatch):
    bf16_gain.cache_clear()
    monkeypatch.setattr(precision, "_seconds", {torch.float32: 6.0, torch.bfloat16: 2.0}.__getitem__)
    assert bf16_gain() == 3.0
    bf16_gain.cache_clear()


def test_this_machine_is_measured_once_and_gets_one_answer():
    bf16_gain.cache_clear()
    first = bf16_gain()
    assert first > 0
    assert bf16_gain() == first
    assert bf16_gain.cache_info().misses == 1
    assert compute_dtype("cpu") in (torch.bfloat16, torch.float32)


@pytest.mark.parametrize(
    ("dtype", "name"), [(torch.bfloat16, "bf16"), (torch.float16, "fp16"), (torch.float32, "fp32")]
)
def test_a_format_has_a_short_name_and_is_found_by_it(dtype, name):
    assert name_of(dtype) == name
    assert dtype_named(name) is dtype
