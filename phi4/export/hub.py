"""``phi4 export hub``: the adapter and its dataset on the Hugging Face hub, private unless told otherwise."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from phi4.cards import model_card
from phi4.errors import ExportError
from phi4.export.rows import export_dataset
from phi4.export.subject import Subject
from phi4.paths import Workspace
from phi4.weights.bases import is_hub_name

Kind = Literal["model", "dataset"]
PUSHED = ("*.json", "*.safetensors", "*.jinja", "*.png", "*.md")  # of an adapter's folder; not its exam's answers
LEFT = ("evaluation.json",)  # it quotes whole answers and passages
SHOWN = 400  # characters of what the hub says: a faulty card takes it several lines
DATA = "-data"  # behind the model's name
PRIVATE = "make it public on the hub, name another one, or leave out --public"
PUBLIC = "make it private on the hub, name another one, or say that everybody may read it with --public"


def export_hub(
    subject: Subject, workspace: Workspace, repo: str, public: bool, scores: dict[str, Any]
) -> dict[str, Any]:
    """Push the adapter to ``repo`` and the rows to ``repo-data``.

    Raises ``ExportError``: with the hub's own words, and for a base that nobody finds there.
    """
    if repo.count("/") != 1 or not all(repo.split("/")):
        raise ExportError(f"--repo '{repo}' is no repository", "write it as OWNER/NAME")
    if not is_hub_name(subject.hub_base):
        raise ExportError(
            f"the base '{subject.base_model}' is not on the hub, so nobody could load the adapter from there",
            f"push both as one model: phi4 export merged, then: hf upload {repo} FOLDER",
        )
    with tempfile.TemporaryDirectory(prefix="phi4-hub-") as scratch:
        model, data = Path(scratch) / "model", Path(scratch) / "data"
        _copy(subject, model)
        export_dataset(workspace, data, "hf", subject.system_prompt, scores, force=False)
        pushed = _push_all([(repo, "model", model), (f"{repo}{DATA}", "dataset", data)], public)
    for address in pushed:
        print(f"💾 {address} ({'public' if public else 'private'})")
    return {"model": pushed[0], "dataset": pushed[1], "public": public}


def _copy(subject: Subject, folder: Path) -> None:
    """What is pushed of an adapter; its base by the name that peft finds on the hub."""
    try:
        folder.mkdir()
        for path in subject.folder.iterdir():
            if any(path.match(pattern) for pattern in PUSHED) and path.name not in LEFT:
                shutil.copyfile(path, folder / path.name)
        config = folder / "adapter_config.json"
        told = json.loads(config.read_text(encoding="utf-8")) | {"base_model_name_or_path": subject.hub_base}
        config.write_text(json.dumps(told, indent=2), encoding="utf-8")
        (folder / "README.md").write_text(model_card(subject.facts, subject.name), encoding="utf-8")
    except OSError as error:
        raise ExportError(
            f"cannot copy '{subject.folder}' to '{folder.parent}': {error.strerror or error}",
            "free some disk space, or point TMPDIR to another disk",
        ) from error


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
        api.upload_folder(repo_id=repo, repo_type=kind, folder_path=folder, commit_message="Push from PHi-4")
        return str(address)


@contextmanager
def _told(repo: str) -> Iterator[None]:
    """Whatever the hub's client raises, in the hub's own words."""
    try:
        yield
    except Exception as error:  # its client raises the errors of several libraries
        raise ExportError(
            f"the hub did not take '{repo}': {' '.join(str(error).split())[:SHOWN] or type(error).__name__}",
            "check the name and your rights to write there, or log in with: hf auth login",
        ) from error
