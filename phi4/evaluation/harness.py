"""``--harness TASKS``: base and adapter on the public Korean benchmarks, by lm-evaluation-harness.

KMMLU, HAE-RAE, KoBEST, CLIcK and KorMedMCQA lie on the Hugging Face hub; the harness fetches them.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from typing import Any

from phi4.errors import EngineError, ExamError, UsageError, first_line
from phi4.evaluation.candidates import BASE, read_adapters
from phi4.paths import Workspace, atomic_write
from phi4.weights import base_folder

KOREAN = ("kmmlu", "haerae", "kobest", "click", "kormedmcqa")
INSTALL = 'pip install "phi4[harness]"'
METRICS = ("acc", "acc_norm", "exact_match", "f1")  # that these tasks report


def run_harness(
    workspace: Workspace, names: Sequence[str], tasks: Sequence[str], *, base_model: str, limit: int
) -> dict[str, dict[str, Any]]:
    """Model → task → metric with its interval, printed and returned. ``limit`` questions a task; 0: all.

    Raises ``UsageError`` when lm-eval is not installed or knows no such task, ``ExamError`` when the data
    of the tasks cannot be loaded, ``EngineError`` when it fails otherwise.
    """
    if importlib.util.find_spec("lm_eval") is None:
        raise UsageError("--harness needs lm-evaluation-harness, which is not installed", INSTALL)
    from lm_eval.tasks import TaskManager

    manager = TaskManager()
    unknown = [task for task in tasks if task not in manager.all_tasks]
    if unknown:
        raise UsageError(f"lm-eval has no task '{unknown[0]}'", f"for Korean: {', '.join(KOREAN)}")
    adapters = read_adapters(workspace, names, base_model)
    base = base_folder(adapters[0].base_model)
    found = {BASE: _run(str(base), "", tasks, limit, manager)}
    for adapter in adapters:
        found[adapter.name] = _run(str(base), str(adapter.folder), tasks, limit, manager)
    for adapter in adapters:
        with atomic_write(adapter.folder / "evaluation_harness.json") as file:
            json.dump(found, file, ensure_ascii=False, indent=1)
    _show(found)
    return found


def _run(base: str, adapter: str, tasks: Sequence[str], limit: int, manager: Any) -> dict[str, Any]:
    import httpx
    import torch
    from lm_eval import simple_evaluate

    try:
        told = simple_evaluate(
            model="hf",
            model_args={"pretrained": base, **({"peft": adapter} if adapter else {})},
            tasks=list(tasks),
            limit=limit or None,
            task_manager=manager,
            bootstrap_iters=1000,
        )
    except (OSError, httpx.HTTPError) as error:  # what the hub's client raises is among them
        raise ExamError(
            f"the data of {', '.join(tasks)} cannot be loaded: {first_line(error)[:200]}",
            "they come from the Hugging Face hub: go online once, or set HF_DATASETS_CACHE to a folder that has them",
        ) from error
    except (RuntimeError, ValueError) as error:
        full = isinstance(error, torch.OutOfMemoryError)
        raise EngineError(
            f"lm-eval stopped at {', '.join(tasks)}: {first_line(error)[:200]}",
            "end other GPU processes: nvidia-smi" if full else "read its own words with: --debug",
        ) from error
    return {task: _scores(result) for task, result in told["results"].items()}


def _scores(result: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Metric → value and 95 % interval (the harness tells a standard error)."""
    found = {}
    for name, value in result.items():
        metric, _, kind = name.partition(",")
        error = result.get(f"{metric}_stderr,{kind}")
        if metric in METRICS and isinstance(error, float):
            found[metric] = {"value": value, "low": max(0.0, value - 1.96 * error), "high": value + 1.96 * error}
    return found


def _show(found: dict[str, dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from phi4.evaluation.labels import percent

    table = Table("task", "metric", *found, title="lm-evaluation-harness, 95% intervals in brackets")
    for task, scores in found[BASE].items():
        for metric in scores:
            table.add_row(task, metric, *(percent(told.get(task, {}).get(metric, {})) for told in found.values()))
    Console(highlight=False).print(table)
