"""A run that was finished: what it was made of, and the files that it left.

To run it again costs no request, but every kept answer would pass the gates anew: a minute for ten thousand files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from phi4.paths import Workspace, atomic_write, sha256_of

ASKED = ("requests", "prompt_tokens", "completion_tokens", "tokens_estimated", "cost", "seconds")


def remember_finished(workspace: Workspace, inputs: str, report: dict[str, Any]) -> None:
    """Note that the files are as ``inputs`` make them, unless more would come of running it again."""
    more = report["unheard"] or report.get("try_again")
    if inputs and not more and not report["stopped_at"].startswith("--max"):
        with atomic_write(_note(workspace)) as file:
            json.dump({"inputs": inputs, "files": _files(workspace)}, file, indent=1)


def finished(workspace: Workspace, inputs: str) -> dict[str, Any] | None:
    """The report of the last run, when it was made of the same and its files are as it left them."""
    try:
        note = json.loads(_note(workspace).read_text(encoding="utf-8"))
        if not inputs or note != {"inputs": inputs, "files": _files(workspace)}:
            return None
        report: dict[str, Any] = json.loads(workspace.report_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report | dict.fromkeys(ASKED, 0)


def _note(workspace: Workspace) -> Path:
    return workspace.synthetic / "finished.json"


def _files(workspace: Workspace) -> dict[str, str]:
    """Hashes of everything that a run leaves."""
    made = (workspace.train_file, workspace.synthetic_exam, workspace.rejected_file, workspace.preference_file)
    pages = (workspace.report_file, workspace.synthetic / "report.html", workspace.synthetic / "README.md")
    return {path.name: _digest(path) for path in (*made, *pages)}


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except FileNotFoundError:  # a run whose exam was written by hand leaves none
        return ""
