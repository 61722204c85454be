"""``phi4 inspect --seeds``: a person sees which files are worth asking about."""

from phi4.paths import Workspace
from phi4.seeds import inspect_seeds
from tests.seeds.test_grade import GOOD


def test_every_file_stands_in_the_table_with_its_grade_or_the_reason_why_it_has_none(tmp_path, capsys):
    place = Workspace(tmp_path)
    place.seeds.mkdir(parents=True)
    (place.seeds / "good.txt").write_text(GOOD * 4, encoding="utf-8")
    (place.seeds / "twin.txt").write_text(GOOD * 4, encoding="utf-8")
    (place.seeds / "empty.txt").write_text("", encoding="utf-8")
    found = inspect_seeds(place.seeds)
    assert found["letters"] == {"A": 2}
    assert found["refused"] == {"empty.txt": "it is empty"}
    assert found["near_duplicates"] == [{"file": "good.txt", "other": "twin.txt", "share": 1.0}]
    told = capsys.readouterr().out
    for words in ("good.txt", "empty.txt", "≈ twin.txt"):
        assert words in told
