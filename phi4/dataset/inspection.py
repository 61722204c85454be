"""``phi4 inspect``: what is in a dataset, readable in a terminal."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from typing import Any

from phi4.jsonl import read_jsonl
from phi4.origins import citation
from phi4.paths import Workspace
from phi4.records import Example, Rejected

HINT = "type: phi4 generate"
SHOWN_ROWS = 3


def inspect_dataset(workspace: Workspace, seed: int = 0, rows: int = SHOWN_ROWS) -> dict[str, Any]:
    """Counts, lengths, kinds, coverage, reasons and random rows of the workspace's dataset.

    Prints a table and returns the same facts. Raises ``WorkspaceError`` or ``RecordError``.
    """
    examples = read_jsonl(workspace.train_file, Example, HINT)
    rejected = read_jsonl(workspace.rejected_file, Rejected) if _has_lines(workspace) else []
    facts = {
        "file": workspace.show(workspace.train_file),
        "rows": len(examples),
        "rejected": dict(Counter(item.reason for item in rejected if item.stage != "try").most_common()),
        "kinds": dict(Counter(example.kind or "-" for example in examples).most_common()),
        "lengths": {
            "question": _spread([len(example.question) for example in examples]),
            "reasoning": _spread([sum(map(len, example.reasoning_steps)) for example in examples]),
            "steps": _spread([len(example.reasoning_steps) for example in examples]),
            "answer": _spread([len(example.answer) for example in examples]),
        },
        "coverage": _coverage(examples),
    }
    _show(workspace, facts, random.Random(seed).sample(examples, min(rows, len(examples))))
    return facts


def _has_lines(workspace: Workspace) -> bool:
    return workspace.rejected_file.is_file() and workspace.rejected_file.stat().st_size > 0


def _spread(values: list[int]) -> dict[str, float]:
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def _coverage(examples: list[Example]) -> dict[str, dict[str, int]]:
    """Per seed file: how many rows it has, and how many of its sentences they cite."""
    rows: Counter[str] = Counter()
    cited: dict[str, set[int]] = {}
    for example in examples:
        name = example.source.file if example.source else "-"
        rows[name] += 1
        cited.setdefault(name, set()).update(example.source.sentences if example.source else ())
    return {name: {"rows": count, "sentences": len(cited[name])} for name, count in sorted(rows.items())}


def _show(workspace: Workspace, facts: dict[str, Any], samples: list[Example]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(soft_wrap=False)
    console.print(f"[bold]{escape(facts['file'])}[/]  {facts['rows']} rows, {sum(facts['rejected'].values())} rejected")
    lengths = Table("length", "min", "median", "max", title="characters (steps: count)")
    for name, spread in facts["lengths"].items():
        lengths.add_row(name, *(f"{spread[key]:g}" for key in ("min", "median", "max")))
    counts = Table("kind", "rows", title="kinds")
    for name, count in facts["kinds"].items():
        counts.add_row(escape(name), str(count))
    reasons = Table("reason", "drafts", title="rejected")
    for name, count in facts["rejected"].items():
        reasons.add_row(escape(name), str(count))
    coverage = Table("seed", "rows", "sentences cited", title="coverage")
    for name, count in facts["coverage"].items():
        coverage.add_row(escape(name), str(count["rows"]), str(count["sentences"]))
    for table in (lengths, counts, reasons, coverage):
        console.print(table)
    for example in samples:
        console.print(f"\n[bold]Q[/] {escape(example.question)}", highlight=False)
        for number, step in enumerate(example.reasoning_steps, start=1):
            console.print(f"  {number}. {escape(step)}", highlight=False)
        origin = f"   ({escape(citation(workspace.seeds, example.source))})" if example.source else ""
        console.print(f"[bold]A[/] {escape(example.answer)}[dim]{origin}[/]", highlight=False)
