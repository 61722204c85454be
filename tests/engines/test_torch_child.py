"""The same engine in a child process."""

import time

import pytest

from phi4.engines.protocol import Limits
from phi4.engines.torch_child import TorchChild
from phi4.engines.torch_model import TorchModel
from phi4.errors import EngineError

LIMITS = Limits(max_tokens=8, end_id=2)


def test_the_child_answers_like_the_model_itself(tiny_base):
    child = TorchChild(tiny_base, None)
    try:
        assert child.alive
        with pytest.raises(EngineError):
            child.generate([[1, 40]], LIMITS)  # not loaded yet
        child.wait_ready()
        model = TorchModel(tiny_base, None)
        assert child.generate([[1, 40], [1, 50, 51]], LIMITS) == model.generate([[1, 40], [1, 50, 51]], LIMITS)
        model.close()
    finally:
        child.close()
    assert not child.alive


def test_a_model_that_cannot_load_is_an_error_with_its_reason(tmp_path):
    child = TorchChild(tmp_path, None)
    try:
        with pytest.raises(EngineError, match="could not load"):
            child.wait_ready()
    finally:
        child.close()


def test_a_child_that_is_killed_is_an_error_for_the_request(tiny_base):
    child = TorchChild(tiny_base, None)
    try:
        child.wait_ready()
        child._process._child.kill()
        deadline = time.monotonic() + 10
        while child.alive:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with pytest.raises(EngineError, match="lost"):
            child.generate([[1, 40]], LIMITS)
    finally:
        child.close()
