"""What the name of a teacher says: how many addresses, and whether its model is a file of this machine."""

from __future__ import annotations

import re
from pathlib import Path

_NEXT = re.compile(r",(?=(?:ollama|openai|embedded|langchain):)")


def addresses(name: str) -> list[str]:
    """The names between the commas: one model at several addresses."""
    return _NEXT.split(name)


def local_files(name: str) -> list[Path]:
    """The model files that it names: who replaces one has another teacher under the same name."""
    rests = (rest for kind, _, rest in (one.partition(":") for one in addresses(name)) if kind == "embedded")
    return [path for path in (Path(rest).expanduser() for rest in rests) if path.suffix == ".gguf"]
