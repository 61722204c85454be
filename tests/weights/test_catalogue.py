"""The catalogue: which models travel in packages, and how one is called."""

import re

import pytest

from phi4.errors import WeightsError
from phi4.weights.catalogue import catalogue, find_model


def test_there_are_three_models_and_their_names_differ():
    assert len({model.name for model in catalogue()}) == len(catalogue()) == 3


@pytest.mark.parametrize("model", catalogue(), ids=lambda model: model.name)
def test_every_entry_can_be_verified(model):
    assert model.bytes == sum(part.bytes for part in model.parts)
    assert model.file.endswith(".gguf")
    hashes = [model.sha256, *(part.wheel_sha256 for part in model.parts)]
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize("start", ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b", "smollm2-135m"])
def test_a_model_is_found_by_the_start_of_its_name(start):
    model = find_model(start)
    assert model is not None
    assert model.name.startswith(start)
    assert find_model(model.name) is model


def test_a_start_that_fits_several_is_an_error_that_lists_them():
    with pytest.raises(WeightsError) as caught:
        find_model("qwen2.5-coder")
    assert "0.5b" in caught.value.message
    assert "1.5b" in caught.value.message
    assert "smollm2" not in caught.value.message


@pytest.mark.parametrize("name", ["gpt-7", "", "coder", "Qwen2.5-coder-0.5b"])
def test_a_name_that_starts_no_model_finds_none(name):
    assert find_model(name) is None
