"""What was asked for: the words of one ``phi4 export``, each only where it means something."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4.errors import UsageError

# Which words belong to what; --to and --force belong to whatever makes a folder.
WORDS: dict[str, tuple[str, ...]] = {
    "adapter-gguf": ("to", "force"),
    "merged": ("to", "force", "dtype"),
    "gguf": ("to", "force", "type"),
    "ollama": ("to", "force", "type", "lora", "create"),
    "vllm": (),
    "dataset": ("to", "force", "format"),
    "hub": ("repo", "public"),
}


@dataclass(frozen=True)
class Wish:
    """``detail`` is the number format or the form of the rows, "" where there is none to choose."""

    what: str
    detail: str
    to: str
    repo: str
    lora: bool
    create: bool
    public: bool
    force: bool

    @classmethod
    def of(cls, what: str, words: dict[str, Any]) -> Wish:
        """From the command's words. Raises ``UsageError`` for one that means nothing here, or one that is missing."""
        for name, value in words.items():
            if value and name not in WORDS[what]:
                fitting = ", ".join(kind for kind, known in WORDS.items() if name in known)
                raise UsageError(f"--{name} means nothing for 'phi4 export {what}'", f"it belongs to: {fitting}")
        if what == "hub" and not words.get("repo"):
            raise UsageError("phi4 export hub: which repository?", "type: phi4 export hub --repo OWNER/NAME")
        chosen = {
            "merged": words.get("dtype") or "bf16",
            "gguf": words.get("type") or "q8_0",
            "ollama": words.get("type") or "q8_0",
            "dataset": words.get("format") or "openai",
        }
        flags = {name: bool(words.get(name)) for name in ("lora", "create", "public", "force")}
        return cls(what, chosen.get(what, ""), words.get("to") or "", words.get("repo") or "", **flags)

    def target(self, exports: Path, name: str) -> Path:
        """The folder to make: ``--to``, else ``exports/NAME-WHAT-DETAIL``."""
        if self.to:
            return Path(self.to).expanduser().resolve()
        kind = "lora-gguf" if self.what == "adapter-gguf" else self.what
        parts = (name, kind, self.detail, "lora" if self.lora else "")
        return exports / "-".join(part for part in parts if part)
