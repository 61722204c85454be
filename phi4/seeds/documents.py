"""A folder of seeds as documents: cut once and kept on disk, so that no number of files fills the memory."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from weakref import finalize

from phi4.errors import WorkspaceError
from phi4.jsonl import to_line
from phi4.records import Document, Seed
from phi4.seeds.passages import cut_passages
from phi4.seeds.read import Refused, SeedFolder


class Documents:
    """Counted and walked like a list; holds one document at a time.

    A document is cut when a walk first comes to it. Each later walk finds it as it was then: a run takes
    hours, and a file that changes meanwhile would no longer hold the sentences that its rows rest on.
    """

    def __init__(self, folder: SeedFolder) -> None:
        self._count = len(folder)
        self._uncut = iter(folder)
        self._kept = TemporaryFile("w+b")  # noqa: SIM115  # a document a line; walked until this object goes
        finalize(self, self._kept.close)
        self._end = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Document]:
        """Raises ``WorkspaceError`` when there is no room to keep a document."""
        place = 0
        while place < self._end or self._cut_next():
            self._kept.seek(place)
            line = self._kept.readline()
            place = self._kept.tell()
            yield Document.model_validate_json(line)

    def _cut_next(self) -> bool:
        """Keep one document more; whether there was one."""
        found = next(self._uncut, None)
        if found is None:
            return False
        self._kept.seek(self._end)
        try:
            self._kept.write(f"{to_line(cut(found))}\n".encode())
            self._kept.flush()
        except OSError as error:
            raise WorkspaceError(
                f"cannot write a temporary file: {error}", "free some disk space, or name a folder with room: TMPDIR"
            ) from error
        self._end = self._kept.tell()
        return True


def cut(found: Seed | Refused) -> Document:
    """One seed file as a document."""
    if not isinstance(found, Seed):
        return Document(file=found.file, refused=found.reason)
    passages = tuple(cut_passages(found))
    return Document(file=found.file, passages=passages, refused="" if passages else "it has no sentence")
