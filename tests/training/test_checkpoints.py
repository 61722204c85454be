"""Checkpoints: the newest whole one is gone on from, a run of another shape is refused."""

import json
import shutil

import pytest

from phi4.errors import TrainingError, WorkspaceError
from phi4.paths import Workspace
from phi4.training import checkpoints
from phi4.training.checkpoints import is_finished, newest_complete, number_format, only_training, open_run, run_folder
from tests.training.kit import moved_model, packed_trainer, random_rows

SHAPE = {"learning_rate": 0.01, "train.jsonl": "abc", "seed": 0}


@pytest.fixture(scope="module")
def saved(tiny_base, tmp_path_factory):
    """Two checkpoints of a real training: of steps 2 and 4 of 4."""
    folder = tmp_path_factory.mktemp("saved")
    model = moved_model(tiny_base)
    rows = random_rows(9, 12, 8, 11)
    packed_trainer(model, rows, folder, step=1, budget=32, save_strategy="steps", save_steps=2).train()
    return folder


@pytest.fixture
def run(saved, tmp_path):
    """An unfinished run of ``SHAPE`` with these checkpoints."""
    folder = tmp_path / "models" / ".bot.run"
    assert open_run(folder, SHAPE, fresh=False) is None
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    return folder


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_run_has_its_folder_beside_the_adapter(tmp_path):
    assert run_folder(Workspace(tmp_path), "bot") == tmp_path / "models" / ".bot.run"


def test_an_adapter_has_one_training_at_a_time_and_its_lock_goes_with_it(tmp_path):
    place = Workspace(tmp_path)
    with only_training(place, "bot"):
        with only_training(place, "another"):
            pass
        with pytest.raises(WorkspaceError, match="another training of the adapter 'bot' is at work") as caught:
            only_training(place, "bot").__enter__()
        assert "phi4 train --adapter NAME" in caught.value.hint
    assert list(place.models.iterdir()) == []
    with only_training(place, "bot"):
        pass


def test_of_processes_that_train_together_only_the_first_holds_the_lock(tmp_path, monkeypatch):
    place = Workspace(tmp_path)
    with only_training(place, "bot"), monkeypatch.context() as patch:
        patch.setattr(checkpoints, "number", lambda: 1)
        with only_training(place, "bot"):
            pass
        assert (place.models / ".bot.lock").is_dir(), "the first one still holds it"


def test_the_newest_checkpoint_is_gone_on_from(run):
    assert open_run(run, SHAPE, fresh=False) == run / "checkpoint-4"
    (run / "checkpoint-4").rename(run / "checkpoint-10")  # later than 2 by number, not by name
    assert newest_complete(run) == run / "checkpoint-10"


@pytest.mark.parametrize(
    "name", ["adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"]
)
@pytest.mark.parametrize("damage", [cut, lambda path: path.unlink()], ids=["cut in half", "missing"])
def test_instead_of_an_incomplete_checkpoint_the_one_before_it_is_used_and_that_is_said(run, capsys, name, damage):
    damage(run / "checkpoint-4" / name)
    assert open_run(run, SHAPE, fresh=False) == run / "checkpoint-2"
    assert not (run / "checkpoint-4").exists()
    said = capsys.readouterr().out
    assert "checkpoint-4 is incomplete" in said
    assert "the one before it is used" in said


def test_without_any_whole_checkpoint_the_run_starts_over_and_says_so(run, capsys):
    for checkpoint in run.glob("checkpoint-*"):
        cut(checkpoint / "optimizer.pt")
    assert open_run(run, SHAPE, fresh=False) is None
    assert [path.name for path in run.iterdir()] == ["run.json"]
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("the one before it is used")
    assert second.endswith("starting over")


def test_a_changed_byte_in_the_middle_is_noticed(run):
    path = run / "checkpoint-4" / "optimizer.pt"
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle] ^= 0xFF
    path.write_bytes(whole)
    assert newest_complete(run) == run / "checkpoint-2"


def test_of_several_processes_each_needs_its_own_noise(run, capsys):
    for checkpoint in run.glob("checkpoint-*"):
        (checkpoint / "rng_state.pth").rename(checkpoint / "rng_state_0.pth")
    shutil.copyfile(run / "checkpoint-2" / "rng_state_0.pth", run / "checkpoint-2" / "rng_state_1.pth")
    (run / "run.json").write_text(json.dumps({**SHAPE, "processes": 2}), encoding="utf-8")
    assert open_run(run, {**SHAPE, "processes": 2}, fresh=False) == run / "checkpoint-2"
    assert "checkpoint-4 is incomplete" in capsys.readouterr().out


def test_other_settings_or_data_are_refused_by_name(run):
    with pytest.raises(TrainingError) as caught:
        open_run(run, {**SHAPE, "learning_rate": 0.5, "train.jsonl": "xyz"}, fresh=False)
    assert "learning_rate 0.01 → 0.5; train.jsonl abc → xyz" in caught.value.message
    assert "seed" not in caught.value.message
    assert "phi4 train --fresh" in caught.value.hint
    assert (run / "checkpoint-4").is_dir(), "nothing is lost by asking"


def test_a_run_keeps_its_number_format_and_only_another_device_is_refused(run):
    begun, now = ({**SHAPE, "device": f"cpu {name}"} for name in ("bf16", "fp32"))
    (run / "run.json").write_text(json.dumps(begun), encoding="utf-8")
    assert open_run(run, now, fresh=False) == run / "checkpoint-4"
    assert number_format(run) == "bf16"
    with pytest.raises(TrainingError, match=r"settings: device cpu → cuda\n"):
        open_run(run, {**SHAPE, "device": "cuda bf16"}, fresh=False)
    assert open_run(run, now, fresh=True) is None
    assert number_format(run) == "fp32"


def test_a_run_of_two_processes_is_not_gone_on_with_by_one(run):
    for checkpoint in run.glob("checkpoint-*"):
        shutil.copyfile(checkpoint / "rng_state.pth", checkpoint / "rng_state_1.pth")
        (checkpoint / "rng_state.pth").rename(checkpoint / "rng_state_0.pth")
    (run / "run.json").write_text(json.dumps({**SHAPE, "processes": 2}), encoding="utf-8")
    with pytest.raises(TrainingError, match="processes 2 → 1"):
        open_run(run, {**SHAPE, "processes": 1}, fresh=False)
    assert newest_complete(run, 2) == run / "checkpoint-4"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "models").write_text("a file", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"cannot write '.*run\.json'"):
        open_run(tmp_path / "models" / ".bot.run", SHAPE, fresh=False)


def test_fresh_starts_over_with_whatever_settings(run):
    changed = {**SHAPE, "seed": 5}
    assert open_run(run, changed, fresh=True) is None
    assert not list(run.glob("checkpoint-*"))
    assert json.loads((run / "run.json").read_text(encoding="utf-8")) == changed


def test_a_run_without_a_checkpoint_may_change_its_settings(tmp_path):
    folder = tmp_path / ".bot.run"
    assert open_run(folder, SHAPE, fresh=False) is None
    assert open_run(folder, {**SHAPE, "seed": 5}, fresh=False) is None
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["seed"] == 5


def change(checkpoint, **entries):
    path = checkpoint / "trainer_state.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **entries}), encoding="utf-8")


def stopping(waited):
    return {
        "EarlyStoppingCallback": {
            "args": {"early_stopping_patience": 3, "early_stopping_threshold": 0.0},
            "attributes": {"early_stopping_patience_counter": waited},
        }
    }


def test_a_run_is_finished_at_its_last_step_or_when_the_patience_is_used_up(run):
    assert is_finished(run / "checkpoint-4")
    assert not is_finished(run / "checkpoint-2")
    change(run / "checkpoint-2", stateful_callbacks=stopping(2))
    assert not is_finished(run / "checkpoint-2")
    change(run / "checkpoint-2", stateful_callbacks=stopping(3))
    assert is_finished(run / "checkpoint-2")
