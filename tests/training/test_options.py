"""Options: what a step and a pass are made of, and what the result depends on."""

from dataclasses import replace

from phi4.settings import Settings
from phi4.training.options import TrainingOptions
from tests.training.kit import options


def test_a_step_and_a_pass_follow_from_the_manuals_names():
    stated = options("base", per_device_train_batch_size=2, gradient_accumulation_steps=8, max_length=512)
    assert stated.samples_per_step == 16
    assert stated.budget == 1024


def test_the_shape_of_a_run_is_all_that_changes_its_result():
    stated = options("base")
    assert replace(stated, report_to="tensorboard").shape() == stated.shape()
    for name, other in (("learning_rate", 1.0), ("seed", 3), ("target_modules", "q_proj"), ("model_name", "another")):
        assert replace(stated, **{name: other}).shape() != stated.shape()


def test_every_option_is_a_setting_of_the_same_name():
    assert set(TrainingOptions.__dataclass_fields__) <= set(Settings.model_fields)
