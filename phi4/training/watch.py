"""What a person sees while a training runs, and how it stops when asked to."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from phi4.progress import Progress
from phi4.training import processes


class Watch(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Progress with ETA; every log entry also as a line of ``metrics.jsonl`` while it runs."""

    def __init__(self, folder: Path) -> None:
        self.bar = Progress("training", 0, "steps")
        self._file = folder / "metrics.jsonl"

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.bar = Progress("training", state.max_steps, "steps", done=state.global_step)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: dict[str, float], **_: Any
    ) -> None:
        if not state.is_world_process_zero:
            return
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": state.global_step, **logs}) + "\n")
        if "loss" in logs:
            note = f"· loss {logs['loss']:.3f} · {logs['tokens_per_second']:.0f} tokens/s"
            self.bar.step(state.global_step - self.bar.done, note)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.bar.clear()


class Samples(TrainerCallback):  # type: ignore[misc]
    """At each evaluation: its loss, and what the model answers by now."""

    def __init__(self, ask: Callable[[], Sequence[tuple[str, str]]], bar: Callable[[], Progress]) -> None:
        self._ask, self._bar = ask, bar

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, metrics: dict[str, float], **_: Any
    ) -> None:
        if not state.is_world_process_zero:
            return
        self._bar().clear()
        print(f"   step {state.global_step}/{state.max_steps}: held-out loss {metrics['eval_loss']:.3f}")
        for question, answer in self._ask():
            print(f"   Q {question}\n   A {answer}", flush=True)


class StopWhenAsked(TrainerCallback):  # type: ignore[misc]
    """SIGTERM and Ctrl-C end the training after the step at hand, with a checkpoint, in all processes."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._stop)

    def _stop(self, number: int, frame: object) -> None:
        if self.asked:  # asked twice: at once
            self.release()
            raise KeyboardInterrupt
        self.asked = True

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.asked = processes.any_of_us(self.asked, args.device)
        if self.asked:
            control.should_save = control.should_training_stop = True

    def release(self) -> None:
        """Give the signals back to whom they belonged."""
        while self._before:
            signal.signal(*self._before.popitem())
