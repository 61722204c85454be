"""A base folder is read for what it is; what could not be written rightly is refused."""

import json
import shutil

import pytest

from phi4.errors import WeightsError
from phi4.weights.hf_model import open_folder


@pytest.fixture
def folder(tiny_base, tmp_path):
    return shutil.copytree(tiny_base, tmp_path / "base")


def changed(folder, **settings):
    config = folder / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text(encoding="utf-8")), **settings}), encoding="utf-8")
    return folder


class Header:
    """Remembers what a writer is told."""

    def __init__(self):
        self.told = {}

    def __getattr__(self, name):
        return lambda value: self.told.__setitem__(name.removeprefix("add_"), value)


def test_the_header_says_the_models_shape(folder):
    model, layers = open_folder(folder)
    header = Header()
    model.header(header)
    told = header.told
    assert layers == told["block_count"] == 2
    assert (told["embedding_length"], told["feed_forward_length"], told["context_length"]) == (64, 128, 512)
    assert (told["head_count"], told["head_count_kv"], told["rope_freq_base"]) == (4, 2, 10000.0)
    assert (told["eos_token_id"], told["pad_token_id"], told["add_bos_token"]) == (2, 0, False)


def test_the_tensors_come_one_by_one_with_their_shapes(folder):
    model, _ = open_folder(folder)
    for name, shape, read in model.tensors:
        assert read().shape == shape, name
        assert read().dtype == "float32"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"model_type": "llama"}, "'llama' model"),
        ({"auto_map": {"AutoModel": "evil.py"}}, "can be converted"),
    ],
)
def test_another_family_and_code_of_its_own_are_refused(folder, settings, named):
    with pytest.raises(WeightsError, match=named) as caught:
        open_folder(changed(folder, **settings))
    assert "PHI4_ENGINE=transformers" in caught.value.hint


@pytest.mark.parametrize(
    "settings",
    [
        {"rope_parameters": {"rope_type": "yarn", "factor": 4.0}},
        {"rope_parameters": None, "rope_scaling": {"type": "yarn", "factor": 4.0}},
        {"rope_parameters": None, "rope_scaling": {"rope_type": "yarn", "factor": 4.0}},
        {"use_sliding_window": True},
    ],
)
def test_a_stretched_context_is_refused(folder, settings):
    model, _ = open_folder(changed(folder, **settings))
    with pytest.raises(WeightsError, match="stretched context"):
        model.header(Header())


def test_a_file_that_was_cut_is_named(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"cannot read .*model\.safetensors"):
        open_folder(folder)


def test_a_folder_without_weights_or_configuration_is_an_error(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match="no safetensors"):
        open_folder(folder)
    (folder / "config.json").unlink()
    with pytest.raises(WeightsError, match="cannot read"):
        open_folder(folder)
