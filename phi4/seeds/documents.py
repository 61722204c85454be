"""A folder of seeds as documents, cut anew each time it is walked, so that no number of files fills the memory."""

from __future__ import annotations

from collections.abc import Iterator

from phi4.records import Document, Seed
from phi4.seeds.passages import cut_passages
from phi4.seeds.read import Refused, SeedFolder


class Documents:
    """Counted and walked like a list; holds one document at a time."""

    def __init__(self, folder: SeedFolder) -> None:
        self._folder = folder

    def __len__(self) -> int:
        return len(self._folder)

    def __iter__(self) -> Iterator[Document]:
        return map(cut, self._folder)


def cut(found: Seed | Refused) -> Document:
    """One seed file as a document."""
    if not isinstance(found, Seed):
        return Document(file=found.file, refused=found.reason)
    if passages := cut_passages(found):
        return Document(file=found.file, passages=tuple(passages))
    return Document(file=found.file, refused="it has no sentence")
