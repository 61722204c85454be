"""Each document is read in a process of its own."""

import random
import sys
import time

import openpyxl
import pptx
import pypdfium2
import pytest

from benchmarks.documents_fuzz import mutate
from phi4.documents.detect import detect
from phi4.documents.isolation import read_isolated
from phi4.errors import DocumentError


def test_the_blocks_come_through_as_they_were(blocks, files):
    for name in ("small.docx", "small.pdf"):
        path = files / name
        found = [block for block in read_isolated(path, detect(path, name)) if block.kind != "page"]
        assert found == blocks(path)


def test_why_a_document_cannot_be_read_comes_through_with_what_to_do(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(DocumentError, match="broken PDF"):
        list(read_isolated(tmp_path / "a.pdf", "pdf"))


def test_a_reader_that_says_nothing_is_ended(tmp_path):
    import os

    os.mkfifo(tmp_path / "a.txt")  # reading it never ends
    started = time.monotonic()
    with pytest.raises(DocumentError, match="took too long"):
        list(read_isolated(tmp_path / "a.txt", "text", silence=1.0))
    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space of a process")
def test_a_reader_that_wants_too_much_memory_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("가" * (40 << 20), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"memory|crashed"):
        list(read_isolated(tmp_path / "a.txt", "text", memory=400 << 20))


def test_a_text_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("phi4.documents.isolation.MAX_TEXT", 1000)
    (tmp_path / "a.txt").write_text("글이다.\n\n" * 500, encoding="utf-8")
    with pytest.raises(DocumentError, match="MB of text"):
        list(read_isolated(tmp_path / "a.txt", "text"))


def test_two_thousand_pages_are_read_page_by_page_in_bounded_memory(tmp_path, files):
    with pypdfium2.PdfDocument(files / "small.pdf") as source, pypdfium2.PdfDocument.new() as target:
        for _ in range(1000):
            target.import_pages(source)
        target.save(tmp_path / "long.pdf")
    found = list(read_isolated(tmp_path / "long.pdf", "pdf"))
    assert [block.page for block in found if block.kind == "page"] == list(range(1, 2001))
    assert sum(block.text.startswith("제1조(목적)") for block in found) == 1000


def samples(folder, files):
    """One file of each format."""
    book = openpyxl.Workbook()
    book.active.append(["약", "용량"])
    book.active.append(["가", 1])
    book.save(folder / "a.xlsx")
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "제목"
    deck.save(str(folder / "a.pptx"))
    (folder / "a.html").write_text("<h1>제목</h1><table><tr><td>가<td>나</table>", encoding="utf-8")
    (folder / "a.md").write_text("# 제목\n\n|가|나|\n|-|-|\n|1|2|\n", encoding="utf-8")
    (folder / "a.csv").write_text("약,용량\n가,1\n", encoding="utf-8")
    return [*sorted(folder.iterdir()), *sorted(files.iterdir())]


def outcome(path, name):
    """Why a file could not be read, or ""."""
    try:
        list(read_isolated(path, detect(path, name)))
    except DocumentError as error:
        return error.message
    return ""


def test_mutated_files_are_read_or_refused_and_never_crash_or_hang(tmp_path, files):
    chance = random.Random(1)
    source = tmp_path / "source"
    source.mkdir()
    target = tmp_path / "mutant"
    for path in samples(source, files):
        for _ in range(8):
            target.write_bytes(mutate(path.read_bytes(), chance))
            told = outcome(target, path.name)
            assert "crashed" not in told
            assert "took too long" not in told
