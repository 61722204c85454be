"""What an export is held against: the base with its adapter, as peft computes it, on the CPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phi4.engines.greedy import greedy_batch
from phi4.engines.protocol import Limits
from phi4.engines.torch_model import load_base, with_adapter
from phi4.errors import ExportError
from phi4.export.target import GIB
from phi4.machine import available_memory

LogProbabilities = NDArray[np.float32]  # [positions, vocabulary]
OVERHEAD = 2 * GIB  # the libraries, activations and distributions of a hundred words; measured (docs/log.md)


def memory_of(parameters: int) -> tuple[torch.dtype, int]:
    """The most exact number format in which a model of that size fits into memory here, and the bytes that it takes.

    Raises ``ExportError`` when none does.
    """
    for dtype, size in ((torch.float32, 4), (torch.bfloat16, 2)):
        needed = parameters * size + OVERHEAD
        if needed <= available_memory():
            return dtype, needed
    raise ExportError(
        f"to verify an export, base and adapter must fit into memory: {needed / GIB:.1f} GiB are needed, "
        f"{available_memory() / GIB:.1f} GiB are free",
        "end other programs, or export on a machine with more memory",
    )


class Reference:
    """A loaded model that gives log-probabilities; with an adapter, or without one."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def greedy(self, prompts: Sequence[Sequence[int]], tokens: int, end_id: int) -> list[list[int]]:
        """What it answers to each prompt, at most so many tokens."""
        limits = Limits(max_tokens=tokens, end_id=end_id)
        return [list(one.tokens) for one in greedy_batch(self._model, "cpu", prompts, limits)]

    def judge(self, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> list[LogProbabilities]:
        """For each answer, what it would have said at each of its tokens, those before it given."""
        found = []
        for prompt, answer in zip(prompts, answers, strict=True):
            ids = torch.tensor([[*prompt, *answer]])
            with torch.inference_mode():
                logits = self._model(input_ids=ids, logits_to_keep=len(answer) + 1, use_cache=False).logits
            found.append(torch.log_softmax(logits[0, :-1].float(), dim=-1).numpy())
        return found


@contextmanager
def loaded(folder: Path, adapter: Path | None, dtype: torch.dtype) -> Iterator[Reference]:
    """The model of a folder, with an adapter or not; its memory is given back at the end.

    Raises ``EngineError``, and ``AdapterError`` for an adapter of another base.
    """
    model = load_base(folder, "cpu", dtype)
    if adapter is not None:
        model = with_adapter(model, adapter, folder)
    reference = Reference(model.eval())
    del model
    try:
        yield reference
    finally:
        del reference._model
