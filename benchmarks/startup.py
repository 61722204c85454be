"""How long a user waits for the first words: ``python benchmarks/startup.py``.

Prints a table of best-of-N wall times and writes ``benchmarks/results/startup.json``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

RUNS = 7
COMMANDS = (["--help"], ["--version"], ["generate", "--help"], ["models", "list"])


def best_of(words: list[str]) -> tuple[float, float]:
    """Best and median seconds of ``python -m phi4 WORDS``."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "phi4", *words], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    times.sort()
    return times[0], times[RUNS // 2]


def main() -> None:
    """Measure, print, write."""
    rows = {" ".join(words): best_of(words) for words in COMMANDS}
    print(f"{'phi4 …':<20} {'best s':>8} {'median s':>9}   ({RUNS} runs)")
    for name, (best, median) in rows.items():
        print(f"{name:<20} {best:>8.3f} {median:>9.3f}")
    target = Path(__file__).parent / "results" / "startup.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
