"""The ladder: trying changes nothing, every rung is the same training, the bottom is said."""

import sys

import pytest
import torch

from phi4.errors import TrainingError
from phi4.training import ladder as module
from phi4.training.ladder import RUNGS, Ladder, Trial, estimate, try_rung
from phi4.training.packing import packed_tensors
from tests.training.kit import assert_equal_gradients, gradients, moved_model, random_rows

ROWS = random_rows(30, 9, 22, 14)


@pytest.fixture
def model(tiny_base, fp32):
    return moved_model(tiny_base, lora_dropout=0.2)


def weights(model):
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


def is_same(before, after):
    return all(torch.equal(before[name], weight) for name, weight in after.items())


def test_trying_a_rung_changes_no_weight_and_no_noise(model):
    before, noise = weights(model), torch.get_rng_state()
    trial = try_rung(model, ROWS, 64, "cpu", torch.float32, "no checkpointing")
    assert is_same(before, weights(model))
    assert torch.equal(noise, torch.get_rng_state())
    assert all(weight.grad is None for weight in model.parameters())
    assert (trial.rung, trial.budget, trial.fits) == ("no checkpointing", 64, True)
    assert trial.peak_bytes > 1 << 20
    assert trial.seconds > 0


def test_not_even_an_infinite_gradient_changes_a_weight(model):
    """fp16 without a loss scale may overflow in the dry run; 0 times infinity must reach no weight."""
    name, weight = next((name, weight) for name, weight in model.named_parameters() if "lora_B" in name)
    with torch.no_grad():
        weight.fill_(1e38)
    before = weights(model)
    assert try_rung(model, ROWS, 64, "cpu", torch.float32, "no checkpointing").fits
    assert is_same(before, weights(model)), name


def checkpointed(model):
    layers = model.get_base_model().model.layers
    return [layer.gradient_checkpointing for layer in layers]


def test_every_rung_gives_the_same_loss_and_gradients(model):
    ladder = Ladder(64, 30)
    results = []
    for number, expected in enumerate(([False, False], [True, False], [True, True])):
        ladder.stand(model, number)
        assert checkpointed(model) == expected
        model.train()
        torch.manual_seed(3)
        loss = model(**packed_tensors(ROWS), label_loss=True)["loss"]
        loss.backward()
        results.append((loss.item(), gradients(model)))
    (loss, wanted), *others = results
    for other, found in others:
        assert other == loss
        assert_equal_gradients(found, wanted, tolerance=1e-6)


def test_an_estimate_tries_three_rungs_and_leaves_the_first(model):
    before = weights(model)
    trials = estimate(model, ROWS, 64, "cpu", torch.float32)
    assert [trial.rung for trial in trials] == [rung.name for rung in RUNGS]
    assert all(trial.fits for trial in trials)
    assert checkpointed(model) == [False, False]
    assert is_same(before, weights(model))


def test_a_rung_that_is_out_of_memory_does_not_fit_and_the_next_is_tried(model, monkeypatch, capsys):
    plain, calls = model.forward, []

    def forward(*args, **inputs):
        calls.append(checkpointed(model))
        if len(calls) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return plain(*args, **inputs)

    monkeypatch.setattr(model, "forward", forward)
    ladder = Ladder(64, 30)
    ladder.choose(model, ROWS, "cpu", torch.float32)
    assert ladder.name == "every second layer, 64 tokens a pass"
    assert calls == [[False, False], [True, False], [True, False]]  # failed; trained; evaluated
    assert "going on with every second layer" in capsys.readouterr().err


def test_the_bottom_of_the_ladder_is_said_with_the_manuals_remedies(model, monkeypatch):
    def full(model, rows, budget, device, dtype, name):
        tried.append((name, budget))
        return Trial(name, budget, fits=False, peak_bytes=0, seconds=0.0)

    tried = []
    monkeypatch.setattr(module, "try_rung", full)
    with pytest.raises(TrainingError, match=r"longest row \(30 tokens\) does not fit with every layer") as caught:
        Ladder(128, 30).choose(model, ROWS, "cpu", torch.float32)
    assert tried == [(rung.name, 128) for rung in RUNGS] + [("every layer", budget) for budget in (64, 32, 30)]
    for remedy in ("per_device_train_batch_size=1", "shorter rows", "end other GPU processes"):
        assert remedy in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak is that of the whole process")
def test_the_peak_is_that_of_the_trial_not_of_what_was_before(model):
    first = try_rung(model, ROWS, 64, "cpu", torch.float32, "no checkpointing")
    torch.ones(256 << 20, dtype=torch.uint8)  # used and given back
    second = try_rung(model, ROWS, 64, "cpu", torch.float32, "no checkpointing")
    assert second.peak_bytes - first.peak_bytes < 128 << 20
