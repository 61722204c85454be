"""How to fit into memory: the fastest of four ways that a dry run on the longest row survives.

Without checkpointing a 3B in NF4 needs 2.1 to 2.6 GiB for the activations of 512 tokens, and saves
the third of all work that recomputing them costs; so it is tried first, not last.
"""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass
from typing import Any

import torch

from phi4.errors import TrainingError
from phi4.training.packing import pack, packed_tensors
from phi4.training.rows import Row


@dataclass(frozen=True)
class Rung:
    """One way of fitting. ``every`` n-th layer is recomputed (0: none)."""

    name: str
    every: int


RUNGS = (Rung("no checkpointing", 0), Rung("every second layer", 2), Rung("every layer", 1))
REMEDIES = (
    "1. per_device_train_batch_size=1: phi4 train --per-device-train-batch-size 1\n"
    "  2. shorter rows: phi4 train --max-length 256\n"
    "  3. end other GPU processes: nvidia-smi"
)


@dataclass(frozen=True)
class Trial:
    """What one rung took for a forward, a backward, an optimizer step and an evaluation."""

    rung: str
    budget: int  # tokens of a forward pass
    fits: bool
    peak_bytes: int
    seconds: float


class Ladder:
    """The rung that a training stands on, and the tokens of one forward pass.

    A rung changes what is recomputed and how a step's samples are grouped, never which samples are
    in a step: a run that goes down is the same run.
    """

    def __init__(self, budget: int, longest: int) -> None:
        self.budget, self._longest = budget, longest
        self._rung = 0

    @property
    def name(self) -> str:
        return f"{RUNGS[self._rung].name}, {self.budget} tokens a pass"

    def stand(self, model: Any, rung: int = 0) -> None:
        """Switch the model to a rung."""
        self._rung = rung
        recompute(model, RUNGS[rung].every)

    def down(self, model: Any) -> bool:
        """One rung lower; ``False`` at the bottom, where a pass is one sample."""
        if self._rung + 1 < len(RUNGS):
            self.stand(model, self._rung + 1)
        elif self.budget > self._longest:
            self.budget = max(self._longest, self.budget // 2)
        else:
            return False
        print(f"out of memory: going on with {self.name}; the samples of a step stay the same", file=sys.stderr)
        return True

    def choose(self, model: Any, rows: list[Row], device: str, dtype: torch.dtype) -> None:
        """Go down until a dry run fits. Raises ``TrainingError`` with the remedies at the bottom."""
        self.stand(model)
        while not (trial := try_rung(model, rows, self.budget, device, dtype, RUNGS[self._rung].name)).fits:
            if not self.down(model):
                raise out_of_memory(f"the longest row ({self._longest} tokens) does not fit with {trial.rung}")


def out_of_memory(what: str, remedies: str = REMEDIES) -> TrainingError:
    """What to say when there is no lower rung."""
    return TrainingError(f"torch.cuda.OutOfMemoryError: {what}", remedies)


def estimate(model: Any, rows: list[Row], budget: int, device: str, dtype: torch.dtype) -> list[Trial]:
    """Every rung tried once; the model is left as it was."""
    trials = []
    for rung in RUNGS:
        recompute(model, rung.every)
        trials.append(try_rung(model, rows, budget, device, dtype, rung.name))
    recompute(model, 0)
    return trials


def try_rung(model: Any, rows: list[Row], budget: int, device: str, dtype: torch.dtype, name: str) -> Trial:
    """A forward, a backward, an optimizer step and an evaluation on the fullest packed row.

    The step has a learning rate and gradients of 0 and its noise is taken back: nothing of the model changes.
    """
    fullest = max(pack(rows, budget), key=lambda group: sum(len(row.input_ids) for row in group))
    tensors = {key: value.to(device) for key, value in packed_tensors(fullest).items()}
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=0.0, weight_decay=0.0)
    mixed = torch.autocast(device, dtype, enabled=device == "cuda")
    fits, seconds = True, 0.0
    _reset_peak(device)
    try:
        with torch.random.fork_rng(), mixed:
            start = time.perf_counter()
            model.train()
            model(**tensors, label_loss=True)["loss"].backward()
            _wait(device)
            seconds = time.perf_counter() - start
            for weight in weights:
                if weight.grad is not None:
                    weight.grad.zero_()  # 0 times infinity would be a weight that is no number
            optimizer.step()
            model.eval()
            with torch.inference_mode():
                model(**tensors, label_loss=True)
    except torch.OutOfMemoryError:
        fits = False
    peak = _peak(device)
    model.zero_grad(set_to_none=True)
    del optimizer, tensors
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    return Trial(name, budget, fits, peak, seconds)


def recompute(model: Any, every: int) -> None:
    """Keep no activations of every ``every``-th layer, but compute them again in the backward pass (0: keep all)."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    if every:
        inner.activation_checkpointing_enable({"use_reentrant": False}, every_n_layers=every)
    elif inner.is_activation_checkpointing:
        inner.activation_checkpointing_disable()


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()  # else only the launching of the work is timed


def _reset_peak(device: str) -> None:
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        return
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")  # Linux: forget the peak so far (proc(5))
    except OSError:
        pass  # elsewhere the peak is that of the whole process


def _peak(device: str) -> int:
    """Bytes: of the GPU's memory, or of the process on a CPU."""
    if device == "cuda":
        return int(torch.cuda.max_memory_allocated())
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
