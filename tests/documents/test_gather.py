"""The documents that a user names."""

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


def test_a_path_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="there is no file or folder"):
        list(gather([str(tmp_path / "x")], tmp_path))
