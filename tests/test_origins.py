"""Where the lines of an imported seed come from."""

import pytest

from phi4.errors import RecordError
from phi4.origins import Origin, Part, origin_file, read_origin


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
