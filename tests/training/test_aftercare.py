"""After training: a model that never ends is counted, a file that is not what was trained is refused."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from phi4.errors import TrainingError
from phi4.training.aftercare import PROMPTS, ROOM, check_ending, check_reload
from tests.training.kit import moved_model, random_rows


@pytest.fixture
def model(tiny_base, fp32):
    return moved_model(tiny_base)


def first_words(model, rows):
    """The token that the model would begin each answer with."""
    with torch.inference_mode():
        return [model.eval()(input_ids=torch.tensor([row.prompt])).logits[0, -1].argmax().item() for row in rows]


def test_a_model_that_ends_is_told_from_one_that_does_not(model):
    rows = random_rows(20, 12, 30)
    ends = first_words(model, rows)
    assert len(set(ends)) == 3
    for end in ends:  # with this end token, one of the three answers is over at once
        found = check_ending(model, "cpu", rows, end)
        assert (found["asked"], found["max_tokens"]) == (3, int(ROOM * 15))
        assert found["ended"] >= 1
    assert check_ending(model, "cpu", rows[:1], 639)["ended"] == 0


@pytest.mark.parametrize(("rows", "asked"), [(3, 3), (10, 10), (25, PROMPTS)])
def test_ten_prompts_are_asked_at_most(model, rows, asked):
    assert check_ending(model, "cpu", random_rows(*[8] * rows), 2)["asked"] == asked


@pytest.mark.parametrize("kind", [{}, {"use_rslora": True}, {"use_dora": True}])
def test_a_saved_adapter_is_what_was_trained(tiny_base, fp32, tmp_path, kind):
    model = moved_model(tiny_base, **kind)
    model.save_pretrained(tmp_path)
    check_reload(model, "cpu", tmp_path, random_rows(16)[0])
    assert list(model.peft_config) == ["default"]
    assert model.active_adapter == "default"


def test_an_adapter_that_answers_nothing_but_nan_is_refused(model, tmp_path):
    weight = next(weight for name, weight in model.named_parameters() if ".lora_B." in name)
    with torch.no_grad():
        weight.fill_(float("nan"))
    model.save_pretrained(tmp_path)
    with pytest.raises(TrainingError, match="logits differ by nan"):
        check_reload(model, "cpu", tmp_path, random_rows(16)[0])


def test_a_saved_adapter_that_differs_in_one_weight_is_refused(model, tmp_path):
    (row,) = random_rows(16)
    model.save_pretrained(tmp_path)
    weights = load_file(tmp_path / "adapter_model.safetensors")
    weights[min(weights)][0, 0] += 1e-3
    save_file(weights, tmp_path / "adapter_model.safetensors")
    before = first_words(model, [row])
    with pytest.raises(TrainingError, match="answers otherwise than the trained one: logits differ by"):
        check_reload(model, "cpu", tmp_path, row)
    assert list(model.peft_config) == ["default"]
    assert first_words(model, [row]) == before
