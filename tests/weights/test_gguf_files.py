"""GGUF files hold what the model holds: numbers, names, header."""

import gguf
import numpy as np
import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from phi4.errors import WeightsError
from phi4.weights.gguf_files import gguf_name, open_gguf, write_lora, write_model
from phi4.weights.hf_model import open_folder
from phi4.weights.lora import read_lora
from tests.adapters import make_adapter


def quiet(progress, detail):
    assert 0 <= progress <= 1


@pytest.fixture(scope="module")
def adapter(tiny_base, tmp_path_factory):
    return make_adapter(tiny_base, tmp_path_factory.mktemp("gguf") / "adapter")


def values_of(path):
    from gguf.quants import dequantize

    reader = gguf.GGUFReader(path)
    return {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}


def written(tiny_base, target, form="F16", lora=None):
    model, layers = open_folder(tiny_base)
    write_model(model, lora, layers, form, target, quiet)
    return target


def test_a_folder_written_as_f16_holds_the_models_weights(tiny_base, tmp_path):
    values = values_of(written(tiny_base, tmp_path / "model.gguf"))
    model = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
    assert len(values) == len(list(model.named_parameters()))
    for name, weight in model.named_parameters():
        np.testing.assert_allclose(values[gguf_name(name, 2, "qwen2")], weight.detach().numpy(), rtol=1e-3, atol=1e-3)


def test_a_model_is_merged_as_peft_merges_it(tiny_base, adapter, tmp_path):
    values = values_of(written(tiny_base, tmp_path / "merged.gguf", lora=read_lora(adapter)))
    plain = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
    merged = PeftModel.from_pretrained(plain, adapter).merge_and_unload()
    for name, weight in merged.named_parameters():
        np.testing.assert_allclose(values[gguf_name(name, 2, "qwen2")], weight.detach().numpy(), rtol=1e-3, atol=1e-3)


def test_a_gguf_is_written_again_in_another_form_with_its_header(tiny_base, adapter, tmp_path):
    first = written(tiny_base, tmp_path / "first.gguf")
    model, layers = open_gguf(first)
    second = tmp_path / "second.gguf"
    write_model(model, read_lora(adapter), layers, "Q8_0", second, quiet)
    once, again = gguf.GGUFReader(first), gguf.GGUFReader(second)
    for field in once.fields.values():
        if field.name not in ("general.file_type", "GGUF.kv_count"):
            assert again.get_field(field.name).contents() == field.contents(), field.name
    kinds = {tensor.name: tensor.tensor_type.name for tensor in again.tensors}
    assert (kinds["blk.0.attn_q.weight"], kinds["blk.0.attn_norm.weight"]) == ("Q8_0", "F32")
    merged = values_of(written(tiny_base, tmp_path / "merged.gguf", lora=read_lora(adapter)))
    for name, value in values_of(second).items():
        assert np.abs(value - merged[name]).max() <= np.abs(merged[name]).max() / 100, name


def test_the_tokenizer_goes_along_with_a_type_for_every_id(tiny_base, tmp_path):
    reader = gguf.GGUFReader(written(tiny_base, tmp_path / "model.gguf"))
    tokens = reader.get_field("tokenizer.ggml.tokens").contents()
    kinds = reader.get_field("tokenizer.ggml.token_type").contents()
    assert len(tokens) == len(kinds) == 640
    assert (tokens[2], kinds[2]) == ("<|im_end|>", 3)
    assert (tokens[639], kinds[639]) == ("[PAD639]", 5)
    assert reader.get_field("tokenizer.ggml.eos_token_id").contents() == 2


@pytest.mark.parametrize(("rslora", "alpha"), [(False, 16.0), (True, 16 * 8**0.5)])
def test_an_adapter_carries_the_alpha_that_llama_cpp_divides_by_the_rank(tiny_base, tmp_path, rslora, alpha):
    folder = make_adapter(tiny_base, tmp_path / "adapter", rank=8, alpha=16, use_rslora=rslora)
    write_lora(read_lora(folder), tmp_path / "lora.gguf", "qwen2")
    reader = gguf.GGUFReader(tmp_path / "lora.gguf")
    assert reader.get_field("adapter.lora.alpha").contents() == pytest.approx(alpha)
    assert reader.get_field("general.type").contents() == "adapter"
    assert reader.get_field("general.architecture").contents() == "qwen2"
    assert len(reader.tensors) == 2 * 14
    shapes = {tensor.name: tuple(int(side) for side in tensor.shape) for tensor in reader.tensors}
    assert shapes["blk.1.ffn_down.weight.lora_a"] == (128, 8)  # GGUF counts the fastest side first
    assert shapes["blk.1.ffn_down.weight.lora_b"] == (8, 64)


def test_an_adapter_of_another_base_is_an_error(tiny_base, adapter, tmp_path):
    from tests.tiny import make_model

    other = make_model(tmp_path / "wide", hidden=128)
    with pytest.raises(WeightsError, match="the base model has"):
        written(other, tmp_path / "model.gguf", lora=read_lora(adapter))


def test_a_file_that_is_no_gguf_or_another_family_is_an_error(tmp_path):
    (tmp_path / "bad.gguf").write_bytes(b"no model at all" * 100)
    with pytest.raises(WeightsError, match="as GGUF"):
        open_gguf(tmp_path / "bad.gguf")
    writer = gguf.GGUFWriter(tmp_path / "llama.gguf", "llama")
    writer.add_block_count(1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(WeightsError, match="architecture 'llama'"):
        open_gguf(tmp_path / "llama.gguf")


def test_a_name_that_no_model_has_is_an_error():
    with pytest.raises(WeightsError, match=r"'model\.layers\.0\.mlp\.router\.weight' is no weight"):
        gguf_name("model.layers.0.mlp.router.weight", 2, "qwen2")
