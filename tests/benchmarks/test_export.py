"""The benchmark's calculated models have the sizes of the real ones, and its engine answers as the file does."""

import importlib.util
import sys
from pathlib import Path

import pytest

from phi4.engines.llamacpp import start_llamacpp
from phi4.engines.protocol import Limits
from phi4.export.gguf_model import parameters_of
from phi4.weights.gguf_files import write_model
from phi4.weights.hf_model import open_folder

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "export.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("benchmarks_export", SCRIPT)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "billions"), [("3B", 3.086), ("7B", 7.616)])
def test_the_calculated_models_have_the_weights_of_the_real_ones(bench, name, billions):
    places, model, lora = bench.shaped(name)
    assert parameters_of(model) / 1e9 == pytest.approx(billions, rel=0.002)  # but for norms and biases
    assert lora.pairs.keys() < places.keys()


def test_larger_models_take_more_of_everything(bench):
    measured = [{"step": step, "seconds": 10.0} for step in bench.STEPS]
    three, seven = (bench.calculated(name, measured, 500_000_000) for name in ("3B", "7B"))
    for small, large in zip(three, seven, strict=True):
        assert small["seconds"] < large["seconds"]
        assert small["stated"] < large["stated"]
    merge = three[0]
    assert 5.5 < merge["bytes"] / 2**30 < 6.5
    assert merge["stated"] < 8 << 30


def test_the_exam_asks_llama_cpp_for_whole_answers(bench, tiny_base, tmp_path):
    model, layers = open_folder(tiny_base)
    write_model(model, None, layers, "F16", tmp_path / "model.gguf", lambda share, words: None)
    engine = bench.LlamaCpp(start_llamacpp(tmp_path / "model.gguf", context=256, threads=1))
    try:
        engine._engine.wait_ready(60)
        answers = engine.generate([[1, 40, 50], [1, 41]], Limits(max_tokens=5, end_id=2))
    finally:
        engine.close()
    assert [len(one.tokens) for one in answers if one.finish_reason == "length"] == [5] * sum(
        one.finish_reason == "length" for one in answers
    )
