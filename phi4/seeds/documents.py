"""A folder of seeds as documents, cut anew each time it is walked, so that no number of files fills the memory."""

from __future__ import annotations

from collections.abc import Iterator

from phi4.records import Document, Seed
from phi4.seeds.passages import cut_passages
from phi4.seeds.read import SeedFolder


class Documents:
    """Counted and walked like a list; holds one document at a time."""

    def __init__(self, folder: SeedFolder) -> None:
        self._folder = folder

    def __len__(self) -> int:
        return len(self._folder)

    def __iter__(self) -> Iterator[Document]:
        for found in self._folder:
            if not isinstance(found, Seed):
                yield Document(file=found.file, refused=found.reason)
            elif passages := cut_passages(found):
                yield Document(file=found.file, passages=tuple(passages))
            else:
                yield Document(file=found.file, refused="it has no sentence")
