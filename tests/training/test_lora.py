"""The adapted model: what is trained, peft's options, and what is refused."""

import json

import pytest
import torch
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from phi4.errors import TrainingError
from phi4.training.lora import adapted_model, lora_options
from phi4.training.packing import packed_tensors
from tests.training.kit import gradients, moved_model, options, random_rows

LINEAR = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


def adapted(base, **changes):
    return adapted_model(base, options(base, **changes), "cpu")


def saved_config(model, folder):
    model.save_pretrained(folder)
    return json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))


def test_only_lora_weights_are_trained_and_they_are_fp32(tiny_base, monkeypatch):
    monkeypatch.setattr("phi4.engines.torch_model.compute_dtype", lambda device: torch.bfloat16)
    model = adapted(tiny_base)
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    assert all("lora_" in name for name in trained)
    assert {weight.dtype for weight in trained.values()} == {torch.float32}
    assert {name.split(".")[-4] for name in trained} == LINEAR  # all linear layers, but not the head
    assert model.get_base_model().model.embed_tokens.weight.dtype == torch.bfloat16
    assert not model.config.use_cache


def test_an_untrained_adapter_changes_no_answer(tiny_base, fp32):
    ids = torch.tensor([[5, 6, 7, 8]])
    base = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
    with torch.inference_mode():
        wanted = base(input_ids=ids).logits
        for way in ("true", "gaussian", "orthogonal"):
            found = adapted(tiny_base, init_lora_weights=way).eval()(input_ids=ids).logits
            assert (found - wanted).abs().max() < 1e-4, way


def test_the_seed_decides_the_first_weights(tiny_base, fp32):
    def first(seed):
        return next(w for n, w in adapted(tiny_base, seed=seed).named_parameters() if "lora_A" in n)

    torch.rand(3)
    one = first(0)
    assert torch.equal(one, first(0))
    assert not torch.equal(one, first(1))


@pytest.mark.parametrize(
    ("changes", "entries"),
    [
        ({"r": 3, "lora_alpha": 5, "lora_dropout": 0.25}, {"r": 3, "lora_alpha": 5, "lora_dropout": 0.25}),
        ({"use_rslora": True}, {"use_rslora": True, "use_dora": False}),
        ({"use_dora": True}, {"use_dora": True, "use_rslora": False}),
        ({"init_lora_weights": "gaussian"}, {"init_lora_weights": "gaussian"}),
        ({"init_lora_weights": "false"}, {"init_lora_weights": False}),
        ({}, {"init_lora_weights": True, "task_type": "CAUSAL_LM"}),
    ],
)
def test_pefts_options_stand_in_the_adapters_config(tiny_base, tmp_path, changes, entries):
    config = saved_config(adapted(tiny_base, **changes), tmp_path)
    assert {name: config[name] for name in entries} == entries


@pytest.mark.parametrize("names", ["q_proj,v_proj", " q_proj , v_proj,"])
def test_the_layers_can_be_named(tiny_base, tmp_path, names):
    model = adapted(tiny_base, target_modules=names)
    assert {name.split(".")[-4] for name, w in model.named_parameters() if w.requires_grad} == {"q_proj", "v_proj"}
    assert set(saved_config(model, tmp_path)["target_modules"]) == {"q_proj", "v_proj"}


def test_the_settings_of_an_adapter_are_read_from_its_files(tiny_base, tmp_path):
    stated = {
        "r": 3, "lora_alpha": 5, "lora_dropout": 0.25, "target_modules": "q_proj,v_proj",
        "init_lora_weights": "gaussian", "use_rslora": True, "use_dora": False,
    }  # fmt: skip
    adapted(tiny_base, **stated).save_pretrained(tmp_path)
    assert lora_options(tmp_path, {**stated, "r": 16, "seed": 7}) == stated, "peft's file knows the rank"


def test_rslora_scales_by_the_root_of_the_rank(tiny_base, fp32):
    plain, other = (moved_model(tiny_base, use_rslora=way) for way in (False, True))
    scales = [model.get_base_model().model.layers[0].mlp.up_proj.scaling["default"] for model in (plain, other)]
    assert scales == [32 / 4, 32 / 2]


def test_dora_trains_magnitudes_too(tiny_base, fp32):
    model = moved_model(tiny_base, use_dora=True)
    model(**packed_tensors(random_rows(20)), label_loss=True)["loss"].backward()
    assert sum("magnitude" in name for name in gradients(model)) == 2 * len(LINEAR)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("q_prj", "no layer 'q_prj'"),
        ("q_proj,v_prj", "no layer 'v_prj'"),  # peft would train q_proj alone and say nothing
        ("q_proj,lm_head", "'lm_head' is the LM head"),  # its gradient is not computed
        ("input_layernorm", "peft refuses these LoRA settings"),
    ],
)
def test_a_layer_that_cannot_be_adapted_is_refused_by_name(tiny_base, names, words):
    with pytest.raises(TrainingError, match=words) as caught:
        adapted(tiny_base, target_modules=names)
    if "peft" not in words:
        assert "q_proj" in caught.value.hint
        assert "lm_head" not in caught.value.hint


@pytest.mark.parametrize("way", ["pissa", "pissa_niter_4", "olora", "loftq", "eva", "nonsense"])
def test_beginnings_that_rewrite_the_base_or_need_data_are_refused(tiny_base, way):
    with pytest.raises(TrainingError, match=f"init_lora_weights='{way}'") as caught:
        adapted(tiny_base, init_lora_weights=way)
    assert "true, false, gaussian, orthogonal" in caught.value.hint


def test_nf4_on_a_cpu_trains_even_after_an_evaluation(tiny_base, monkeypatch):
    """The code of a GPU as far as a CPU can take it.

    Where the processor has AVX512-BF16, bitsandbytes repacks the weights at the first forward in
    ``eval()``; from then on it would pass back no gradient.
    """
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    )

    def quantised(base, device, dtype=None):
        model = AutoModelForCausalLM.from_pretrained(base, quantization_config=nf4, dtype=torch.float32)
        for module in model.modules():
            if hasattr(module, "support_avx512bf16_for_cpu"):
                module.support_avx512bf16_for_cpu = True  # on every machine as on a new one
        return model

    monkeypatch.setattr("phi4.training.lora.load_base", quantised)
    model = moved_model(tiny_base)
    assert type(model.get_base_model().model.layers[0].mlp.up_proj.base_layer).__name__ == "Linear4bit"
    tensors = packed_tensors(random_rows(20, 12))
    with torch.inference_mode():
        before = model.eval()(**tensors, label_loss=True)["loss"].item()
    loss = model.train()(**tensors, label_loss=True)["loss"]
    loss.backward()
    assert loss.item() == pytest.approx(before, rel=1e-5)
    assert all(torch.isfinite(gradient).all() for gradient in gradients(model).values())
