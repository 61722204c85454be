"""Each tensor gets the format that llama.cpp would give it, and the numbers survive it as well as that allows."""

import gguf
import numpy as np
import pytest

from phi4.errors import WeightsError
from phi4.weights import quantisation
from phi4.weights.quantisation import FORMS, kind_of, quantise

# Root mean square error of standard normal numbers, in each format.
ERRORS = {"F16": 0.001, "Q8_0": 0.006, "Q6_K": 0.02, "Q5_0": 0.05, "Q4_K": 0.08, "Q4_0": 0.09}


def kinds(form, shape=(512, 512), layers=24, tied=True):
    names = ["token_embd.weight", "output.weight", "output_norm.weight"]
    for layer in range(layers):
        names += [f"blk.{layer}.{part}.weight" for part in ("attn_q", "attn_v", "ffn_down", "attn_norm")]
    sizes = {name: shape[-1:] if "norm" in name else shape for name in names}
    return {name: kind_of(name, sizes[name], form, layers, tied).name for name in names}


def test_f16_and_q8_0_are_the_same_for_every_matrix():
    for form in ("F16", "Q8_0"):
        found = kinds(form)
        assert {kind for name, kind in found.items() if "norm" not in name} == {form}
        assert {kind for name, kind in found.items() if "norm" in name} == {"F32"}


def test_a_four_bit_form_spends_more_on_the_output():
    assert kinds("Q4_0")["token_embd.weight"] == "Q8_0"
    assert kinds("Q4_0", tied=False)["token_embd.weight"] == "Q4_0"
    assert kinds("Q4_K_M")["token_embd.weight"] == "Q6_K"
    untied = kinds("Q4_K_M", tied=False)
    assert (untied["token_embd.weight"], untied["output.weight"]) == ("Q4_K", "Q6_K")


def test_where_a_row_is_no_multiple_of_256_another_format_takes_its_place():
    found = kinds("Q4_K_M", shape=(896, 896))
    assert (found["token_embd.weight"], found["blk.0.attn_v.weight"], found["blk.0.attn_q.weight"]) == (
        "Q8_0", "Q8_0", "Q5_0",
    )  # fmt: skip


def test_every_form_has_its_mixture():
    assert set(FORMS) == {"F16", "Q8_0", "Q4_0", "Q4_K_M"}


@pytest.mark.parametrize("kind", ERRORS)
def test_numbers_come_back_as_nearly_as_the_format_can(kind):
    kind = gguf.GGMLQuantizationType[kind]
    values = np.random.default_rng(0).standard_normal((64, 1024), dtype=np.float32)
    back = gguf.quants.dequantize(quantise(values, kind).view(np.uint8), kind)
    error = float(np.sqrt(np.square(back - values).mean()))
    assert error < ERRORS[kind.name], error


def test_ggml_itself_writes_the_formats_of_gguf_to_the_bit():
    values = np.random.default_rng(0).standard_normal((16, 512), dtype=np.float32)
    for name in ("Q8_0", "Q4_0", "Q5_0"):
        kind = gguf.GGMLQuantizationType[name]
        ours = quantise(values, kind).view(np.uint8)
        theirs = np.empty_like(ours)
        quantisation._ggml_quantize_chunk()(int(kind), values.ctypes.data, theirs.ctypes.data, 0, 16, 512, None)
        np.testing.assert_array_equal(ours.reshape(theirs.shape), theirs, err_msg=name)


def test_without_ggmls_function_the_other_ways_are_named(monkeypatch, tmp_path):
    import xllamacpp

    monkeypatch.setattr(xllamacpp, "__file__", str(tmp_path / "__init__.py"))
    quantisation._ggml_quantize_chunk.cache_clear()
    with pytest.raises(WeightsError, match="Q4_K_M cannot be written") as caught:
        quantise(np.zeros((1, 256), np.float32), gguf.GGMLQuantizationType.Q4_K)
    assert "ollama create -q" in caught.value.hint
    quantisation._ggml_quantize_chunk.cache_clear()


@pytest.mark.model
def test_a_file_that_llama_quantize_made_has_our_mixture(qwen_gguf):
    """It was made when llama.cpp still walked the layers in the order of their names: 0, 1, 10, 11, …"""
    reader = gguf.GGUFReader(qwen_gguf)
    names = {tensor.name for tensor in reader.tensors}
    layers = int(reader.get_field("qwen2.block_count").contents())
    place = {str(layer): rank for rank, layer in enumerate(sorted(range(layers), key=str))}
    for tensor in reader.tensors:
        block, _, rest = tensor.name.partition(".")
        layer, _, rest = rest.partition(".")
        name = f"blk.{place[layer]}.{rest}" if block == "blk" else tensor.name
        shape = tuple(int(side) for side in reversed(tensor.shape))
        assert kind_of(name, shape, "Q4_K_M", layers, "output.weight" not in names).name == tensor.tensor_type.name, (
            name
        )
