"""Seeds that lie in an object store: any address that fsspec knows (``s3://``, ``gs://``, ``az://``, ``hdfs://`` …)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from phi4.errors import SeedError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from fsspec.spec import AbstractFileSystem

T = TypeVar("T")
TRIES = 6
PAUSE_SECONDS = 1.0  # after the first refusal; doubles: half a minute in all
_OF_THE_FILE = (FileNotFoundError, IsADirectoryError, PermissionError)  # to ask again would not help


class Store:
    """The text files below an address."""

    def __init__(self, url: str) -> None:
        """Raises ``UsageError`` for an address that nobody knows."""
        self.url = url
        self._files, self._root = _opened(url)

    def names(self) -> Iterator[str]:
        """Every text file, relative to the address. Raises ``WorkspaceError`` when the store does not answer."""
        root = self._root.rstrip("/")
        waiting = [root]
        while waiting:
            for entry in self._listed(waiting.pop()):  # not fs.walk: one that failed ends, and looks complete
                path = str(entry["name"]).rstrip("/")
                if entry["type"] == "directory":
                    waiting.append(path)
                elif path.lower().endswith(".txt"):
                    yield path.removeprefix(root).lstrip("/")

    def _listed(self, folder: str) -> list[dict[str, Any]]:
        try:
            return self._patiently(lambda: self._files.ls(folder, detail=True))
        except _OF_THE_FILE as error:
            raise WorkspaceError(f"'{self.url}' cannot be listed: {error}", "check the address and the keys") from error

    def read(self, name: str) -> bytes:
        """One file. Raises ``SeedError`` when it is not to be had, ``WorkspaceError`` when the store is not."""
        try:
            return self._patiently(lambda: self._read(f"{self._root.rstrip('/')}/{name}"))
        except _OF_THE_FILE as error:
            raise SeedError(f"it cannot be read: {error}") from error

    def _read(self, path: str) -> bytes:
        told: bytes = self._files.cat_file(path)
        return told

    def _patiently(self, ask: Callable[[], T]) -> T:
        """A store that is busy or away is asked again; a run of days meets that."""
        for tries in range(1, TRIES + 1):
            try:
                return ask()
            except _OF_THE_FILE:
                raise
            except Exception as error:  # whatever the store's package raises: botocore's errors are no OSError
                if tries == TRIES:
                    raise WorkspaceError(
                        f"the store of seeds '{self.url}' does not answer: {error} (tries: {tries})",
                        "run the same command again when it does; answers so far are kept",
                    ) from error
                time.sleep(PAUSE_SECONDS * 2 ** (tries - 1) * random.uniform(0.5, 1.5))
        raise AssertionError("unreachable")


def _opened(url: str) -> tuple[AbstractFileSystem, str]:
    import fsspec

    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]
    except (ValueError, ImportError) as error:
        raise UsageError(
            f"--seeds-url='{url}': {error}", "install the store's package (s3fs, gcsfs, adlfs) where seeds are read"
        ) from error
