"""Tiny models: one thread each, so that two busy cores do not wait for each other."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def fp32(monkeypatch):
    """Whatever this machine is fast at, models are loaded in fp32: for comparisons to the last digits."""
    for module in ("engines.torch_model", "training.finetune"):
        monkeypatch.setattr(f"phi4.{module}.compute_dtype", lambda device: torch.float32)
