"""Which engine an embedded teacher should run on: ``phi4 generate`` over a few seeds with each, everything else alike.

    python benchmarks/teacher_engines.py [--seeds 2] [--drafts 12] [--model qwen2.5-coder-1.5b]

llama.cpp answers one request after another, OpenVINO GenAI several in one batch; each is held to the schema of its
drafts. Told: requests and written tokens a minute, the share of the teacher's drafts that passed the gates, and the
most memory that the engine's process took. Loading is not counted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from phi4 import seeds
from phi4.dataset import Bounds, BuildOptions, build_dataset
from phi4.paths import Workspace, find_workspace
from phi4.teachers import Sampling, embedded
from phi4.weights import gguf_file

RESULTS = Path(__file__).parent / "results" / "teacher_engines.json"
SAMPLING = Sampling(temperature=0.3, max_tokens=512, seed=0, context=8192)
TIMEOUT = 900.0


def measured(openvino: bool, model: str, files: list[Path], drafts: int) -> dict[str, Any]:
    """One dataset of ``files``: its report's figures, and what the engine took."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(embedded, "serves", return_value=openvino):
        workspace = Workspace(Path(folder))
        workspace.seeds.mkdir(parents=True)
        for file in files:
            shutil.copy(file, workspace.seeds)
        with closing(embedded.EmbeddedTeacher(f"embedded:{model}", gguf_file(model), 8192, TIMEOUT)) as teacher:
            options = BuildOptions(Bounds(per_seed=drafts), 0.0, SAMPLING)
            start = time.perf_counter()
            with redirect_stdout(StringIO()):
                report = build_dataset(workspace, seeds.Documents(seeds.read_seeds(workspace.seeds)), teacher, options)
            seconds = time.perf_counter() - start
            memory = peak_memory(teacher._engine._child.pid)
    counts = {name: report[name] for name in ("requests", "prompt_tokens", "completion_tokens", "rejected")}
    passed = report["accepted"] - report["verbatim"] - report["by_rule"]
    return {**counts, "seconds": seconds, "passed": passed, "peak_bytes": memory}


def peak_memory(process: int) -> int:
    """The most that a process had in memory so far, in bytes, its files among it."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--drafts", type=int, default=12, help="of each seed")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    words = parser.parse_args()
    files = sorted(find_workspace().seeds.rglob("*.txt"))[: words.seeds]
    found = {}
    print(f"{len(files)} seeds, {words.drafts} drafts of each")
    print(f"{'engine':<10}{'requests/min':>13}{'tokens/s':>10}{'passed':>12}{'peak MB':>9}")
    for engine in ("llamacpp", "openvino"):
        told = found[engine] = measured(engine == "openvino", words.model, files, words.drafts)
        pace, tokens = told["requests"] / told["seconds"] * 60, told["completion_tokens"] / told["seconds"]
        passed = f"{told['passed']} of {told['requests']}"
        print(f"{engine:<10}{pace:>13.2f}{tokens:>10.1f}{passed:>12}{told['peak_bytes'] / 1e6:>9.0f}", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
