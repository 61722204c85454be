"""Rows on their shelf: counted, walked, and had by file."""

import sqlite3

import pytest

from phi4.dataset.scratch import Scratch, Shelf
from phi4.errors import WorkspaceError
from phi4.records import Example
from tests.dataset.leaflets import rows


def test_rows_of_a_file_come_together_and_in_their_order():
    shelf = Shelf(Example)
    mixed = rows()[::2] + rows()[1::2]
    for row in mixed:
        shelf.append(row)
    assert (len(shelf), list(shelf)) == (len(mixed), mixed)
    for file in {row.source.file for row in mixed}:
        assert shelf.of_file(file) == [row for row in mixed if row.source.file == file]
    assert shelf.of_file("other.txt") == []


def test_a_full_disk_is_an_error_that_names_the_way_out():
    kept = Scratch("CREATE TABLE told (text TEXT)")
    kept.get("PRAGMA max_page_count = 1")
    with pytest.raises(WorkspaceError, match="temporary file") as caught:
        kept.put("INSERT INTO told VALUES (?)", [("가" * 100_000,)])
    assert "TMPDIR" in caught.value.hint
    assert isinstance(caught.value.__cause__, sqlite3.Error)
