"""``phi4 export hub``: the adapter and its dataset on the Hugging Face hub, private unless told otherwise."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from phi4.cards import model_card
from phi4.errors import ExportError, first_line
from phi4.export.rows import export_dataset
from phi4.export.subject import Subject
from phi4.paths import Workspace

Kind = Literal["model", "dataset"]
PUSHED = ("*.json", "*.safetensors", "*.jinja", "*.png", "*.md")  # of an adapter's folder; not its exam's answers
LEFT = ("evaluation.json",)  # it quotes whole answers and passages
DATA = "-data"  # behind the model's name
PRIVATE = "make it public on the hub, name another one, or leave out --public"
PUBLIC = "make it private on the hub, name another one, or say that everybody may read it with --public"


def export_hub(
    subject: Subject, workspace: Workspace, repo: str, public: bool, scores: dict[str, Any]
) -> dict[str, Any]:
    """Push the adapter to ``repo`` and the rows to ``repo-data``. Raises ``ExportError`` with the hub's own words."""
    if repo.count("/") != 1 or not all(repo.split("/")):
        raise ExportError(f"--repo '{repo}' is no repository", "write it as OWNER/NAME")
    with tempfile.TemporaryDirectory(prefix="phi4-hub-") as scratch:
        model = Path(scratch) / "model"
        shutil.copytree(subject.folder, model, ignore=shutil.ignore_patterns(*LEFT))
        (model / "README.md").write_text(model_card(subject.facts, subject.name), encoding="utf-8")
        data = Path(scratch) / "data"
        export_dataset(workspace, data, "hf", subject.system_prompt, scores, force=False)
        pushed = _push_all([(repo, "model", model), (f"{repo}{DATA}", "dataset", data)], public)
    for address in pushed:
        print(f"💾 {address} ({'public' if public else 'private'})")
    return {"model": pushed[0], "dataset": pushed[1], "public": public}


def _push_all(whole: Sequence[tuple[str, Kind, Path]], public: bool) -> list[str]:
    """Everything or nothing: a repository that is there keeps its visibility, so all are looked at first."""
    from huggingface_hub import HfApi

    api = HfApi()
    for repo, kind, _ in whole:
        with _told(repo):
            there = api.repo_exists(repo, repo_type=kind) and api.repo_info(repo, repo_type=kind)
        if there and there.private == public:
            is_now, hint = ("private", PRIVATE) if public else ("public", PUBLIC)
            raise ExportError(f"the {kind} repository '{repo}' is {is_now}, and nothing was pushed", hint)
    return [_push(api, repo, kind, folder, public) for repo, kind, folder in whole]


def _push(api: Any, repo: str, kind: Kind, folder: Path, public: bool) -> str:
    with _told(repo):
        address = api.create_repo(repo, repo_type=kind, private=not public, exist_ok=True)
        patterns = None if kind == "dataset" else list(PUSHED)
        api.upload_folder(
            repo_id=repo, repo_type=kind, folder_path=folder, allow_patterns=patterns, commit_message="Push from PHi-4"
        )
        return str(address)


@contextmanager
def _told(repo: str) -> Iterator[None]:
    """Whatever the hub's client raises, in the hub's own words."""
    try:
        yield
    except Exception as error:  # its client raises the errors of several libraries
        raise ExportError(
            f"the hub did not take '{repo}': {first_line(error)}",
            "check the name and your rights to write there, or log in with: hf auth login",
        ) from error
