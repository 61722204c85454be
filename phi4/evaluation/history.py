"""Earlier exams of a workspace, one line each in ``models/evaluations.jsonl``, and what changed between two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from phi4.evaluation.labels import SCORES
from phi4.paths import Workspace, atomic_write

# What a second run of the same exam must not be told apart by.
_OF_THE_RUN = ("when",)


def main_scores(report: dict[str, Any], model: str) -> dict[str, Any]:
    """The scores of one model with their intervals, by ``condition.mark``: what ``phi4.json`` carries."""
    return {
        f"{score.condition}.{score.mark}": found
        for score in SCORES
        if (found := report["scores"].get(score.condition, {}).get(model, {}).get(score.mark))
    }


def entry(report: dict[str, Any], model: str) -> dict[str, Any]:
    """One line of the history."""
    facts = report["models"][model]
    return {
        "when": report["when"],
        "adapter": model,
        "exam": report["exam"],
        "questions": report["questions"],
        "base_model": facts["base_model"],
        "data": facts["data"],
        "settings": {**facts["settings"], **report["settings"]},
        "scores": main_scores(report, model),
    }


def read_history(workspace: Workspace) -> list[dict[str, Any]]:
    """The entries so far, oldest first; a broken line is left out: history is no input of anything."""
    path = history_file(workspace)
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and isinstance(told.get("scores"), dict):
            found.append(told)
    return found


def remember(workspace: Workspace, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add entries, but for those that repeat an earlier one in all but the time; returns the whole history."""
    history = read_history(workspace)
    known = {_key(one) for one in history}
    history += [one for one in entries if _key(one) not in known]
    with atomic_write(history_file(workspace)) as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in history)
    return history


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What differs between the inputs of two entries, each as ``name: before → after``."""
    old, new = _inputs(before), _inputs(after)
    return [f"{name}: {old.get(name, '–')} → {new.get(name, '–')}" for name in new if old.get(name) != new[name]]


def history_file(workspace: Workspace) -> Path:
    """Beside the adapters, since it outlives each of them."""
    return workspace.models / "evaluations.jsonl"


def _inputs(told: dict[str, Any]) -> dict[str, Any]:
    data = told.get("data", {})
    flat: dict[str, Any] = {
        "base model": told.get("base_model"),
        "data": str(data.get("sha256", ""))[:8],
        "rows": data.get("rows"),
        "exam": told.get("exam"),
        "questions": told.get("questions"),
    }
    return {**flat, **told.get("settings", {})}


def _key(told: dict[str, Any]) -> str:
    kept = {name: value for name, value in told.items() if name not in _OF_THE_RUN}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
