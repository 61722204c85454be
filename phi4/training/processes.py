"""Several processes train one model (``accelerate launch``): which one speaks and writes, what all agree on.

Each works on its share of every step. Alone, a process is the first of one, and nothing here waits.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import torch
from accelerate import PartialState
from torch import distributed

from phi4.errors import TrainingError

SHARDING = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")


@contextlib.contextmanager
def joined(device: str) -> Iterator[None]:
    """Meet the processes that were launched together; those after the first print nothing meanwhile.

    Raises ``TrainingError`` for a launch that shards the model.
    """
    for name in SHARDING:
        if os.environ.get(name, "").lower() in ("true", "1"):
            raise TrainingError(
                f"{name} is set: a base that is sharded over processes cannot be trained here",
                "launch with one of deploy/accelerate/*.yaml, where every process holds the base in four bits",
            )
    PartialState(cpu=device == "cpu")
    with contextlib.ExitStack() as silence:
        if number():
            nowhere = silence.enter_context(open(os.devnull, "w", encoding="utf-8"))
            silence.enter_context(contextlib.redirect_stdout(nowhere))
        yield


def number() -> int:
    """This process, counted from 0; the first one speaks and writes."""
    return distributed.get_rank() if _several() else 0


def count() -> int:
    """How many train together."""
    return distributed.get_world_size() if _several() else 1


def wait() -> None:
    """Go on when all have come here."""
    if _several():
        distributed.barrier()


@contextlib.contextmanager
def first_goes_first() -> Iterator[bool]:
    """The first process does what is inside, then the others; gives whether this is the first."""
    first = number() == 0
    if not first:
        wait()
    yield first
    if first:
        wait()


def any_of_us(flag: bool, device: torch.device) -> bool:
    """Whether it is so in one process at least; all of them must ask."""
    if not _several():
        return flag
    found = torch.tensor([float(flag)], device=device)
    distributed.all_reduce(found, distributed.ReduceOp.MAX)
    return bool(found.item())


def _several() -> bool:
    return distributed.is_available() and distributed.is_initialized()
