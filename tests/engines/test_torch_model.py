"""The PyTorch engine on a tiny model."""

import pytest

from phi4.engines.greedy import greedy_batch
from phi4.engines.protocol import LikelihoodEngine, Limits
from phi4.engines.torch_model import TorchModel, likelihoods
from phi4.errors import AdapterError, EngineError

LIMITS = Limits(max_tokens=12, end_id=2)


@pytest.fixture(scope="module")
def model(tiny_base):
    loaded = TorchModel(tiny_base, None)
    yield loaded
    loaded.close()


def test_a_batch_answers_as_one_by_one(model):
    prompts = [[1, 40, 41, 42], [1, 50], [1, 60, 61, 62, 63, 64, 65]]
    together = model.generate(prompts, LIMITS)
    assert together == [model.generate([prompt], LIMITS)[0] for prompt in prompts]


def test_an_answer_has_at_most_the_tokens_asked_for(model):
    for completion in model.generate([[1, 40], [1, 50]], Limits(max_tokens=3, end_id=2)):
        assert len(completion.tokens) <= 3
        assert completion.finish_reason in {"stop", "length"}


def test_the_end_token_ends_an_answer_and_is_not_part_of_it(model):
    first = model.generate([[1, 40, 41]], LIMITS)[0].tokens
    ended = model.generate([[1, 40, 41]], Limits(max_tokens=12, end_id=first[3]))[0]
    assert ended.finish_reason == "stop"
    assert ended.tokens == first[: first.index(first[3])]


def test_sampling_follows_its_seed(model):
    warm = [Limits(max_tokens=12, end_id=2, temperature=1.5, seed=seed) for seed in (1, 1, 2)]
    one, same, other = (model.generate([[1, 40]], limits)[0] for limits in warm)
    assert one == same
    assert one != other


def test_likelihoods_are_those_of_a_plain_forward_pass_whatever_the_batch(model):
    import torch

    assert isinstance(model, LikelihoodEngine)
    prompts, answers = [[1, 40, 41, 42], [1, 50]], [[60, 61], [70, 71, 72]]
    told = model.likelihoods(prompts, answers)
    for prompt, answer, value in zip(prompts, answers, told, strict=True):
        ids = torch.tensor([prompt + answer])
        with torch.inference_mode():
            logs = torch.log_softmax(model._model(input_ids=ids.to(model.device)).logits[0].float(), dim=-1)
        wanted = sum(float(logs[len(prompt) - 1 + place, token]) for place, token in enumerate(answer))
        assert value == pytest.approx(wanted, rel=2e-2, abs=1e-2)
    assert model.likelihoods(prompts[:1], answers[:1])[0] == pytest.approx(told[0], rel=2e-2, abs=1e-2)


def test_the_output_matrix_never_meets_a_slice_of_a_batch(tiny_base):
    """PyTorch would copy the matrix for every row: gigabytes, and most of the time of an exam."""
    from phi4.engines.torch_model import generate_batch, load_base

    loaded, pieces = load_base(tiny_base, "cpu"), []
    head = loaded.get_output_embeddings()
    head.register_forward_pre_hook(lambda _, inputs: pieces.append((inputs[0].shape[0], inputs[0].is_contiguous())))
    prompts = [[1, 40, 41, 42], [1, 50, 51, 52, 53]]
    greedy_batch(loaded, "cpu", prompts, Limits(max_tokens=2, end_id=2))
    generate_batch(loaded, "cpu", prompts, Limits(max_tokens=2, end_id=2))
    likelihoods(loaded, "cpu", prompts, [[60, 61], [70]])
    assert len(pieces) >= 5
    assert set(pieces) == {(2, True)}


def test_a_folder_that_is_no_model_is_named(tmp_path):
    with pytest.raises(EngineError, match="cannot load the base model"):
        TorchModel(tmp_path, None)


def test_an_adapter_of_another_shape_is_refused(tiny_base, tmp_path):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from tests.tiny import make_model

    wide = AutoModelForCausalLM.from_pretrained(make_model(tmp_path / "wide", hidden=128))
    adapter = get_peft_model(wide, LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM"))
    adapter.save_pretrained(tmp_path / "adapter", save_embedding_layers=False)
    with pytest.raises(AdapterError, match="does not fit"):
        TorchModel(tiny_base, tmp_path / "adapter")
