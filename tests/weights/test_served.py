"""Files for engines: made once, made again when what they come from changed, never half made."""

import json
import os
import shutil

import pytest

from phi4.errors import WeightsError
from phi4.paths import cache_dir
from phi4.weights import served
from phi4.weights.gguf_files import open_gguf
from tests.adapters import make_adapter
from tests.tiny import make_model


def quiet(progress, detail):
    pass


@pytest.fixture
def adapter(tiny_base, tmp_path):
    return make_adapter(tiny_base, tmp_path / "adapter")


def test_each_kind_is_made_once(tiny_base, adapter, monkeypatch):
    made = [served.base_gguf(str(tiny_base), quiet), served.lora_gguf(adapter, str(tiny_base))]
    made.append(served.merged_gguf(adapter, str(tiny_base), quiet))
    assert [path.parent.name for path in made] == ["base", "lora", "merged"]
    monkeypatch.setattr(served, "write_model", None)
    monkeypatch.setattr(served, "write_lora", None)
    again = [served.base_gguf(str(tiny_base), quiet), served.lora_gguf(adapter, str(tiny_base))]
    assert [*again, served.merged_gguf(adapter, str(tiny_base), quiet)] == made


def test_a_base_that_is_a_gguf_file_is_served_as_it_is(tiny_base):
    made = served.base_gguf(str(tiny_base), quiet)
    assert served.base_gguf(str(made), quiet) == made


def test_an_adapter_that_was_trained_again_gets_new_files(tiny_base, adapter):
    before = served.lora_gguf(adapter, str(tiny_base)), served.merged_gguf(adapter, str(tiny_base), quiet)
    config = adapter / "adapter_config.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**settings, "lora_alpha": 99}), encoding="utf-8")
    after = served.lora_gguf(adapter, str(tiny_base)), served.merged_gguf(adapter, str(tiny_base), quiet)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_base_that_was_replaced_gets_new_files(tiny_base, tmp_path):
    base = shutil.copytree(tiny_base, tmp_path / "base")
    before = served.base_gguf(str(base), quiet)
    os.utime(base / "model.safetensors", (1, 1))
    assert served.base_gguf(str(base), quiet) != before


def test_a_failure_leaves_no_half_file(tiny_base, adapter, monkeypatch):
    def full(*arguments):
        arguments[4].write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(served, "write_model", full)
    with pytest.raises(WeightsError, match="No space left on device") as caught:
        served.merged_gguf(adapter, str(tiny_base), quiet)
    assert "XDG_CACHE_HOME" in caught.value.hint
    assert list((cache_dir() / "served" / "merged").iterdir()) == []


def test_only_the_newest_files_are_kept(tiny_base, adapter, monkeypatch):
    monkeypatch.setattr(served, "KEPT", 2)
    config = adapter / "adapter_config.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    made = []
    for alpha in range(1, 5):
        config.write_text(json.dumps({**settings, "lora_alpha": alpha}), encoding="utf-8")
        made.append(served.lora_gguf(adapter, str(tiny_base)))
        os.utime(made[-1], (alpha, alpha + 10**9))
    made.append(served.lora_gguf(adapter, str(tiny_base)))
    kept = list((cache_dir() / "served" / "lora").iterdir())
    assert made[-1] in kept
    assert len(kept) <= 3


def test_the_merged_model_has_the_layers_of_its_base(tiny_base, adapter):
    _, layers = open_gguf(served.merged_gguf(adapter, str(tiny_base), quiet))
    assert layers == 2


def test_llama_cpp_takes_base_and_adapter_of_either_family(tmp_path):
    import httpx

    from phi4.engines.llamacpp import start_llamacpp

    for family in ("qwen2", "qwen3"):
        base = make_model(tmp_path / family, family=family)
        lora = served.lora_gguf(make_adapter(base, tmp_path / f"{family}-bot"), str(base))
        with start_llamacpp(served.base_gguf(str(base), quiet), context=256, adapter=lora) as engine:
            engine.wait_ready()
            with engine.client() as client:
                told = client.post("/completion", json={"prompt": [1, 40, 41], "n_predict": 4, "return_tokens": True})
        assert told.status_code == httpx.codes.OK
        assert told.json()["tokens"], family
