"""Find an adapter folder, and refuse one that cannot be served, saying why."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4.chat_format import check_format
from phi4.errors import AdapterError
from phi4.paths import CHECKOUT, DEFAULT_ADAPTER, Workspace, sha256_of
from phi4.weights import find_model
from phi4.weights.bases import find_base

SERVED_NAME = "phi-4-reasoning"  # the manual's folder in web_server/models
TRAIN_HINT = "train one with: phi4 train"


@dataclass(frozen=True)
class Adapter:
    """A checked adapter folder and what its ``phi4.json`` says."""

    folder: Path
    base_model: str
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def trained_files(self) -> list[str]:
        """The seed files that its rows came from."""
        data = self.facts.get("data")
        return [str(name) for name in data.get("files", [])] if isinstance(data, dict) else []

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the file of its rows; "" where it does not say."""
        data = self.facts.get("data")
        return str(data.get("sha256", "")) if isinstance(data, dict) else ""

    @property
    def examples(self) -> list[str]:
        """Questions that it has learned to answer, each about another seed; [] for adapters of older versions."""
        data = self.facts.get("data")
        return [str(question) for question in data.get("examples", [])] if isinstance(data, dict) else []

    @property
    def exam(self) -> dict[str, Any]:
        """Its last exam: ``when``, ``questions``, and ``scores`` by ``condition.mark``, each with its ``value`` and,
        where there is one, its interval; {} before one."""
        told = self.facts.get("evaluation")
        if not isinstance(told, dict) or not isinstance(told.get("scores"), dict):
            return {}
        scores = {mark: _numbers(score) for mark, score in told["scores"].items()}
        questions = _numbers(told).get("questions", 0)
        return {
            "when": str(told.get("when") or ""),
            "questions": int(questions),
            "scores": {mark: score for mark, score in scores.items() if "value" in score},
        }


def weights_hash(adapter: Adapter) -> str:
    """SHA-256 of the adapter's weights."""
    return sha256_of(adapter.folder / "adapter_model.safetensors")


def _numbers(told: Any) -> dict[str, float]:
    """The numbers of a table: what it holds besides is nobody's score."""
    if not isinstance(told, dict):
        return {}
    return {name: number for name, number in told.items() if isinstance(number, int | float)}


def web_models() -> Path:
    """``web_server/models``: the adapters that a server may be asked for by name."""
    return CHECKOUT / "web_server" / "models"


def find_adapter(asked: str, workspace: Workspace | None, models: Path | None = None) -> Path:
    """The folder to serve: ``asked`` (a name below ``models``, or a folder), else the manual's two, of which
    the second lies in the workspace, if there is one.

    Says so on stderr when what was asked for is not there and another is taken. Raises
    ``AdapterError`` that lists every place that was looked at.
    """
    models = models or web_models()
    places: list[Path] = []
    if asked:
        named = Path(asked).expanduser()
        places.append(named if named.is_absolute() else _below(models, asked))
    places.append(models / SERVED_NAME)
    if workspace is not None:
        places.append(workspace.models / DEFAULT_ADAPTER)
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        looked = "".join(f"\n    {place}" for place in dict.fromkeys(places))
        raise AdapterError(f"there is no adapter to serve; looked for:{looked}", TRAIN_HINT)
    if asked and found != places[0]:
        print(f"PHI4_ADAPTER_PATH='{asked}' is not there ({places[0]}); serving {found}", file=sys.stderr)
    return found


def _below(models: Path, name: str) -> Path:
    """``models/name``; a name that climbs out of the folder is refused."""
    place = (models / name).resolve()
    if not place.is_relative_to(models.resolve()):
        raise AdapterError(
            f"PHI4_ADAPTER_PATH='{name}' leads out of '{models}'", "name a folder in it, or an absolute path"
        )
    return models / name


def read_adapter(folder: Path, base_model: str = "") -> Adapter:
    """The adapter in ``folder``. ``base_model``, if given, is the base that the user asked for.

    Raises ``AdapterError`` for a folder that is missing, incomplete, pickled, of another base
    or of another chat format.
    """
    if not folder.is_dir():
        raise AdapterError(f"there is no adapter folder '{folder}'", TRAIN_HINT)
    config = _json(folder / "adapter_config.json")
    if not (folder / "adapter_model.safetensors").is_file():
        pickled = (folder / "adapter_model.bin").is_file()
        why = "only adapter_model.bin, a pickle, which may run code when loaded" if pickled else "no weights"
        raise AdapterError(
            f"'{folder}' has {why}; adapter_model.safetensors is needed",
            "save it again with safe_serialization=True, or train it again with: phi4 train",
        )
    facts = _json(folder / "phi4.json")
    trained_on = str(facts.get("base_model", ""))
    configured = str(config.get("base_model_name_or_path", ""))
    for other, named in ((configured, _on_the_hub), (base_model, _canonical)):
        if other and named(other) != named(trained_on):
            raise AdapterError(
                f"adapter '{folder.name}' was trained on '{trained_on}', not on '{other}'",
                f"use its own base: --model-name {trained_on}    or train again: phi4 train --model-name {other}",
            )
    check_format(str(facts.get("chat_format", "")), folder.name)
    return Adapter(folder, trained_on, facts)


def _canonical(name: str) -> str:
    """A packaged model's full name for its short one; other names as they are."""
    model = find_model(name)
    return model.name if model else name


def _on_the_hub(name: str) -> str:
    """A base's name on the hub, by which an adapter that was pushed there calls it; others as they are."""
    base = find_base(name)
    return base.name if base else _canonical(name)


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise AdapterError(f"'{path.parent}' has no {path.name}: it is not a finished adapter", TRAIN_HINT)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AdapterError(f"'{path}' is not valid JSON: {error}", TRAIN_HINT) from error
    if not isinstance(found, dict):
        raise AdapterError(f"'{path}' holds no JSON object", TRAIN_HINT)
    return found
