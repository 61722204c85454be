"""A folder of seeds, walked as documents."""

import errno
import io

import pytest

from phi4.errors import WorkspaceError
from phi4.seeds import Documents, read_seeds


def test_each_file_comes_with_its_passages_or_with_its_reason(tmp_path):
    (tmp_path / "b.txt").write_text("와파린은 항응고제입니다. 하루 5 mg을 먹습니다.", encoding="utf-8")
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    (tmp_path / "c.txt").write_text("주의사항:", encoding="utf-8")
    documents = Documents(read_seeds(tmp_path))
    assert len(documents) == 3
    assert [(one.file, len(one.passages), one.refused) for one in documents] == [
        ("a.txt", 0, "it is empty"),
        ("b.txt", 1, ""),
        ("c.txt", 0, "it has no sentence"),
    ]


def test_every_walk_gives_a_document_as_the_first_one_found_it(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("와파린은 항응고제입니다.", encoding="utf-8")
    documents = Documents(read_seeds(tmp_path))
    first = next(iter(documents))
    (tmp_path / "a.txt").write_text("헤파린은 항응고제입니다.", encoding="utf-8")
    again = list(documents)
    (tmp_path / "b.txt").unlink()
    assert again[0] == first
    assert list(documents) == again
    assert not any(document.refused for document in again)


def test_walks_may_cross(tmp_path):
    for name in "abcd":
        (tmp_path / f"{name}.txt").write_text(f"와파린은 {name}형 항응고제입니다.", encoding="utf-8")
    documents = Documents(read_seeds(tmp_path))
    slow = iter(documents)
    found = [next(slow).file]
    assert [document.file for document in documents] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    found += [next(slow).file]
    assert [one.file for one, _ in zip(documents, range(2), strict=False)] == found
    assert [*found, *(document.file for document in slow)] == ["a.txt", "b.txt", "c.txt", "d.txt"]


class FullDisk(io.BytesIO):
    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_without_room_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("와파린은 항응고제입니다.", encoding="utf-8")
    monkeypatch.setattr("phi4.seeds.documents.TemporaryFile", lambda mode: FullDisk())
    with pytest.raises(WorkspaceError, match="No space left") as refused:
        list(Documents(read_seeds(tmp_path)))
    assert "TMPDIR" in refused.value.hint
