"""The export stage: what was made here goes on where people already are.

wish (what was asked for) → subject (the adapter, its base, its facts) → target (a folder that appears whole, room for
it) → merged | gguf_model | gguf_adapter | ollama (with modelfile) | vllm | rows | hub. reference and proof hold every
model against base and adapter before it is in place; llamacpp asks the GGUF files.
"""

from __future__ import annotations

from typing import Any, cast

from phi4.export.subject import Subject
from phi4.export.wish import Wish
from phi4.paths import Workspace

__all__ = ["Subject", "Wish", "export_as"]


def export_as(wish: Wish, workspace: Workspace, subject: Subject | None, system: str) -> dict[str, Any]:
    """Do what was wished; returns what was made. ``subject`` may be None for a dataset that nothing was trained on."""
    exam = subject.facts.get("evaluation") if subject else None
    scores = exam.get("scores", {}) if isinstance(exam, dict) else {}
    target = wish.target(workspace.exports, subject.name if subject and wish.what != "dataset" else "")
    if wish.what == "dataset":
        from phi4.export.rows import export_dataset

        return export_dataset(workspace, target, wish.detail, system, scores, wish.force)
    assert subject is not None
    print(f"📦 {subject.name}, trained on {subject.base_model}: {subject.licence}")
    made = _export_model(wish, workspace, subject, scores)
    if "path" in made:
        print(f"💾 Saved to: {workspace.show(target)}")
    return made


def _export_model(wish: Wish, workspace: Workspace, subject: Subject, scores: dict[str, Any]) -> dict[str, Any]:
    target = wish.target(workspace.exports, subject.name)
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
