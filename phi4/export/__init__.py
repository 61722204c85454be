"""The export stage: what was made here goes on where people already are.

wish (what was asked for) → subject (the adapter, its base, its facts) → target (a folder that appears whole, room for
it) → merged | gguf_model | gguf_adapter | ollama (with modelfile) | vllm | rows | hub. reference and proof hold every
model against base and adapter before it is in place; llamacpp asks the GGUF files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

from phi4.export.subject import Subject, trained_here
from phi4.export.wish import Wish
from phi4.paths import Workspace

__all__ = ["Subject", "Wish", "export_as"]


def export_as(wish: Wish, workspace: Workspace, subject: Subject | None, system: str) -> dict[str, Any]:
    """Do what was wished; returns what was made. ``subject`` may be None for a dataset that nothing was trained on."""
    scores = _scores(workspace, subject) if subject else {}
    name = subject.name if subject and wish.what != "dataset" else ""
    target = wish.target(workspace.exports, name)
    if wish.what == "dataset":
        from phi4.export.rows import export_dataset

        made = export_dataset(workspace, target, wish.detail, system, scores, wish.force)
    else:
        assert subject is not None
        print(f"📦 {subject.name}, trained on {subject.base_model}: {subject.licence}", file=sys.stderr)
        made = _export_model(wish, workspace, subject, target, scores)
    if "path" in made:
        print(f"💾 Saved to: {workspace.show(target)}")
    return made


def _scores(workspace: Workspace, subject: Subject) -> dict[str, Any]:
    """The exam of an adapter that was trained on this very dataset; {} for any other."""
    exam, data = subject.facts.get("evaluation"), subject.facts.get("data")
    if not isinstance(exam, dict) or not isinstance(data, dict):
        return {}
    return dict(exam.get("scores", {})) if trained_here(workspace, str(data.get("sha256"))) else {}


def _export_model(
    wish: Wish, workspace: Workspace, subject: Subject, target: Path, scores: dict[str, Any]
) -> dict[str, Any]:
    if wish.what == "merged":
        from phi4.export.merged import Dtype, export_merged

        return export_merged(subject, target, cast("Dtype", wish.detail), wish.force)
    if wish.what == "gguf":
        from phi4.export.gguf_model import export_gguf

        return export_gguf(subject, target, wish.detail, wish.force)
    if wish.what == "adapter-gguf":
        from phi4.export.gguf_adapter import export_adapter

        return export_adapter(subject, target, wish.force)
    if wish.what == "ollama":
        from phi4.export.ollama import export_ollama

        return export_ollama(subject, target, wish.detail, wish.lora, wish.create, wish.force)
    if wish.what == "hub":
        from phi4.export.hub import export_hub

        return export_hub(subject, workspace, wish.repo, wish.public, scores)
    from phi4.export.vllm import vllm_lines

    return vllm_lines(subject)
