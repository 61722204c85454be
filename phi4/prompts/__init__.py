"""The Korean prompts: files beside this one, read once, and versioned by their content."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@lru_cache
def text(name: str) -> str:
    """The prompt file ``name``, without its last newline."""
    return (_HERE / name).read_text(encoding="utf-8").rstrip("\n")


@lru_cache
def data(name: str) -> Any:
    """A JSON prompt file."""
    return json.loads(text(name))


@lru_cache
def version(family: str) -> str:
    """Hash of all files of a family (``draft``): changes whenever a word of a prompt does."""
    digest = hashlib.sha256()
    for path in sorted(_HERE.glob(f"{family}.*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{family}-{digest.hexdigest()[:12]}"
