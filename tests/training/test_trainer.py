"""One step: exact however it is cut into passes, the same again after an out-of-memory, stopped by a NaN."""

import copy

import pytest
import torch

from phi4.errors import TrainingError
from phi4.training.packing import packed_tensors
from tests.training.kit import arguments, assert_equal_gradients, gradients, moved_model, packed_trainer, random_rows

ROWS = random_rows(30, 9, 22, 14, 25, 8, 40, 12)
LONGEST = 40


@pytest.fixture
def model(tiny_base, fp32):
    return moved_model(tiny_base)


def padded(rows):
    """One batch as everybody makes it."""
    width = max(len(row.input_ids) for row in rows)
    return {
        "input_ids": torch.tensor([row.input_ids + [0] * (width - len(row.input_ids)) for row in rows]),
        "attention_mask": torch.tensor([[1] * len(row.input_ids) + [0] * (width - len(row.input_ids)) for row in rows]),
        "labels": torch.tensor([row.labels + [-100] * (width - len(row.input_ids)) for row in rows]),
    }


def a_step(model, folder, budget):
    trainer = packed_trainer(model, ROWS, folder, step=len(ROWS), budget=budget)
    torch.manual_seed(7)
    loss = trainer.training_step(model, ROWS).item()
    return loss, gradients(model), trainer


def test_a_step_is_the_same_in_one_pass_in_many_and_as_a_padded_batch_with_all_logits(model, tmp_path):
    loss, found, _ = a_step(model, tmp_path, 512)
    loss_of_many, found_of_many, _ = a_step(model, tmp_path, LONGEST)
    whole = model(**padded(ROWS)).loss
    whole.backward()
    wanted = gradients(model)
    assert [loss, loss_of_many] == pytest.approx([whole.item()] * 2, rel=1e-5)
    assert_equal_gradients(found, wanted)
    assert_equal_gradients(found_of_many, wanted)


def test_a_loss_that_is_no_number_names_the_step_and_its_rows(model, tmp_path):
    next(weight for weight in model.parameters() if weight.requires_grad).data.fill_(float("nan"))
    trainer = packed_trainer(model, ROWS, tmp_path, step=2, budget=512)
    trainer.state.global_step = 4
    with pytest.raises(TrainingError, match=r"became nan at step 5 \(rows row-2, row-5\)"):
        trainer.training_step(model, [ROWS[2], ROWS[5]])


def out_of_memory_at(model, monkeypatch, calls):
    """The model as it is, but for these calls of its forward."""
    plain, count = model.forward, 0

    def forward(*args, **inputs):
        nonlocal count
        count += 1
        if count in calls:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore words.")
        return plain(*args, **inputs)

    monkeypatch.setattr(model, "forward", forward)


@pytest.mark.parametrize("call", [1, 3], ids=["in the first pass", "in a later pass"])
def test_a_step_out_of_memory_is_done_again_one_rung_lower_dropout_and_all(
    tiny_base, fp32, tmp_path, monkeypatch, capsys, call
):
    model = moved_model(tiny_base, lora_dropout=0.3)
    wanted_loss, wanted, undisturbed = a_step(model, tmp_path, LONGEST)
    assert undisturbed.ladder.name == "no checkpointing, 40 tokens a pass"
    out_of_memory_at(model, monkeypatch, {call})
    loss, found, trainer = a_step(model, tmp_path, LONGEST)
    assert trainer.ladder.name == "every second layer, 40 tokens a pass"
    assert "out of memory: going on with every second layer" in capsys.readouterr().err
    assert loss == wanted_loss
    assert_equal_gradients(found, wanted, tolerance=1e-6)


def test_the_ladder_is_climbed_down_to_single_samples(model, tmp_path, monkeypatch):
    wanted_loss, wanted, _ = a_step(model, tmp_path, 512)
    out_of_memory_at(model, monkeypatch, {1, 2, 3, 4})
    loss, found, trainer = a_step(model, tmp_path, 160)
    assert trainer.ladder.name == "every layer, 40 tokens a pass"
    assert loss == pytest.approx(wanted_loss, rel=1e-5)
    assert_equal_gradients(found, wanted)


def test_at_the_bottom_stand_the_manuals_three_remedies(model, tmp_path, monkeypatch):
    out_of_memory_at(model, monkeypatch, range(100))
    with pytest.raises(TrainingError) as caught:
        a_step(model, tmp_path, 160)
    assert caught.value.message == "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."
    for remedy in ("per_device_train_batch_size=1", "shorter rows", "end other GPU processes"):
        assert remedy in caught.value.hint


def test_the_held_out_loss_counts_every_label_once(model, tmp_path):
    few, many = random_rows(6, 120, seed=3)
    trainer = packed_trainer(model, [few, many], tmp_path, step=1, budget=512, held_out=[few, many])
    found = trainer.evaluate()["eval_loss"]
    with torch.inference_mode():
        sums = [model(**packed_tensors([row]), label_loss=True)["loss"].item() for row in (few, many)]
    assert found == pytest.approx(sum(sums) / (3 + 60), rel=1e-5)
    assert found != pytest.approx((sums[0] / 3 + sums[1] / 60) / 2, rel=1e-3), "a mean of means would be another"
    assert trainer.state.log_history[-1]["eval_loss"] == found


def test_every_step_is_logged_with_its_pace(model, tmp_path):
    trainer = packed_trainer(model, ROWS, tmp_path, step=4, budget=64, num_train_epochs=2.0)
    trainer.train()
    log = [entry for entry in trainer.state.log_history if "loss" in entry]
    assert [entry["step"] for entry in log] == [1, 2, 3, 4]
    assert all(entry["tokens_per_second"] > 0 for entry in log)
    assert sorted(entry["seconds"] for entry in log) == [entry["seconds"] for entry in log]


def test_a_finished_training_is_taken_over_without_a_step(tiny_base, fp32, tmp_path):
    first = moved_model(tiny_base)
    trained = packed_trainer(first, ROWS, tmp_path, step=4, budget=64, num_train_epochs=2.0, save_strategy="steps")
    trained.train()
    again = packed_trainer(moved_model(tiny_base), ROWS, tmp_path, step=4, budget=64)
    again.adopt(tmp_path / "checkpoint-4")
    assert again.state.log_history == trained.state.log_history[:4]
    ids = torch.tensor([ROWS[0].input_ids])
    with torch.inference_mode():
        assert torch.equal(first.eval()(input_ids=ids).logits, again.model.eval()(input_ids=ids).logits)


@pytest.mark.filterwarnings("ignore")  # TRL and datasets have theirs
def test_twenty_steps_are_those_of_trl(tiny_base, fp32, tmp_path):
    """The same rows in the same order, the same first weights: TRL's loss curve is ours."""
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    rows = random_rows(*[10 + 7 * n % 40 for n in range(80)])
    model = moved_model(tiny_base, init_lora_weights="true")
    theirs_model = copy.deepcopy(model)
    same = {"train_sampling_strategy": "sequential", "learning_rate": 1e-2, "lr_scheduler_type": "cosine"}
    ours = packed_trainer(model, rows, tmp_path / "ours", step=4, budget=64, **same)
    ours.train()
    theirs = SFTTrainer(
        model=theirs_model,
        args=SFTConfig(
            **arguments(tmp_path / "theirs", 4, **same),
            max_length=None,
            padding_free=True,
            gradient_checkpointing=False,
            bf16=False,
        ),
        train_dataset=Dataset.from_list(
            [{"input_ids": row.input_ids, "labels": row.labels, "seq_lengths": [len(row.input_ids)]} for row in rows]
        ),
        processing_class=AutoTokenizer.from_pretrained(tiny_base),
    )
    theirs.train()
    curves = [[entry["loss"] for entry in run.state.log_history if "loss" in entry] for run in (ours, theirs)]
    assert len(curves[0]) == 20
    assert curves[0][-1] < curves[0][0]
    assert curves[0] == pytest.approx(curves[1], abs=1e-3)
