"""A GGUF file is called done when llama.cpp has answered from it as base and adapter would."""

import json
import shutil

import gguf
import pytest

from phi4.chat_format import CHAT_TEMPLATE
from phi4.errors import AdapterError, EngineError, ExportError
from phi4.export import gguf_model as module
from phi4.export.gguf_model import FORMS, export_gguf, file_bytes
from phi4.weights.hf_model import open_folder
from tests.export.kit import make_subject
from tests.tiny import make_model


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_made_and_answers(calm_subject, calm_base, tmp_path, form, capsys):
    record = export_gguf(calm_subject, tmp_path / "out", form, force=False)
    path = tmp_path / "out" / f"my-bot-{form}.gguf"
    assert record["path"] == str(path)
    model, _ = open_folder(calm_base)
    assert path.stat().st_size <= file_bytes(model, form)
    printed = capsys.readouterr().out
    assert "Q 와파린의 목표 INR은 얼마입니까?" in printed
    assert "tokens are those of base and adapter" in printed
    told = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    assert (told["type"], told["adapter"]) == (form, "my-bot")


def test_f16_says_token_for_token_what_peft_says(subject, tmp_path):
    proof = export_gguf(subject, tmp_path / "out", "f16", force=False)["proof"]
    assert proof["tokens"] - proof["same"] <= 3  # near-ties: f16 is not f32
    assert proof["mean_regret"] < 0.01


def test_name_template_and_licence_are_inside(subject, tmp_path):
    export_gguf(subject, tmp_path / "out", "q8_0", force=False)
    reader = gguf.GGUFReader(tmp_path / "out" / "my-bot-q8_0.gguf")
    assert reader.get_field("general.name").contents() == "my-bot"
    assert reader.get_field("tokenizer.chat_template").contents() == CHAT_TEMPLATE
    assert "licence" in reader.get_field("general.license").contents()


def test_a_system_turn_of_the_training_is_asked_with(wide_base, tmp_path):
    subject = make_subject(wide_base, tmp_path / "bot", system_prompt="짧게 답하십시오.")
    assert export_gguf(subject, tmp_path / "out", "q8_0", force=False)["proof"]["tokens"] > 0


@pytest.mark.parametrize("rslora", [False, True])
def test_qwen3_is_written_too(tmp_path, rslora):
    base = make_model(tmp_path / "qwen3", hidden=256, family="qwen3")
    subject = make_subject(base, tmp_path / "bot", use_rslora=rslora)
    record = export_gguf(subject, tmp_path / "out", "f16", force=False)
    assert record["proof"]["mean_regret"] < 0.05


def test_a_file_whose_adapter_was_lost_is_thrown_away(subject, tmp_path, monkeypatch):
    right = module.write_model
    monkeypatch.setattr(module, "write_model", lambda model, lora, *rest: right(model, None, *rest))
    with pytest.raises(ExportError, match="does not answer as base and adapter do"):
        export_gguf(subject, tmp_path / "out", "f16", force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_another_template_is_thrown_away(subject, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHAT_TEMPLATE", CHAT_TEMPLATE.replace("assistant", "model"))
    with pytest.raises(ExportError, match="chat template"):
        export_gguf(subject, tmp_path / "out", "f16", force=False)


def test_a_file_that_llama_cpp_cannot_load_is_thrown_away(subject, tmp_path, monkeypatch):
    right = module.write_model

    def cut(model, lora, layers, form, path, report):
        right(model, lora, layers, form, path, report)
        path.write_bytes(path.read_bytes()[:-5000])

    monkeypatch.setattr(module, "write_model", cut)
    with pytest.raises(EngineError):
        export_gguf(subject, tmp_path / "out", "f16", force=False)
    assert list(tmp_path.iterdir()) == []


def test_dora_is_refused_before_anything_is_written(wide_base, tmp_path):
    subject = make_subject(wide_base, tmp_path / "bot", use_dora=True)
    with pytest.raises(AdapterError, match="DoRA"):
        export_gguf(subject, tmp_path / "out", "f16", force=False)
    assert not (tmp_path / "out").exists()


def test_a_long_system_turn_is_asked_with_too(wide_base, tmp_path):
    base = shutil.copytree(wide_base, tmp_path / "base")
    told = json.loads((base / "config.json").read_text(encoding="utf-8"))
    (base / "config.json").write_text(json.dumps({**told, "max_position_embeddings": 4096}), encoding="utf-8")
    long = "짧게. " * 250  # longer than the context that short questions are given
    subject = make_subject(base, tmp_path / "bot", system_prompt=long)
    assert export_gguf(subject, tmp_path / "out", "f16", force=False)["proof"]["tokens"] > 0


@pytest.mark.model
@pytest.mark.parametrize(("form", "size"), [("q8_0", 700_000_000), ("q4_0", 450_000_000), ("q4_k_m", 500_000_000)])
def test_the_packaged_model_in_fewer_bits_still_answers(qwen_base, tmp_path, form, size):
    subject = make_subject(qwen_base, tmp_path / "bot", strength=0.02)
    record = export_gguf(subject, tmp_path / "out", form, force=False)
    assert record["bytes"] < size


@pytest.mark.model
def test_the_packaged_model_in_f16_says_what_peft_says(qwen_base, tmp_path):
    subject = make_subject(qwen_base, tmp_path / "bot", strength=0.02)
    proof = export_gguf(subject, tmp_path / "out", "f16", force=False)["proof"]
    assert proof["tokens"] - proof["same"] <= 2
