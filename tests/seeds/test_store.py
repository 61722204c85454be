"""Seeds in an object store: listed like a folder, patient with a busy store, clear about a lost one."""

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from phi4.errors import UsageError, WorkspaceError
from phi4.records import Seed
from phi4.seeds import Documents, Store, read_named, read_seeds
from phi4.seeds import store as stores

TEXT = "와파린은 항응고제입니다."


class Moody(MemoryFileSystem):
    """An object store that answers 503 some times."""

    protocol = "moody"
    store, pseudo_dirs = {}, [""]
    refusals = 0

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.replace("moody://", "memory://"))

    def _mood(self):
        if Moody.refusals > 0:
            Moody.refusals -= 1
            raise OSError("503 Slow Down")

    def ls(self, path, detail=True, **more):
        self._mood()
        return super().ls(path, detail=detail, **more)

    def cat_file(self, path, start=None, end=None, **more):
        self._mood()
        return super().cat_file(path, start, end, **more)


@pytest.fixture
def pauses(monkeypatch):
    waited = []
    monkeypatch.setattr(stores.time, "sleep", waited.append)
    return waited


@pytest.fixture
def bucket(pauses):
    fsspec.register_implementation("moody", Moody, clobber=True)
    Moody.store.clear()
    Moody.refusals = 0
    files = Moody()
    for name, text in (("b.txt", TEXT), ("a/2.txt", TEXT), ("a/1.TXT", ""), ("note.md", "x")):
        files.pipe_file(f"/bucket/{name}", text.encode())
    return Store("moody://bucket")


def test_it_is_listed_and_read_as_a_folder_is(bucket, tmp_path):
    for name, text in (("b.txt", TEXT), ("a/2.txt", TEXT), ("a/1.TXT", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    here, there = read_seeds(tmp_path), read_seeds(bucket)
    assert list(there) == list(here)
    assert list(Documents(there)) == list(Documents(here))
    assert [name.decode() for name in there.names()] == ["a/1.TXT", "a/2.txt", "b.txt"]


def test_a_busy_store_is_asked_again_and_nothing_is_left_out(bucket, pauses):
    Moody.refusals = 3
    assert len(read_seeds(bucket)) == 3
    assert len(pauses) == 3
    assert pauses[2] > pauses[0]
    Moody.refusals = 2
    assert isinstance(read_named(bucket, b"b.txt"), Seed)


def test_a_store_that_stays_away_is_named_and_ends_the_run(bucket):
    Moody.refusals = 1000
    with pytest.raises(WorkspaceError, match=r"'moody://bucket' does not answer: 503 Slow Down"):
        read_seeds(bucket)
    with pytest.raises(WorkspaceError, match="does not answer"):
        read_named(bucket, b"b.txt")


def test_a_file_that_is_gone_is_one_refused_seed(bucket):
    assert "it cannot be read" in read_named(bucket, b"gone.txt").reason


def test_an_address_that_is_not_there_or_of_no_known_kind_is_an_error(bucket):
    with pytest.raises(WorkspaceError, match="cannot be listed"):
        read_seeds(Store("moody://elsewhere"))
    with pytest.raises(UsageError, match="--seeds-url='nonsense://x'"):
        Store("nonsense://x")


def test_it_travels_to_another_process(bucket):
    import pickle

    again = pickle.loads(pickle.dumps(bucket))
    assert again.read("b.txt").decode() == TEXT
