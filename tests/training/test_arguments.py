"""What the Trainer is told."""

import math

import pytest
import torch

from phi4.errors import TrainingError
from phi4.training.arguments import EVALUATIONS, training_arguments
from phi4.training.rows import Rows
from tests.training.kit import options, random_rows

ROWS = Rows(tuple(random_rows(*[10] * 42)))
HELD_OUT = Rows(ROWS.rows, held_out=tuple(random_rows(9, 9)))


def told(tmp_path, data=ROWS, **changes):
    return training_arguments(options("base", **changes), data, tmp_path, "cpu", torch.float32)


def test_the_manuals_names_reach_the_trainer(tmp_path):
    found = told(
        tmp_path, per_device_train_batch_size=2, gradient_accumulation_steps=4, learning_rate=0.003,
        lr_scheduler_type="linear", optim="sgd", seed=5, num_train_epochs=2.0, adapter="bot",
    )  # fmt: skip
    assert (found.per_device_train_batch_size, found.gradient_accumulation_steps) == (8, 1)  # one batch is one step
    assert (found.learning_rate, found.lr_scheduler_type, found.optim) == (0.003, "linear", "sgd")
    assert (found.seed, found.data_seed, found.num_train_epochs, found.run_name) == (5, 5, 2.0, "bot")


def test_a_run_is_evaluated_and_saved_five_times(tmp_path):
    found = told(
        tmp_path, HELD_OUT, gradient_accumulation_steps=2, num_train_epochs=1.5
    )  # 21 steps an epoch, 32 in all
    assert found.save_steps == found.eval_steps == math.ceil(32 / EVALUATIONS)
    assert found.load_best_model_at_end
    assert found.restore_callback_states_from_checkpoint, "the patience counts on after an interruption"


def test_without_held_out_rows_nothing_is_evaluated_but_all_is_saved(tmp_path):
    found = told(tmp_path)
    assert (found.eval_strategy, found.load_best_model_at_end) == ("no", False)
    assert found.save_strategy == "steps"


def test_one_process_uses_one_card(tmp_path, monkeypatch):
    """With two cards in sight the Trainer would double every batch, unasked."""
    monkeypatch.setattr("transformers.TrainingArguments.n_gpu", property(lambda self: getattr(self, "_n_gpu", 2) or 2))
    assert told(tmp_path).train_batch_size == told(tmp_path).per_device_train_batch_size


def test_nothing_hides_a_loss_that_is_no_number(tmp_path):
    found = told(tmp_path)
    assert (found.logging_steps, found.logging_nan_inf_filter) == (1, False)


@pytest.mark.parametrize("wrong", [{"optim": "adam_wrong"}, {"lr_scheduler_type": "spiral"}])
def test_a_name_that_the_trainer_does_not_know_is_a_setting_that_is_wrong(tmp_path, wrong):
    (value,) = wrong.values()
    with pytest.raises(TrainingError, match=f"the Trainer refuses these settings: .*{value}"):
        told(tmp_path, **wrong)
