"""PyTorch behind the link: many requests in one batch, each answered as if it were alone."""

import asyncio
from pathlib import Path

import pytest
import torch

from phi4.engines.generation import gather
from phi4.engines.protocol import Done, Failed, Limits, Piece
from phi4.engines.torch_model import TorchModel
from phi4.errors import EngineError
from tests.adapters import make_adapter
from tests.engines.scenes import read, scene, text_of

MODULE = "tests.engines.torch_in_fp32"
LIMITS = Limits(max_tokens=12, end_id=2)
PROMPTS = [[1, 40 + number, 50] * (1 + number * 3) for number in range(6)]


@pytest.fixture(autouse=True)
def exact(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr("phi4.engines.torch_model.compute_dtype", lambda device: torch.float32)


@pytest.fixture(scope="module")
def adapter(tiny_base, tmp_path_factory):
    return make_adapter(tiny_base, tmp_path_factory.mktemp("torch") / "adapter")


def told(base, adapter):
    """What ``phi4.server.engine`` tells the child: it cannot import that module, which imports torch."""
    return {"base": str(base), "adapter": str(adapter), "context": 256, "slots": 4}


def test_a_batch_of_requests_is_answered_like_the_model_itself(tiny_base, adapter):
    done = scene(
        MODULE,
        told(tiny_base, adapter),
        lambda engine: gather(engine, PROMPTS, LIMITS),
    )
    model = TorchModel(tiny_base, adapter)
    alone = [model.generate([prompt], LIMITS)[0] for prompt in PROMPTS]
    assert done == alone
    assert done != [model.generate([prompt], LIMITS, tuned=False)[0] for prompt in PROMPTS]
    model.close()


def test_it_streams_samples_cancels_and_refuses_what_it_cannot(tiny_base, adapter):
    async def story(engine):
        greedy = await read(engine.submit(PROMPTS[0], LIMITS))
        sampled = await read(engine.submit(PROMPTS[0], Limits(12, 2, temperature=1.5, top_p=1.0)))
        long = engine.submit(PROMPTS[0], Limits(200, 639))
        async for event in long:
            if isinstance(event, Piece):
                long.cancel()
        after = await asyncio.gather(*(read(engine.submit(prompt, LIMITS)) for prompt in PROMPTS))
        base = await read(engine.submit(PROMPTS[0], LIMITS, tuned=False))
        return greedy, sampled, event, after, base

    greedy, sampled, cancelled, after, base = scene(MODULE, told(tiny_base, adapter), story)
    assert len([event for event in greedy if isinstance(event, Piece)]) > 3
    assert cancelled.finish_reason == "cancelled"
    assert text_of(after[0]) == text_of(greedy)
    assert text_of(sampled) != text_of(greedy)
    assert all(isinstance(events[-1], Done) for events in after)
    assert base == [Failed("refused", "this engine serves the adapter to all")]


def test_a_model_that_cannot_load_is_told_with_its_reason(tmp_path):
    with pytest.raises(EngineError, match="cannot load the base model"):
        scene(MODULE, told(tmp_path, tmp_path), None)
