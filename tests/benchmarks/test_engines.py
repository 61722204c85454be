"""The engines of the server answer the exam's batches."""

import json

import pytest

from benchmarks.engines import OWN, Served, show
from phi4.chat import read_adapter
from phi4.chat_format import FORMAT_HASH
from phi4.engines.protocol import Limits
from tests.adapters import make_adapter
from tests.tiny import make_tokenizer


@pytest.fixture
def trained(tiny_base, tmp_path):
    folder = make_adapter(tiny_base, tmp_path / "models" / "phi-4-reasoning")
    make_tokenizer(folder)
    (folder / "phi4.json").write_text(json.dumps({"base_model": str(tiny_base), "chat_format": FORMAT_HASH}))
    return read_adapter(folder)


def test_an_engine_answers_batch_after_batch_in_order(trained, monkeypatch):
    monkeypatch.setattr("phi4.server.engine.CONTEXT", 256)
    prompts, limits = [[1, 40, 50], [1, 41], [1, 42, 43, 44]], Limits(max_tokens=6, end_id=2)
    with Served("openvino", trained) as engine:
        together = engine.generate(prompts, limits)
        alone = [engine.generate([prompt], limits)[0] for prompt in prompts]
    assert [one.tokens for one in together] == [one.tokens for one in alone]
    assert all(len(one.tokens) == 6 or one.finish_reason == "stop" for one in together)


def test_the_table_tells_each_engine_beside_pytorch(capsys):
    score = {"right": {"value": 0.2, "low": 0.1, "high": 0.3}}
    change = {"right": {"difference": -0.05, "low": -0.1, "high": 0.0}}
    show(
        {
            "scores": {condition: {OWN: score, "openvino": score} for condition in ("closed_book", "open_book")},
            "against_pytorch": {condition: {"openvino": change} for condition in ("closed_book", "open_book")},
            "same": {"openvino": 0.75},
        },
        ["openvino"],
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["engine", "PyTorch", "PyTorch", "openvino", "openvino"]
    assert lines[3].split()[2:] == ["20.0%", "[10%-30%]", "-5.0%", "[-10%,+0%]", "75.0%"]
