"""The documents that a user names."""

import os
import unicodedata
import zipfile

import pytest

from phi4.documents.gather import gather
from phi4.errors import UsageError


def test_files_of_folders_and_archives_come_by_name_and_hidden_ones_do_not(tmp_path, files):
    docs = tmp_path / "docs"
    below = docs / unicodedata.normalize("NFD", "하위")
    below.mkdir(parents=True)
    (below / unicodedata.normalize("NFD", "한글.txt")).write_text("가")
    (docs / ".hidden.txt").write_text("가")
    (docs / "~$a.docx").write_text("잠금")
    with zipfile.ZipFile(docs / "묶음.zip", "w") as archive:
        archive.write(files / "small.pdf", "안/글.pdf")
        archive.writestr("../나쁜.txt", "x")
        archive.writestr("속.zip", b"PK\x05\x06" + bytes(18))
    (tmp_path / "scratch").mkdir()
    found = [(one.name, one.kind, one.reason) for one in gather([str(docs)], tmp_path / "scratch")]
    assert found == [
        ("묶음.zip/안/글.pdf", "pdf", ""),
        ("묶음.zip/_/나쁜.txt", None, "its name leads out of the archive"),
        ("묶음.zip/속.zip", None, "it is an archive in an archive"),
        ("하위/한글.txt", "text", ""),
    ]


def test_a_name_in_the_letters_of_korean_windows_is_read(tmp_path):
    (tmp_path / os.fsdecode("한글.txt".encode("cp949"))).write_text("가")
    [found] = gather([str(tmp_path)], tmp_path)
    assert (found.name, found.source.endswith("/한글.txt")) == ("한글.txt", True)


def test_a_name_that_an_archive_holds_twice_is_two_documents(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("글.txt", "하나")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("글.txt", "둘")
    found = list(gather([str(tmp_path / "a.zip")], tmp_path / "scratch"))
    assert [(one.name, one.member) for one in found] == [("a.zip/글.txt", "글.txt"), ("a.zip/글.txt", "글.txt (2)")]
    assert {one.source for one in found} == {str(tmp_path / "a.zip")}


def test_a_path_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="there is no file or folder"):
        next(gather([str(tmp_path), str(tmp_path / "x")], tmp_path))
