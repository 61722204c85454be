"""Token ids into text while they come: whole characters only, at a constant cost per token."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Detokeniser:
    """A base model's ``tokenizer.json``; makes one ``TextStream`` for each answer."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def stream(self) -> TextStream:
        """For one answer."""
        return TextStream(self.tokenizer)


class TextStream:
    """Holds back the ids of a character until all its bytes are there; markers give no text."""

    def __init__(self, tokenizer: Any) -> None:
        from tokenizers.decoders import DecodeStream

        self._tokenizer = tokenizer
        self._stream = DecodeStream(skip_special_tokens=True)
        self._held: list[int] = []

    def feed(self, ids: Sequence[int]) -> tuple[str, list[int]]:
        """The text that is whole now, and the ids behind it; both empty while a character is not."""
        text = ""
        whole = 0
        for place, token in enumerate(ids, start=1):
            said = self._stream.step(self._tokenizer, token)
            if said is not None:
                text, whole = text + said, place
        if not whole:
            self._held += ids
            return "", []
        told = [*self._held, *ids[:whole]]
        self._held = list(ids[whole:])
        return text, told

    def rest(self) -> list[int]:
        """The ids of a character that never got whole: an answer that was cut."""
        held, self._held = self._held, []
        return held
