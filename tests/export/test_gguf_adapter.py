"""The adapter alone as GGUF is verified on its base, which is not left behind."""

from dataclasses import replace

import httpx
import pytest

from phi4.errors import AdapterError, EngineError, ExportError, WeightsError
from phi4.export import gguf_adapter as module
from phi4.export.gguf_adapter import export_adapter
from tests.export.kit import make_subject


@pytest.mark.parametrize("rslora", [False, True])
def test_llama_cpp_says_with_it_what_peft_says(wide_base, tmp_path, rslora):
    subject = make_subject(wide_base, tmp_path / "bot", use_rslora=rslora)
    record = export_adapter(subject, tmp_path / "out", force=False)
    assert record["proof"]["tokens"] - record["proof"]["same"] <= 3
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == ["README.md", "bot-lora.gguf", "export.json"]


def test_a_wrong_scale_is_noticed(subject, tmp_path, monkeypatch):
    right = module.write_lora

    def doubled(lora, path, architecture):
        right(type(lora)(lora.rank, 3 * lora.scale, lora.pairs), path, architecture)

    monkeypatch.setattr(module, "write_lora", doubled)
    with pytest.raises(ExportError, match="does not answer"):
        export_adapter(subject, tmp_path / "out", force=False)
    assert list(tmp_path.iterdir()) == []


def test_an_adapter_of_another_base_is_told_before_the_base_is_written(subject, tiny_base, tmp_path):
    with pytest.raises(WeightsError, match="the base model has") as caught:
        export_adapter(replace(subject, base_model=str(tiny_base)), tmp_path / "out", force=False)
    assert "another base" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_dies_while_it_answers_is_told(subject, tmp_path, monkeypatch):
    def dies(client, prompt):
        raise httpx.RemoteProtocolError("Server disconnected")

    monkeypatch.setattr("phi4.export.llamacpp._answer", dies)
    with pytest.raises(EngineError, match="ended while it answered") as caught:
        export_adapter(subject, tmp_path / "out", force=False)
    assert "memory" in caught.value.hint


@pytest.mark.model
def test_the_packaged_models_adapter_apart_says_what_peft_says(qwen_base, tmp_path):
    subject = make_subject(qwen_base, tmp_path / "bot", strength=0.02)
    proof = export_adapter(subject, tmp_path / "out", force=False)["proof"]
    assert proof["tokens"] - proof["same"] <= 2


def test_the_head_is_refused(wide_base, tmp_path):
    subject = make_subject(wide_base, tmp_path / "bot", modules_to_save=["lm_head"])
    with pytest.raises(AdapterError, match="modules_to_save"):
        export_adapter(subject, tmp_path / "out", force=False)


def test_an_export_that_is_there_is_kept(subject, tmp_path):
    (tmp_path / "export.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ExportError, match="it is kept"):
        export_adapter(subject, tmp_path, force=False)
