"""How much memory and time does a batch of the exam take? ``python benchmarks/exam_memory.py [--adapter FOLDER]``.

The exam's own prompts, from memory and with the passage, 32 at once, on the base of the CPU profile with an adapter or
without one, for ``--tokens`` words of each answer. Prints the peak of the process while the model was loaded, while
the prompts were read and while the answers were written; writes ``benchmarks/results/exam_memory.json``. Linux
alone tells such a peak (``/proc/self/clear_refs``).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from phi4.engines import greedy
from phi4.engines.protocol import Limits
from phi4.engines.torch_model import TorchModel
from phi4.evaluation.candidates import BATCH
from phi4.evaluation.conditions import CLOSED, OPEN, closed_book, open_book
from phi4.evaluation.exam import load_exam, read_texts
from phi4.paths import find_workspace
from phi4.settings import CPU_PROFILE
from phi4.weights import base_folder

HERE = Path(__file__).parent


class Peaks:
    """The highest resident memory of each phase, in GB, and its seconds."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[float, float]] = {}

    def measure(self, phase: str, work: Any) -> Any:
        """What ``work`` returns; its peak and time count for ``phase``."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        start = time.perf_counter()
        done = work()
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6
        before, seconds = self.found.get(phase, (0.0, 0.0))
        self.found[phase] = (max(before, peak), seconds + time.perf_counter() - start)
        return done


def prompts_of(tokenizer: Any) -> dict[str, list[list[int]]]:
    """The first batch of each condition, as the exam would put it."""
    workspace = find_workspace("")
    texts = read_texts(workspace)
    exam = [question for question in load_exam(workspace, texts) if question.answerable]
    put = {
        CLOSED: [closed_book(question) for question in exam],
        OPEN: [open_book(question, texts, lambda text: len(tokenizer.encode(text))) for question in exam],
    }
    return {
        name: [tokenizer.prompt(turns) for turns in sorted(asked, key=lambda turns: turns[-1].content)[:BATCH]]
        for name, asked in put.items()
    }


def main() -> None:
    """Measure, print, write."""
    from phi4.chat_format import ChatTokenizer

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adapter", default="", help="an adapter's folder; none: the base alone")
    parser.add_argument("--tokens", type=int, default=64, help="of each answer")
    stated = parser.parse_args()
    base, peaks = base_folder(str(CPU_PROFILE["model_name"])), Peaks()
    adapter = Path(stated.adapter) if stated.adapter else None
    model = peaks.measure("load", lambda: TorchModel(base, adapter, "cpu"))
    tokenizer = ChatTokenizer(base)
    forward, condition = greedy._forward, ""

    def watched(model: Any, ids: Any, mask: Any, cache: Any) -> Any:
        phase = "write" if ids.shape[1] == 1 else "read"
        return peaks.measure(f"{condition}, {phase}", lambda: forward(model, ids, mask, cache))

    greedy._forward = watched
    for condition, prompts in prompts_of(tokenizer).items():  # noqa: B007, read in ``watched``
        model.generate(prompts, Limits(max_tokens=stated.tokens, end_id=tokenizer.im_end))
    print(f"{'phase':<20} {'peak GB':>8} {'s':>8}")
    for phase, (peak, seconds) in peaks.found.items():
        print(f"{phase:<20} {peak:>8.2f} {seconds:>8.1f}")
    target = HERE / "results" / "exam_memory.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(peaks.found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
