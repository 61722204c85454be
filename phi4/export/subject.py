"""What is exported: an adapter, the base that it was trained on, and what its ``phi4.json`` says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4 import __version__
from phi4.cards import licence_notice, model_card
from phi4.errors import RecordError, WorkspaceError
from phi4.jsonl import read_jsonl
from phi4.paths import Workspace, sha256_of
from phi4.records import Example
from phi4.weights.bases import find_base

RECORD = "export.json"
# Asked where nothing better is known; what they are about does not matter.
QUESTIONS = ("이 문서에서 가장 중요한 내용은 무엇입니까?", "주의할 점은 무엇입니까?", "왜 그렇습니까?")


@dataclass(frozen=True)
class Subject:
    """A checked adapter folder; ``questions`` are asked of base and export to see that they answer alike."""

    folder: Path
    base_model: str
    facts: dict[str, Any]
    system_prompt: str = ""
    questions: Sequence[str] = QUESTIONS

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def hub_base(self) -> str:
        """The base as the Hugging Face hub calls it, where it is known there."""
        base = find_base(self.base_model)
        return base.name if base else self.base_model

    @property
    def licence(self) -> str:
        return f"Base model: {self.hub_base}. {licence_notice(self.base_model)}"

    def write_card(self, folder: Path, form: str, library: str, record: dict[str, Any]) -> None:
        """``README.md`` and ``export.json`` in an export's folder; ``form`` says what lies there."""
        card = model_card({**self.facts, "system_prompt": self.system_prompt}, self.name, form, library)
        (folder / "README.md").write_text(card, encoding="utf-8")
        write_record(folder, {"adapter": self.name, "base_model": self.base_model, **record})


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """``export.json``: how a folder was made; by it an export is known, and may be replaced."""
    told = {"phi4": __version__, **record}
    (folder / RECORD).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def trained_here(workspace: Workspace, data_hash: str) -> bool:
    """Whether the workspace's rows are those that an adapter was trained on, whose SHA-256 is ``data_hash``."""
    try:
        return sha256_of(workspace.train_file) == data_hash
    except OSError:
        return False


def trained_questions(workspace: Workspace) -> tuple[str, ...]:
    """Three questions that an adapter of this workspace was trained on: where its difference is largest."""
    try:
        rows = read_jsonl(workspace.train_file, Example)
    except (RecordError, WorkspaceError):  # the adapter is there all the same, and any question will do
        return QUESTIONS
    return tuple(row.question for row in rows[:: -(-len(rows) // len(QUESTIONS))])
