"""OpenVINO GenAI behind the link: a merged model, many requests in one batch."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

import phi4
from phi4.engines.generation import gather
from phi4.engines.openvino import specification
from phi4.engines.protocol import Done, Failed, Limits, Piece
from phi4.engines.torch_model import TorchModel
from phi4.weights.gguf_files import write_model
from phi4.weights.hf_model import open_folder
from phi4.weights.lora import read_lora
from tests.adapters import make_adapter
from tests.engines.scenes import read, scene, text_of

pytest.importorskip("openvino_genai", reason="OpenVINO has wheels for x86 only")

MODULE = "phi4.engines.openvino"
LIMITS = Limits(max_tokens=12, end_id=2)
PROMPTS = [[1, 40 + number, 50] * (1 + number * 3) for number in range(6)]


@pytest.fixture(scope="module")
def served(tiny_base, tmp_path_factory):
    """An adapter, and what the child is told about it."""
    folder = tmp_path_factory.mktemp("openvino")
    adapter = make_adapter(tiny_base, folder / "adapter")
    model, layers = open_folder(tiny_base)
    write_model(model, read_lora(adapter), layers, "F16", folder / "merged.gguf", lambda progress, detail: None)
    return adapter, specification(folder / "merged.gguf", tiny_base, context=256, slots=4)


def test_the_library_cannot_report_to_its_maker():
    for order in ("library(); from openvino import Tensor", "library()"):
        told = (
            f"import sys; from phi4.engines.openvino import library; {order}; print(sys.modules['openvino_telemetry'])"
        )
        assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout == "None\n"


def test_nothing_else_imports_it():
    """A child that imported it first would leave a process that reports, and that outlives everything."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(phi4.__file__).parent.rglob("*.py")}
    assert [name for name, source in sources.items() if "import openvino_genai" in source] == ["openvino.py"]


def test_requests_in_one_batch_are_answered_alike_and_begin_as_peft_would(served, tiny_base):
    adapter, told = served

    async def story(engine):
        together = await gather(engine, PROMPTS, LIMITS)
        return together, [(await gather(engine, [prompt], LIMITS))[0] for prompt in PROMPTS]

    together, alone = scene(MODULE, told, story)
    assert together == alone
    reference = TorchModel(tiny_base, adapter, "cpu")
    tuned = [reference.generate([prompt], LIMITS)[0].tokens[0] for prompt in PROMPTS]
    base = [reference.generate([prompt], LIMITS, tuned=False)[0].tokens[0] for prompt in PROMPTS]
    reference.close()
    assert [done.tokens[0] for done in together] == tuned
    assert tuned != base


def test_it_streams_samples_with_a_seed_cancels_and_refuses(served):
    warm = Limits(12, 2, temperature=1.5, top_p=1.0, seed=7)

    async def story(engine):
        greedy = await read(engine.submit(PROMPTS[0], LIMITS))
        once, again = [await read(engine.submit(PROMPTS[0], warm)) for _ in range(2)]
        long = engine.submit(PROMPTS[0], Limits(200, 2))
        async for event in long:
            if isinstance(event, Piece):
                long.cancel()
        base = await read(engine.submit(PROMPTS[0], LIMITS, tuned=False))
        after = await asyncio.gather(*(read(engine.submit(prompt, LIMITS)) for prompt in PROMPTS))
        return greedy, once, again, event, base, after

    greedy, once, again, cancelled, base, after = scene(MODULE, served[1], story)
    assert len([event for event in greedy if isinstance(event, Piece)]) > 3
    assert text_of(once) == text_of(again) != text_of(greedy)
    assert cancelled.finish_reason == "cancelled"
    assert base == [Failed("refused", "this engine serves the merged model only")]
    assert all(isinstance(events[-1], Done) for events in after)
    assert text_of(after[0]) == text_of(greedy)
