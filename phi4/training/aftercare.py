"""Two questions after every training: does the model stop by itself, and is the file what was trained?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from phi4.engines.protocol import Limits
from phi4.engines.torch_model import generate_batch
from phi4.errors import TrainingError
from phi4.training.rows import Row

PROMPTS = 10
ROOM = 1.5  # times the longest trained answer: what a model that learned to end may take


def check_ending(model: Any, device: str, rows: Sequence[Row], end_id: int) -> dict[str, int]:
    """Answer up to ten prompts; how many answers ended by themselves within the budget of tokens."""
    chosen = rows[:: max(1, len(rows) // PROMPTS)][:PROMPTS]
    longest = max(len(row.input_ids) - len(row.prompt) for row in rows)
    limits = Limits(max_tokens=int(ROOM * longest), end_id=end_id)
    done = generate_batch(model, device, [row.prompt for row in chosen], limits)
    return {
        "asked": len(done),
        "ended": sum(one.finish_reason == "stop" for one in done),
        "max_tokens": limits.max_tokens,
    }


def check_reload(model: Any, device: str, adapter: Path, row: Row) -> None:
    """The saved adapter gives the logits of the trained one. Raises ``TrainingError`` when it does not."""
    ids = torch.tensor([row.input_ids], device=device)
    with torch.inference_mode():
        model.eval()
        trained = model(input_ids=ids, use_cache=False).logits
        model.load_adapter(str(adapter), adapter_name="saved")
        model.set_adapter("saved")
        saved = model(input_ids=ids, use_cache=False).logits
    model.set_adapter("default")
    model.delete_adapter("saved")
    difference = (trained - saved).abs().max().item()
    if not difference <= 0:  # NaN is no proof either
        raise TrainingError(
            f"the saved adapter answers otherwise than the trained one: logits differ by {difference:.2g}",
            "this is a fault of ours or of the disk: train again, and report it if it stays",
        )
