"""Which program this is: what it makes may differ from what another one made of the same."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent
_SUFFIXES = (".py", ".txt", ".json", ".jsonl")  # code, prompts and word lists


@cache
def program() -> str:
    """Hash of this program's code, prompts and word lists."""
    digest = hashlib.sha256()
    for path in sorted(path for path in ROOT.rglob("*") if path.suffix in _SUFFIXES):
        told = path.relative_to(ROOT).as_posix() + path.read_text(encoding="utf-8")
        digest.update(told.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()
