"""The merged folder is base and adapter, whole, in a few files that any program loads."""

import json
import shutil
from math import prod

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from phi4.chat_format import CHAT_TEMPLATE, ChatTokenizer, prompt_text
from phi4.errors import AdapterError, ExportError, WeightsError
from phi4.export import merged as module
from phi4.export import reference
from phi4.export.merged import disk_needed, export_merged, merging_memory
from phi4.export.prompts import messages_of
from phi4.weights.hf_model import tensors_of
from phi4.weights.lora import read_lora
from tests.export.kit import make_subject


@pytest.fixture(scope="module")
def made(subject, tmp_path_factory):
    target = tmp_path_factory.mktemp("merged") / "out"
    return target, export_merged(subject, target, "bf16", force=False)


@pytest.mark.parametrize("rslora", [False, True])
def test_the_weights_are_those_that_peft_merges(wide_base, tmp_path, rslora):
    subject = make_subject(wide_base, tmp_path / "bot", use_rslora=rslora)
    export_merged(subject, tmp_path / "out", "f16", force=False)
    plain = AutoModelForCausalLM.from_pretrained(wide_base, dtype=torch.float32)
    expected = PeftModel.from_pretrained(plain, subject.folder).merge_and_unload().state_dict()
    found = load_file(tmp_path / "out" / "model.safetensors")
    assert {tensor.dtype for tensor in found.values()} == {torch.float16}
    for name, tensor in found.items():
        torch.testing.assert_close(tensor.float(), expected[name], atol=2e-3, rtol=1e-3)


def test_transformers_loads_it_and_our_template_and_tokenizer_are_beside_it(made, subject, wide_base):
    target, record = made
    assert AutoModelForCausalLM.from_pretrained(target).dtype == torch.bfloat16
    assert (target / "chat_template.jinja").read_text(encoding="utf-8") == CHAT_TEMPLATE
    turns = messages_of(subject, "와파린은?")
    assert ChatTokenizer(target).prompt(turns) == ChatTokenizer(wide_base).prompt(turns)
    assert record["proof"]["tokens"] > 0


def test_its_folder_tells_what_it_is(made):
    target, record = made
    told = json.loads((target / "export.json").read_text(encoding="utf-8"))
    assert told["what"] == "merged"
    assert told["proof"] == record["proof"]
    assert "merged, bf16" in (target / "README.md").read_text(encoding="utf-8")


def test_a_large_model_is_written_in_shards_with_an_index(subject, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SHARD", 200_000)
    export_merged(subject, tmp_path / "out", "bf16", force=False)
    index = json.loads((tmp_path / "out" / "model.safetensors.index.json").read_text(encoding="utf-8"))
    files = sorted(path.name for path in (tmp_path / "out").glob("*.safetensors"))
    assert len(files) > 3
    assert sorted(set(index["weight_map"].values())) == files
    AutoModelForCausalLM.from_pretrained(tmp_path / "out")


def test_a_merge_that_went_wrong_is_thrown_away(subject, tmp_path, monkeypatch):
    right = module._merged

    def wrong(path, name, lora, dtype):
        tensor = right(path, name, lora, dtype)
        return tensor * 0.5 if name in lora.pairs else tensor

    monkeypatch.setattr(module, "_merged", wrong)
    with pytest.raises(ExportError, match="does not answer as base and adapter do"):
        export_merged(subject, tmp_path / "out", "bf16", force=False)
    assert list(tmp_path.iterdir()) == []


def test_an_adapter_that_was_lost_in_merging_is_noticed(wide_base, tmp_path, monkeypatch):
    subject = make_subject(wide_base, tmp_path / "bot")
    right = module._merged
    monkeypatch.setattr(
        module, "_merged", lambda path, name, lora, dtype: right(path, name, type(lora)(8, 1.0, {}), dtype)
    )
    with pytest.raises(ExportError, match="does not answer"):
        export_merged(subject, tmp_path / "out", "bf16", force=False)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"target_modules": ["q_proj", "embed_tokens"]}, "embed_tokens"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
    ],
)
def test_what_is_more_than_a_lora_is_refused(wide_base, tmp_path, settings, named):
    subject = make_subject(wide_base, tmp_path / "bot", **settings)
    with pytest.raises(AdapterError, match=named):
        export_merged(subject, tmp_path / "out", "bf16", force=False)


def test_an_adapter_of_another_base_is_refused(tiny_base, subject, tmp_path):
    other = type(subject)(subject.folder, str(tiny_base), subject.facts)
    with pytest.raises(WeightsError, match="the base model has"):
        export_merged(other, tmp_path / "out", "bf16", force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_base_that_is_gone_is_told(subject, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    gone = type(subject)(subject.folder, str(tmp_path / "gone"), subject.facts)
    with pytest.raises(WeightsError):
        export_merged(gone, tmp_path / "out", "bf16", force=False)


def test_values_that_f16_cannot_hold_are_refused(wide_base, subject, tmp_path):
    base = shutil.copytree(wide_base, tmp_path / "base")
    tensors = load_file(base / "model.safetensors")
    tensors["model.norm.weight"][0] = 1e6
    save_file(tensors, base / "model.safetensors", metadata={"format": "pt"})
    loud = type(subject)(subject.folder, str(base), subject.facts)
    with pytest.raises(ExportError, match="f16 cannot hold") as caught:
        export_merged(loud, tmp_path / "out", "f16", force=False)
    assert "bf16" in caught.value.hint


def test_too_little_memory_is_told_before_anything_is_written(subject, tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "available_memory", lambda: 1 << 20)
    with pytest.raises(ExportError, match="GiB are needed"):
        export_merged(subject, tmp_path / "out", "bf16", force=False)
    assert list(tmp_path.iterdir()) == []


def test_what_it_needs_is_stated_from_the_tensors(wide_base, subject):
    places = tensors_of(wide_base)
    values = sum(prod(shape) for _, shape in places.values())
    assert disk_needed(places) == 2 * values + (20 << 20)
    assert merging_memory(places, read_lora(subject.folder)) > 2 * module.SHARD


def test_the_existing_folder_is_looked_at_first(subject, tmp_path):
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match="is no export"):
        export_merged(subject, tmp_path, "bf16", force=True)


@pytest.mark.model
def test_the_packaged_model_merged_answers_as_its_adapter_does(qwen_base, tmp_path):
    subject = make_subject(qwen_base, tmp_path / "bot", strength=0.02)
    record = export_merged(subject, tmp_path / "out", "bf16", force=False)
    assert record["proof"]["divergence"] < 0.02
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    turns = messages_of(subject, "와파린은 무엇입니까?")
    rendered = tokenizer.apply_chat_template(
        [turn.model_dump() for turn in turns], tokenize=False, add_generation_prompt=True
    )
    assert rendered == prompt_text(turns)
