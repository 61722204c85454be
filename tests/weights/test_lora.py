"""An adapter is read as peft would apply it, or refused."""

import json

import numpy as np
import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from phi4.errors import AdapterError
from phi4.weights.lora import read_lora
from tests.adapters import make_adapter


@pytest.mark.parametrize(("rslora", "scale"), [(False, 16 / 4), (True, 16 / 2)])
def test_the_difference_is_what_peft_merges(tiny_base, tmp_path, rslora, scale):
    folder = make_adapter(tiny_base, tmp_path / "adapter", rank=4, alpha=16, use_rslora=rslora)
    lora = read_lora(folder)
    plain = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
    before = {name: weight.detach().clone() for name, weight in plain.named_parameters()}
    merged = PeftModel.from_pretrained(plain, folder).merge_and_unload()
    assert (lora.rank, lora.scale, lora.alpha) == (4, scale, scale * 4)
    assert len(lora.pairs) == 14
    for name, weight in merged.named_parameters():
        expected = (weight.detach() - before[name]).numpy()
        if name in lora.pairs:
            assert np.abs(expected).max() > 0.01
            np.testing.assert_allclose(lora.difference(name), expected, atol=1e-5)
        else:
            assert not expected.any()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"modules_to_save": ["lm_head"]}, r"modules_to_save=\['lm_head'\]"),
        ({"bias": "all"}, "bias='all'"),
        ({"rank_pattern": {"q_proj": 2}}, "rank_pattern"),
        ({"alpha_pattern": {"q_proj": 2}}, "alpha_pattern"),
        ({"target_modules": ["q_proj", "embed_tokens"]}, "embed_tokens"),
        ({"trainable_token_indices": [5]}, "trainable_token_indices"),
    ],
)
def test_what_is_more_than_a_lora_is_refused_with_its_name(tiny_base, tmp_path, settings, named):
    folder = make_adapter(tiny_base, tmp_path / "adapter", **settings)
    with pytest.raises(AdapterError, match=named) as caught:
        read_lora(folder)
    assert "PHI4_ENGINE=transformers" in caught.value.hint


def test_a_file_that_is_cut_is_an_error(tiny_base, tmp_path):
    folder = make_adapter(tiny_base, tmp_path / "adapter")
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(AdapterError, match="cannot read"):
        read_lora(folder)


def test_a_rank_that_does_not_fit_its_weights_is_an_error(tiny_base, tmp_path):
    folder = make_adapter(tiny_base, tmp_path / "adapter", rank=4)
    config = folder / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text(encoding="utf-8")), "r": 8}), encoding="utf-8")
    with pytest.raises(AdapterError, match="no whole pair of rank 8"):
        read_lora(folder)


@pytest.mark.parametrize(
    "text",
    ["", '{"r": 4, "lora_al', "[]", "3", '{"lora_alpha": 8}', '{"r": 4}', '{"r": 0, "lora_alpha": 8}', '{"r": "4"}'],
)
def test_a_configuration_that_is_half_written_or_none_is_an_error(tiny_base, tmp_path, text):
    folder = make_adapter(tiny_base, tmp_path / "adapter")
    (folder / "adapter_config.json").write_text(text, encoding="utf-8")
    with pytest.raises(AdapterError, match=r"cannot read '.*adapter_config\.json'"):
        read_lora(folder)


def test_a_configuration_that_is_gone_is_an_error(tiny_base, tmp_path):
    folder = make_adapter(tiny_base, tmp_path / "adapter")
    (folder / "adapter_config.json").unlink()
    with pytest.raises(AdapterError, match="cannot read"):
        read_lora(folder)
