"""``transformers.Trainer`` with our own step: packed rows, label-only loss, a ladder for memory.

One batch of the data loader is one optimizer step. Inside it the samples are packed into as many
forward passes as the memory allows, so the samples of a step, and their order, never depend on
memory; and a step that ran out of memory is simply done again one rung lower.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainerState

from phi4.errors import TrainingError, first_line
from phi4.training.checkpoints import STATE
from phi4.training.ladder import Ladder, out_of_memory
from phi4.training.packing import labels_in, pack, packed_tensors
from phi4.training.rows import Row


class PackedTrainer(Trainer):  # type: ignore[misc]  # transformers is not typed
    """Trains on ``Row`` objects; the model must have learned ``label_loss`` (``teach_label_loss``)."""

    loss_is_scaled_for_ga = True  # our loss is over the labels of the whole step

    def __init__(
        self, *, ladder: Ladder, held_out: Sequence[Row], seconds_before: float = 0.0, **arguments: Any
    ) -> None:
        super().__init__(data_collator=list, **arguments)
        self.ladder, self.held_out = ladder, list(held_out)
        self._began = time.monotonic() - seconds_before
        self._tokens = 0  # trained in this process since the last log
        self._logged_at = time.monotonic()

    def adopt(self, checkpoint: Path) -> None:
        """Take over a training that reached its last step: its best weights and its history, no step anew."""
        self.state = TrainerState.load_from_json(str(checkpoint / STATE))
        best = Path(self.state.best_model_checkpoint or checkpoint)
        self.model.load_adapter(str(best if best.is_dir() else checkpoint), "default", is_trainable=True)

    def training_step(self, model: Any, inputs: list[Row], num_items_in_batch: Any = None) -> torch.Tensor:
        """One optimizer step's worth of gradients; returns the mean loss per label of the step.

        Raises ``TrainingError`` for a loss that is no number, naming step and rows, and when memory
        does not suffice even on the last rung.
        """
        rows = [row if isinstance(row, Row) else Row(*row) for row in inputs]
        model.train()
        total = self._over_processes(labels_in(rows))
        self._tokens += sum(len(row.input_ids) for row in rows)
        noise = _noise()
        while (loss := self._attempt(model, rows, total)) is None:
            _restore(noise)  # the same dropout as in the attempt that failed
            torch.cuda.empty_cache()  # here, where no traceback holds its activations any more
        if not torch.isfinite(loss):
            ids = ", ".join(row.id for row in rows)
            raise TrainingError(
                f"the loss became {loss.item()} at step {self.state.global_step + 1} (rows {ids})",
                "lower --learning-rate, or look at these rows in train.jsonl",
            )
        return loss

    def _attempt(self, model: Any, rows: list[Row], total: int) -> torch.Tensor | None:
        """The step's loss and gradients; ``None`` when memory did not suffice and there is a lower rung."""
        try:
            return self._gradients(model, rows, total)
        except torch.OutOfMemoryError as error:
            model.zero_grad(set_to_none=True)
            if self.accelerator.num_processes > 1 or not self.ladder.down(self.model):
                raise out_of_memory(first_line(error)) from error
        return None

    def _gradients(self, model: Any, rows: list[Row], total: int) -> torch.Tensor:
        packs = pack(rows, self.ladder.budget)
        scale = self.accelerator.num_processes / total  # DistributedDataParallel averages over processes
        nll = torch.zeros((), device=self.args.device)
        for number, group in enumerate(packs, start=1):
            tensors = {name: value.to(self.args.device) for name, value in packed_tensors(group).items()}
            last = number == len(packs)
            with contextlib.nullcontext() if last else self.accelerator.no_sync(model):
                loss = model(**tensors, label_loss=True)["loss"]
                self.accelerator.backward(loss * scale)
            nll += loss.detach()
        mean: torch.Tensor = nll * scale
        return mean

    def _over_processes(self, count: int) -> int:
        if self.accelerator.num_processes == 1:
            return count
        return int(self._sum(torch.tensor([count], device=self.args.device)).item())

    def _sum(self, value: torch.Tensor) -> torch.Tensor:
        """The sum over all processes, the same to the bit in each."""
        total: torch.Tensor = self.accelerator.gather(value.unsqueeze(0)).sum(dim=0)
        return total

    def evaluate(self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval") -> Any:
        """Mean loss per label over all held-out rows, each label counting once."""
        self.model.eval()
        found = torch.zeros(2, device=self.args.device)  # nats, labels
        with torch.inference_mode():
            for group in pack(self.held_out, self.ladder.budget)[self.args.process_index :: self.args.world_size]:
                tensors = {name: value.to(self.args.device) for name, value in packed_tensors(group).items()}
                found[0] += self.model(**tensors, label_loss=True)["loss"]
                found[1] += labels_in(group)
        nll, labels = self._sum(found).tolist()
        metrics = {f"{metric_key_prefix}_loss": nll / labels}
        self.log(metrics)
        self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)  # changes it in place
        return metrics

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add what a person waiting wants to know: seconds so far, tokens per second."""
        now = time.monotonic()
        if "loss" in logs:
            tokens = self._tokens * self.accelerator.num_processes
            logs["tokens_per_second"] = round(tokens / max(now - self._logged_at, 1e-6), 1)
            self._tokens, self._logged_at = 0, now
        logs["seconds"] = round(now - self._began, 2)
        super().log(logs, start_time)
        self._logged_at = time.monotonic() if "eval_loss" in logs else self._logged_at

    def floating_point_ops(self, inputs: Any) -> int:
        """Not counted: the Trainer's way needs tensors of one shape."""
        return 0


def _noise() -> tuple[torch.Tensor, list[torch.Tensor]]:
    return torch.get_rng_state(), torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []


def _restore(noise: tuple[torch.Tensor, list[torch.Tensor]]) -> None:
    torch.set_rng_state(noise[0])
    if noise[1]:
        torch.cuda.set_rng_state_all(noise[1])
