"""What is seen of a training while it runs, and how it is stopped."""

import io
import json
import os
import signal
import threading

import pytest
from transformers import TrainerCallback, TrainerControl, TrainerState

from phi4.progress import Progress
from phi4.training.watch import Samples, StopWhenAsked, Watch
from tests.training.kit import moved_model, packed_trainer, random_rows

ROWS = random_rows(12, 9, 14, 8)


class At(TrainerCallback):
    """Does something in the middle of a step."""

    def __init__(self, step, action):
        self._step, self._action = step, action

    def on_pre_optimizer_step(self, args, state, control, **_):
        if state.global_step + 1 == self._step:
            self._action()


@pytest.fixture
def trainer(tiny_base, fp32, tmp_path):
    """Four steps, evaluated after the second and the fourth."""
    return packed_trainer(
        moved_model(tiny_base), ROWS, tmp_path, step=1, budget=32, held_out=ROWS[:1], eval_strategy="steps",
        eval_steps=2, save_strategy="steps", save_steps=100,
    )  # fmt: skip


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_step_is_a_line_of_metrics_at_once(trainer, tmp_path):
    seen = []
    trainer.add_callback(Watch(tmp_path))
    trainer.add_callback(At(3, lambda: seen.extend(lines(tmp_path))))
    trainer.train()
    assert [entry["step"] for entry in seen if "loss" in entry] == [1, 2], "before the third step is done"
    assert [entry["step"] for entry in lines(tmp_path) if "eval_loss" in entry] == [2, 4]


def test_the_progress_line_tells_steps_time_left_loss_and_pace(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    watch, stream = Watch(tmp_path), Terminal()
    watch.bar = Progress("training", 40, "steps", stream, done=10)
    watch.bar._shown = 0.0  # not drawn a moment ago
    state = TrainerState(global_step=11, max_steps=40)
    watch.on_log(None, state, TrainerControl(), {"loss": 1.23456, "tokens_per_second": 789.4})
    line = stream.getvalue()
    assert "training: 11/40 steps" in line
    assert " left · loss 1.235 · 789 tokens/s" in line


def test_only_the_first_process_writes_and_speaks(tmp_path, capsys):
    other = TrainerState(global_step=1, max_steps=2, is_world_process_zero=False)
    Watch(tmp_path).on_log(None, other, TrainerControl(), {"loss": 1.0, "tokens_per_second": 1.0})
    Samples(lambda: [("가?", "나.")], lambda: Progress("", 1)).on_evaluate(
        None, other, TrainerControl(), {"eval_loss": 1.0}
    )
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out == ""


def test_an_evaluation_shows_its_loss_and_what_the_model_answers(trainer, tmp_path, capsys):
    watch = Watch(tmp_path)
    trainer.add_callback(watch)
    trainer.add_callback(Samples(lambda: [("무엇입니까?", "답입니다.")], lambda: watch.bar))
    trainer.train()
    loss = [entry["eval_loss"] for entry in lines(tmp_path) if "eval_loss" in entry]
    said = capsys.readouterr().out
    assert f"step 2/4: held-out loss {loss[0]:.3f}\n   Q 무엇입니까?\n   A 답입니다." in said
    assert f"step 4/4: held-out loss {loss[1]:.3f}" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_training_after_the_step_with_a_checkpoint(trainer, tmp_path, number):
    before = signal.getsignal(number)
    stop = StopWhenAsked()
    trainer.add_callback(stop)
    trainer.add_callback(At(3, lambda: os.kill(os.getpid(), number)))
    trainer.train()
    stop.release()
    assert stop.asked
    assert trainer.state.global_step == 3
    assert (tmp_path / "checkpoint-3" / "trainer_state.json").is_file()
    assert signal.getsignal(number) is before


def test_asked_twice_it_ends_at_once(trainer):
    before = signal.getsignal(signal.SIGTERM)
    trainer.add_callback(StopWhenAsked())
    trainer.add_callback(At(2, lambda: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(2)]))
    with pytest.raises(KeyboardInterrupt):
        trainer.train()
    assert trainer.state.global_step == 1
    assert signal.getsignal(signal.SIGTERM) is before


def test_in_a_thread_that_may_not_have_signals_training_goes_on(trainer):
    stop = StopWhenAsked()
    trainer.add_callback(stop)
    thread = threading.Thread(target=trainer.train)
    thread.start()
    thread.join()
    assert trainer.state.global_step == 4
    assert not stop.asked
