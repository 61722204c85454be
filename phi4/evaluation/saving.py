"""Where the results of an exam are written: into the folder of the adapter that sat it, and into no other's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phi4.cards import model_card
from phi4.chat import Adapter, weights_hash
from phi4.evaluation.history import entry, main_scores, remember
from phi4.evaluation.page import evaluation_page
from phi4.paths import Workspace, atomic_write


def save(
    workspace: Workspace, adapters: Sequence[Adapter], weights: Sequence[str], report: dict[str, Any]
) -> list[str]:
    """``evaluation.json`` and ``evaluation.html`` of each adapter, its main scores in ``phi4.json``, the history.

    ``weights`` are the hashes that the adapters had when the exam began. One that was trained anew since keeps its
    folder as it is: the results go beside it, as ``models/NAME.evaluation.json`` and ``.html``. Returns the names
    of those.
    """
    history = remember(workspace, [entry(report, one.name) for one in adapters]) if report["scores"] else []
    changed = [adapter.name for adapter, held in zip(adapters, weights, strict=True) if not _holds(adapter, held)]
    for adapter in adapters:
        is_there = adapter.name not in changed
        target = adapter.folder / "evaluation.json"
        if not is_there:
            target = adapter.folder.with_name(f"{adapter.name}.evaluation.json")
        with atomic_write(target) as file:
            json.dump(report, file, ensure_ascii=False, indent=1)
        print(f"💾 Saved to: {workspace.show(target)}")
        if report["scores"]:
            with atomic_write(target.with_suffix(".html")) as file:
                file.write(evaluation_page(report, history))
            if is_there:
                _tell_scores(adapter, report)
            print(f"   page: {workspace.show(target.with_suffix('.html'))}")
    return changed


def _holds(adapter: Adapter, weights: str) -> bool:
    """Whether the folder still holds the weights that were examined."""
    try:
        return weights_hash(adapter) == weights
    except OSError:
        return False


def _tell_scores(adapter: Adapter, report: dict[str, Any]) -> None:
    """The main scores in ``phi4.json``, all else as it is there now, and in the card."""
    exam = {"when": report["when"], "exam": report["exam"], "questions": report["questions"]}
    told = {**exam, "scores": main_scores(report, adapter.name)}
    facts = {**_facts(adapter.folder / "phi4.json", adapter.facts), "evaluation": told}
    with atomic_write(adapter.folder / "phi4.json") as file:
        json.dump(facts, file, ensure_ascii=False, indent=1)
    with atomic_write(adapter.folder / "README.md") as file:
        file.write(model_card(facts, adapter.name))


def _facts(path: Path, before: dict[str, Any]) -> dict[str, Any]:
    """What the file says now; ``before`` where it can no longer be read."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return before
    return facts if isinstance(facts, dict) else before
