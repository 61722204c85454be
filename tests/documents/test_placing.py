"""The folder that a document's seeds go to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.documents.ledger import Entry
from phi4.documents.placing import folder_name


def known(*names, source=__file__):
    return {name: Entry(name, source) for name in names}


def test_a_document_keeps_its_name_and_another_one_of_that_name_gets_a_number():
    assert folder_name("하위/글.txt", "/a/글.txt", "", {}) == "하위/글.txt"
    assert folder_name("글.txt", "/a/글.txt", "", known("글.txt")) == "글 (2).txt"
    assert folder_name("글.txt", __file__, "", known("글.txt")) == "글.txt"
    assert folder_name("글.txt", "/a/글.txt", "", known("글.txt", source="/gone/글.txt")) == "글.txt"


def test_members_of_one_archive_are_documents_of_their_own():
    assert folder_name("글.txt", __file__, "b/글.txt", known("글.txt")) == "글 (2).txt"


@pytest.mark.parametrize("name", ["import.html", "import.json", "Import.HTML", "import.json/글.txt", ".lock"])
def test_what_the_import_writes_itself_is_nobodys_name(name):
    assert folder_name(name, "/a", "", {}).split("/")[0].casefold() not in ("import.html", "import.json", ".lock")


@pytest.mark.parametrize(
    ("name", "other", "wanted"),
    [
        ("글.txt/001.txt", "글.txt", "글.txt/001 (2).txt"),
        ("글.txt/preview.html", "글.txt", "글.txt/preview (2).html"),
        ("글.txt/001.meta.json/b.txt", "글.txt", "글 (2).txt/001.meta.json/b.txt"),
        ("글.txt", "글.txt/001.txt", "글 (2).txt"),
        ("글.txt/부록.txt", "글.txt", "글.txt/부록.txt"),
    ],
)
def test_no_folder_stands_where_another_document_has_a_file(name, other, wanted):
    assert folder_name(name, "/a", "", known(other)) == wanted


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=3))
def test_every_name_is_one_that_a_disk_takes(parts):
    name = "/".join(part.replace("/", "").replace(".", "") or "x" for part in parts)
    for part in folder_name(name, "/a", "", {}).split("/"):
        assert 0 < len(part.encode()) <= 255
        assert not any(ord(letter) < 32 for letter in part)


def test_a_shortened_name_keeps_its_suffix_and_its_difference():
    one, two = (folder_name("가" * 120 + end, "/a", "", {}) for end in ("1.pdf", "2.pdf"))
    assert one != two
    assert one.startswith("가가가")
    assert one.endswith(".pdf")
