"""Which thresholds tell the exam's questions from others: recall and false alarms on labelled pairs.

    python benchmarks/decontamination.py [OUT.json]

``labelled/questions.jsonl``: pairs of questions written for this, 30 that ask the same in other words and 32
that do not though they look alike (another name, number, part, or the manner of speaking of their kind of text).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from phi4.dataset import decontamination
from phi4.dataset.decontamination import Exam

PAIRS = Path(__file__).parent / "labelled" / "questions.jsonl"
NEAR = (0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
RUNS = (5, 6, 8, 10, 13)


def measure(near: float, run: int) -> dict[str, float]:
    """Share of same questions found, and of different ones taken for the same."""
    found: dict[str, list[bool]] = {"same": [], "different": []}
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        found[pair["label"]].append(Exam([pair["exam"]], near, run).asks(pair["question"]) is not None)
    shares = {label: sum(hits) / len(hits) for label, hits in found.items()}
    return {"near": near, "run": run, "recall": shares["same"], "false_alarms": shares["different"]}


def main(words: list[str]) -> None:
    """Print the grid; write it to a file where one is named."""
    rows = [measure(near, run) for near in NEAR for run in RUNS]
    print("near  run  found  false alarms")
    for row in rows:
        chosen = (row["near"], row["run"]) == (decontamination.NEAR, decontamination.RUN)
        mark = " ← in use" if chosen else ""
        print(f"{row['near']:.2f} {row['run']:>4} {row['recall']:>6.0%} {row['false_alarms']:>13.0%}{mark}")
    if words:
        Path(words[0]).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
