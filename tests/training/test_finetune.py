"""A whole training on a tiny model: the files, the numbers, and what stops it."""

import hashlib
import json
import math
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from phi4.chat_format import FORMAT_HASH, ChatTokenizer
from phi4.engines.precision import dtype_named
from phi4.errors import RecordError, TrainingError, WeightsError, WorkspaceError
from phi4.jsonl import read_jsonl
from phi4.records import Example
from phi4.training import estimate_training, train_adapter
from phi4.training.checkpoints import only_training, run_folder
from phi4.training.rows import make_rows
from tests.training.kit import make_workspace, options


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path)


def test_training_lowers_the_loss_and_leaves_the_manuals_files(workspace, tiny_base, capsys):
    facts = train_adapter(workspace, options(tiny_base))
    folder = workspace.models / "bot"
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "adapter_config.json", "adapter_model.safetensors", "tokenizer.json", "chat_template.jinja",
        "phi4.json", "metrics.jsonl", "loss.png",
    }  # fmt: skip
    assert facts["metrics"]["last_loss"] < 0.7 * facts["metrics"]["first_loss"]
    assert facts["chat_format"] == FORMAT_HASH
    assert facts["data"]["files"] == ["medical/aspirin.txt"]
    assert json.loads((folder / "phi4.json").read_text(encoding="utf-8")) == facts
    log = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [entry["step"] for entry in log] == list(range(1, 17))
    assert all(math.isfinite(entry["loss"]) for entry in log)
    assert (folder / "loss.png").read_bytes().startswith(b"\x89PNG")
    modes = {path.stat().st_mode for path in folder.iterdir()}
    assert len(modes) == 1, "a server that runs as somebody else can read all or none"
    assert not list(workspace.models.glob(".*")), "no half-written folder is left"
    assert "💾 Saved to: models/bot" in capsys.readouterr().out


def test_two_trainings_with_one_seed_are_the_same(workspace, tiny_base):
    few = options(tiny_base, num_train_epochs=1.0, lora_dropout=0.1)
    first, second = (train_adapter(workspace, few)["metrics"] for _ in range(2))
    assert (first["first_loss"], first["last_loss"]) == (second["first_loss"], second["last_loss"])


def test_accumulated_rows_give_the_loss_of_one_batch(workspace, tiny_base):
    """4 x 1 and 1 x 4 rows are one optimizer step; the loss is normalised by the labels of the whole step."""
    one_epoch = {"num_train_epochs": 1.0}
    many = train_adapter(workspace, options(tiny_base, gradient_accumulation_steps=4, **one_epoch))
    once = train_adapter(
        workspace, options(tiny_base, per_device_train_batch_size=4, gradient_accumulation_steps=1, **one_epoch)
    )
    assert many["metrics"]["first_loss"] == pytest.approx(once["metrics"]["first_loss"], abs=1e-4)


def test_the_adapter_answers_what_it_was_taught(workspace, tiny_base):
    from phi4.chat import open_chatbot, read_adapter
    from phi4.records import Message

    train_adapter(workspace, options(tiny_base, num_train_epochs=16.0))
    with open_chatbot(read_adapter(workspace.models / "bot"), "", 64) as bot:
        reply = bot.reply([Message(role="user", content="2번 약은 무엇을 억제합니까?")])
        before = bot.reply([Message(role="user", content="2번 약은 무엇을 억제합니까?")], tuned=False)
    assert (reply.reasoning_steps, reply.answer, reply.finish_reason) == (("억제합니다.",), "응집입니다.", "stop")
    assert before.answer != reply.answer


def full(*args, **kwargs):
    raise OSError(28, "No space left on device")


def log_of(workspace):
    lines = (workspace.models / "bot" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def losses(workspace):
    return [entry["loss"] for entry in log_of(workspace) if "loss" in entry]


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ({"num_train_epochs": 1.0}, 2),
        ({"num_train_epochs": 1.5}, 3),  # its last step is in the middle of an epoch
        ({"learning_rate": 1e-12, "held_out": 0.2, "early_stopping_patience": 1, "num_train_epochs": 4.0}, 8),
    ],
    ids=["planned steps", "half an epoch", "stopped early"],
)
def test_a_failed_write_leaves_the_earlier_adapter_and_is_made_good_without_a_step_anew(
    tmp_path, tiny_base, monkeypatch, changes, steps
):
    workspace = make_workspace(tmp_path, wordings=3 if "held_out" in changes else 1)
    before = train_adapter(workspace, options(tiny_base, num_train_epochs=1.0, seed=5))
    few = options(tiny_base, **changes)
    with monkeypatch.context() as patch:
        patch.setattr("phi4.training.artifacts.shutil.copyfile", full)
        with pytest.raises(TrainingError, match="No space left"):
            train_adapter(workspace, few)
    assert json.loads((workspace.models / "bot" / "phi4.json").read_text(encoding="utf-8")) == before
    assert [path.name for path in workspace.models.glob(".*")] == [".bot.run"]

    def no_step(*_):
        raise AssertionError("a step was trained anew")

    with monkeypatch.context() as patch:
        patch.setattr("phi4.training.trainer.PackedTrainer.training_step", no_step)
        assert train_adapter(workspace, few)["metrics"]["steps"] == steps
    assert not list(workspace.models.glob(".*"))
    found = losses(workspace)
    train_adapter(workspace, few)
    assert found == losses(workspace)


@contextmanager
def full_at_the_third_checkpoint(monkeypatch, error):
    """The disk is full at step 6 of 8, where a checkpoint comes after every second."""
    plain = torch.save

    def save(what, path, **rest):
        plain(what, path, **rest)
        if "checkpoint-6" in str(path):
            with open(path, "r+b") as file:
                file.truncate(100)
            raise error

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", save)
        with pytest.raises(TrainingError, match="cannot write a checkpoint to") as caught:
            yield caught


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("PytorchStreamWriter failed")])
def test_a_disk_that_is_full_at_a_checkpoint_costs_the_steps_since_the_last_one(
    workspace, tiny_base, monkeypatch, capsys, error
):
    """8 steps, a checkpoint after every second; the third cannot be written."""
    few = options(tiny_base, num_train_epochs=4.0, lora_dropout=0.1)
    train_adapter(workspace, few)
    undisturbed = losses(workspace)
    with full_at_the_third_checkpoint(monkeypatch, error) as caught:
        train_adapter(workspace, few)
    assert "free some disk space" in caught.value.hint
    assert losses(workspace) == undisturbed, "the last good adapter stays"
    capsys.readouterr()
    train_adapter(workspace, few)
    assert losses(workspace) == undisturbed
    said = capsys.readouterr().out
    assert "checkpoint-6 is incomplete" in said
    assert "going on from step 4" in said


@pytest.mark.parametrize("formats", [("fp32", "bf16"), ("bf16", "fp32")], ids="-then-".join)
def test_an_interrupted_training_goes_on_in_the_format_that_it_began_with(workspace, tiny_base, monkeypatch, formats):
    """Which one is fastest on a CPU is timed anew by every process."""
    few = options(tiny_base, num_train_epochs=4.0)
    began, now = (lambda device, name=name: dtype_named(name) for name in formats)
    monkeypatch.setattr("phi4.training.finetune.compute_dtype", began)
    train_adapter(workspace, few)
    undisturbed = losses(workspace)
    with full_at_the_third_checkpoint(monkeypatch, OSError(28, "No space left on device")):
        train_adapter(workspace, few)
    monkeypatch.setattr("phi4.training.finetune.compute_dtype", now)
    train_adapter(workspace, few)
    assert losses(workspace) == undisturbed
    train_adapter(workspace, few)
    assert losses(workspace) != undisturbed, "a new training takes what is fastest now"


def test_an_unfinished_training_of_other_settings_is_refused_until_it_is_given_up(workspace, tiny_base, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("phi4.training.artifacts.shutil.copyfile", full)
        with pytest.raises(TrainingError, match="No space left"):
            train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    other = options(tiny_base, num_train_epochs=1.0, learning_rate=0.5)
    with pytest.raises(TrainingError, match=r"other settings: learning_rate 0\.01 → 0\.5\n"):
        train_adapter(workspace, other)
    make_workspace(workspace.root, facts=5)
    with pytest.raises(TrainingError, match=r"other settings: train\.jsonl"):
        train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    assert train_adapter(workspace, other, fresh=True)["settings"]["learning_rate"] == 0.5


def test_the_adapter_tells_the_hash_of_the_rows_that_it_was_trained_on(workspace, tiny_base, monkeypatch):
    """A ``generate`` puts other rows in place while these are tokenised."""
    trained = hashlib.sha256(workspace.train_file.read_bytes()).hexdigest()

    def meanwhile(*arguments):
        make_workspace(workspace.root, facts=5)
        return make_rows(*arguments)

    monkeypatch.setattr("phi4.training.finetune.make_rows", meanwhile)
    facts = train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    assert (facts["data"]["sha256"], facts["data"]["rows"]) == (trained, 4)
    assert hashlib.sha256(workspace.train_file.read_bytes()).hexdigest() != trained


def test_a_second_training_of_an_adapter_is_refused_and_leaves_the_first_ones_folder_alone(workspace, tiny_base):
    mine = run_folder(workspace, "bot") / "run.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("the first one's", encoding="utf-8")
    for fresh in (False, True):
        with only_training(workspace, "bot"), pytest.raises(WorkspaceError, match="adapter 'bot' is at work"):
            train_adapter(workspace, options(tiny_base), fresh)
    assert mine.read_text(encoding="utf-8") == "the first one's"


def test_held_out_rows_are_evaluated_answered_and_choose_the_adapter(tmp_path, tiny_base, fp32, capsys):
    """Steps far too large: the loss goes up and down, and the adapter is the one of the best evaluation."""
    workspace = make_workspace(tmp_path, facts=6, wordings=3)
    stated = options(
        tiny_base, held_out=0.2, learning_rate=0.2, num_train_epochs=8.0, lr_scheduler_type="constant",
        gradient_accumulation_steps=3, system_prompt="친절히 답합니다.",
    )  # fmt: skip
    facts = train_adapter(workspace, stated)
    held_out = [entry["eval_loss"] for entry in log_of(workspace) if "eval_loss" in entry]
    assert len(held_out) == 5
    assert facts["metrics"]["held_out_rows"] == 3
    assert facts["metrics"]["held_out_loss"] == min(held_out)
    assert loss_of_adapter(workspace, stated) == pytest.approx(min(held_out), rel=1e-4)
    said = capsys.readouterr().out
    assert "3 rows held out" in said
    assert f"held-out loss {held_out[0]:.3f}" in said
    assert "Q 0번 약은 꼭 꼭 무엇을 억제합니까?" in said


def loss_of_adapter(workspace, stated):
    """The held-out loss of the adapter in the workspace, on a base loaded anew, by transformers' own loss."""
    base = AutoModelForCausalLM.from_pretrained(stated.model_name, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, workspace.models / stated.adapter).eval()
    examples = read_jsonl(workspace.train_file, Example, "")
    tokenizer = ChatTokenizer(Path(stated.model_name))
    rows = make_rows(examples, tokenizer, 512, stated.system_prompt, stated.held_out).held_out
    nats, count = 0.0, 0
    with torch.inference_mode():
        for row in rows:
            labels = sum(label != -100 for label in row.labels)
            loss = model(input_ids=torch.tensor([row.input_ids]), labels=torch.tensor([row.labels])).loss
            nats, count = nats + loss.item() * labels, count + labels
    return nats / count


def test_an_estimate_tells_memory_and_time_of_each_rung_and_trains_nothing(workspace, tiny_base, capsys):
    trials = estimate_training(workspace, options(tiny_base))
    assert [trial.fits for trial in trials] == [True, True, True]
    assert not workspace.models.exists()
    said = capsys.readouterr().out
    for name in ("no checkpointing", "every second layer", "every layer"):
        assert re.search(rf"{name} +peak \d\.\d GiB memory of the process, about 0:\d\d", said)


def test_tensorboard_has_the_curve_after_the_run(workspace, tiny_base, monkeypatch):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", "")
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR")  # and again after the test, which sets it
    facts = train_adapter(workspace, options(tiny_base, report_to="tensorboard", num_train_epochs=2.0))
    events = EventAccumulator(str(workspace.models / "runs" / "bot")).Reload()
    assert len(events.Scalars("train/loss")) == facts["metrics"]["steps"]


@pytest.mark.parametrize(
    "wrong", [{"report_to": "smoke"}, {"optim": "galore_adamw"}, {"lr_scheduler_type": "cosine_with_min_lr"}]
)
def test_a_setting_that_only_the_trainer_can_judge_is_refused_before_the_first_step(workspace, tiny_base, wrong):
    with pytest.raises(TrainingError, match="the Trainer refuses these settings"):
        train_adapter(workspace, options(tiny_base, **wrong))


def test_a_loss_that_is_no_number_stops_the_run_and_says_where(workspace, tiny_base):
    with pytest.raises(TrainingError, match=r"the loss became nan at step \d"):
        train_adapter(workspace, options(tiny_base, learning_rate=1e30, num_train_epochs=20.0))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (None, WorkspaceError, "there is no file"),
        ("", WorkspaceError, "is empty"),
        ('{"question": "가?", "reasoning_steps": ["나."], "answer": "다."}\n{"question": \n', RecordError, "line 2"),
        ('{"question": "가?", "answer": "다."}\n', RecordError, "line 1: reasoning_steps"),
    ],
)
def test_bad_data_is_named_before_a_model_is_loaded(workspace, text, error, words):
    if text is None:
        workspace.train_file.unlink()
    else:
        workspace.train_file.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        train_adapter(workspace, options("no-such-model"))


def test_an_unknown_base_model_is_named(workspace):
    with pytest.raises(WeightsError, match="no-such-model"):
        train_adapter(workspace, options("no-such-model"))


def test_a_folder_that_is_no_adapter_is_never_replaced_and_that_is_said_before_the_first_step(workspace, tiny_base):
    mine = workspace.models / "bot"
    mine.mkdir(parents=True)
    (mine / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(TrainingError, match="is no adapter"):
        train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    assert (mine / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in workspace.models.iterdir()] == ["bot"]
