"""The label-only loss against torch's cross entropy over all logits."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import AutoModelForCausalLM, Qwen2Config

from phi4.chat_format import IGNORE_INDEX
from phi4.errors import TrainingError
from phi4.training.loss import label_loss, teach_label_loss

TOKENS, HIDDEN, VOCABULARY = 40, 16, 50


def a_batch(seed=0, dtype=torch.float32):
    noise = torch.Generator().manual_seed(seed)
    hidden = torch.randn(2, TOKENS, HIDDEN, generator=noise).to(dtype).requires_grad_()
    weight = torch.randn(VOCABULARY, HIDDEN, generator=noise).to(dtype)
    labels = torch.randint(VOCABULARY, (2, TOKENS), generator=noise)
    return hidden, weight, labels.masked_fill(torch.rand(2, TOKENS, generator=noise) < 0.5, IGNORE_INDEX)


def full_loss(hidden, weight, labels):
    """What everybody computes: every logit, then cross entropy."""
    logits = (hidden @ weight.t())[:, :-1].reshape(-1, VOCABULARY)
    return torch.nn.functional.cross_entropy(
        logits, labels[:, 1:].reshape(-1), ignore_index=IGNORE_INDEX, reduction="sum"
    )


@pytest.mark.parametrize("chunk", [1, 7, 256])
def test_loss_and_gradient_are_those_of_cross_entropy_over_all_logits(chunk):
    hidden, weight, labels = a_batch()
    found = label_loss(hidden, weight, labels, chunk)
    (gradient,) = torch.autograd.grad(3 * found.nll_sum, hidden)
    wanted = full_loss(hidden, weight, labels)
    (wanted_gradient,) = torch.autograd.grad(3 * wanted, hidden)
    assert found.labels == (labels[:, 1:] != IGNORE_INDEX).sum()
    torch.testing.assert_close(found.nll_sum, wanted, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(gradient, wanted_gradient, rtol=1e-5, atol=1e-5)


def test_a_row_without_labels_adds_nothing():
    hidden, weight, labels = a_batch()
    labels[1] = IGNORE_INDEX
    found = label_loss(hidden, weight, labels)
    (gradient,) = torch.autograd.grad(found.nll_sum, hidden)
    torch.testing.assert_close(found.nll_sum, full_loss(hidden, weight, labels), rtol=1e-5, atol=1e-5)
    assert gradient[0].abs().max() > 0
    assert gradient[1].abs().max() == 0


def test_a_batch_without_labels_is_a_zero_that_can_be_walked_back():
    hidden, weight, labels = a_batch()
    found = label_loss(hidden, weight, torch.full_like(labels, IGNORE_INDEX))
    (gradient,) = torch.autograd.grad(found.nll_sum, hidden)
    assert (found.labels, found.nll_sum.item(), gradient.abs().max().item()) == (0, 0.0, 0.0)


class Products(TorchDispatchMode):
    """Counts matrix products."""

    count = 0

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        self.count += function in (torch.ops.aten.mm.default, torch.ops.aten.matmul.default)
        return function(*arguments, **(named or {}))


def test_without_training_no_gradient_is_made_or_kept():
    hidden, weight, labels = a_batch()
    with Products() as trained:
        label_loss(hidden, weight, labels)
    with torch.inference_mode(), Products() as evaluated:
        found = label_loss(hidden.detach(), weight, labels)
    assert (trained.count, evaluated.count) == (2, 1)  # logits and gradient, logits
    assert not found.nll_sum.requires_grad


def test_a_head_that_is_trained_is_refused():
    hidden, weight, labels = a_batch()
    with pytest.raises(ValueError, match="frozen"):
        label_loss(hidden, weight.requires_grad_(), labels)


def test_in_bf16_the_factor_of_a_step_is_not_rounded():
    """1/240 is no bf16 number; rounded to one, it would make every gradient of a step 0.3 % too large."""
    hidden, weight, labels = a_batch(dtype=torch.bfloat16)
    (whole,) = torch.autograd.grad(label_loss(hidden, weight, labels).nll_sum, hidden)
    factor = 1 / 240
    (part,) = torch.autograd.grad(label_loss(hidden, weight, labels).nll_sum * factor, hidden)
    assert part.dtype == torch.bfloat16
    ratio = part.double().abs().sum() / whole.double().abs().sum()
    assert ratio.item() == pytest.approx(factor, rel=1e-3)


def test_a_taught_model_gives_logits_as_before(tiny_base):
    plain = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32).eval()
    taught = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32).eval().requires_grad_(False)
    teach_label_loss(taught)
    ids = torch.tensor([[5, 6, 7, 8, 9, 10]])
    labels = torch.tensor([[IGNORE_INDEX, IGNORE_INDEX, 7, 8, 9, 10]])
    with torch.inference_mode():
        assert torch.equal(taught(input_ids=ids).logits, plain(input_ids=ids).logits)
        wanted = plain(input_ids=ids, labels=labels).loss
        positions = torch.arange(6).unsqueeze(0)
        found = taught(input_ids=ids, position_ids=positions, labels=labels, label_loss=True)["loss"]
    assert found.item() / 4 == pytest.approx(wanted.item(), rel=1e-5)


def small_model(**changes):
    size = dict.fromkeys(("hidden_size", "intermediate_size", "vocab_size"), 8)
    counts = dict.fromkeys(("num_hidden_layers", "num_attention_heads", "num_key_value_heads"), 1)
    return AutoModelForCausalLM.from_config(Qwen2Config(**size, **counts, **changes))


def test_a_head_with_a_bias_is_refused():
    model = small_model(tie_word_embeddings=False)
    model.lm_head = torch.nn.Linear(8, 8, bias=True)
    with pytest.raises(TrainingError, match="LM head is no plain matrix"):
        teach_label_loss(model)


@pytest.mark.parametrize("name", ["final_logit_softcapping", "logit_scale", "logits_scaling"])
def test_a_model_that_bends_its_logits_is_refused_by_name(name):
    model = small_model()
    setattr(model.config, name, 30.0)
    with pytest.raises(TrainingError, match=f"it sets {name}"):
        teach_label_loss(model)
    setattr(model.config, name, 1.0)
    teach_label_loss(model)
