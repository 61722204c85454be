"""Where the lines of an imported seed come from."""

import hashlib
import json

import pytest

from phi4.errors import RecordError
from phi4.origins import Origin, Part, citation, origin_file, read_origin
from phi4.records import Source


def test_a_seed_knows_where_each_of_its_lines_comes_from(tmp_path):
    seed = tmp_path / "001.txt"
    assert read_origin(seed) is None
    parts = (Part(first=1, page=3, headings=("총칙",)), Part(first=5, page=4))
    origin = Origin(document="법.pdf", sha256="0", format="pdf", pages=(3, 4), parts=parts)
    origin_file(seed).write_text(origin.model_dump_json(), encoding="utf-8")
    assert read_origin(seed) == origin
    assert [origin.part_of(line).page for line in (1, 4, 5, 99)] == [3, 3, 4, 4]
    assert origin.part_of(0) is None
    origin_file(seed).write_text("{", encoding="utf-8")
    with pytest.raises(RecordError, match="does not tell where"):
        read_origin(seed)


@pytest.fixture
def seed(tmp_path):
    """An imported seed of three lines: two of page 3, one of page 4."""
    file = tmp_path / "법-001.txt"
    file.write_text("첫 문장입니다.\n둘째 문장입니다.\n셋째 문장입니다.\n", encoding="utf-8")
    parts = (Part(first=1, page=3, headings=("총칙", "제1조")), Part(first=3, page=4))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    origin = Origin(document="법.pdf", sha256="0", format="pdf", parts=parts, seed=digest)
    origin_file(file).write_text(origin.model_dump_json(), encoding="utf-8")
    return file


def source_of(seed, *sentences):
    """What a row notes that rests on these sentences of the seed, a line each."""
    lines = seed.read_text(encoding="utf-8").splitlines()
    starts = [sum(len(line) + 1 for line in lines[: number - 1]) for number in sentences]
    spans = tuple((start, start + len(lines[number - 1])) for start, number in zip(starts, sentences, strict=True))
    sha256 = hashlib.sha256(seed.read_bytes()).hexdigest()
    return Source(file=seed.name, sha256=sha256, sentences=sentences, spans=spans)


def test_a_row_is_looked_up_on_the_page_of_its_last_sentence(seed):
    assert citation(seed.parent, source_of(seed, 1, 2)) == "법.pdf 3쪽 › 총칙 › 제1조 · 법-001.txt [1, 2]"
    assert citation(seed.parent, source_of(seed, 2, 3)) == "법.pdf 4쪽 · 법-001.txt [2, 3]"


def test_a_seed_changed_since_has_no_page(seed):
    source = source_of(seed, 3)
    seed.write_text("새 첫 줄입니다.\n" + seed.read_text(encoding="utf-8"), encoding="utf-8")
    assert citation(seed.parent, source) == "법.pdf · 법-001.txt [3]"
    seed.unlink()
    assert citation(seed.parent, source) == "법.pdf · 법-001.txt [3]"


def test_a_seed_changed_before_its_rows_were_made_has_no_page(seed):
    seed.write_text("새 줄입니다.\n또 새 줄입니다.\n" + seed.read_text(encoding="utf-8"), encoding="utf-8")
    assert citation(seed.parent, source_of(seed, 4)) == "법.pdf · 법-001.txt [4]"


def test_a_seed_saved_in_another_encoding_has_no_page(seed):
    source = source_of(seed, 3)
    seed.write_bytes(seed.read_text(encoding="utf-8").replace("첫", "새").encode("cp949"))
    edited = source.model_copy(update={"sha256": hashlib.sha256(seed.read_bytes()).hexdigest()})
    assert citation(seed.parent, edited) == "법.pdf · 법-001.txt [3]"


def test_an_older_file_that_does_not_know_its_seed_gives_no_page(seed):
    older = read_origin(seed).model_dump(mode="json")
    del older["seed"]
    origin_file(seed).write_text(json.dumps(older), encoding="utf-8")
    assert citation(seed.parent, source_of(seed, 3)) == "법.pdf · 법-001.txt [3]"


def test_a_row_about_no_sentence_has_no_page(seed):
    assert citation(seed.parent, source_of(seed)) == "법.pdf · 법-001.txt []"


def test_a_seed_that_nobody_imported_is_told_by_its_sentences(tmp_path):
    assert citation(tmp_path, Source(file="a.txt", sha256="0", sentences=(4,))) == "a.txt [4]"
