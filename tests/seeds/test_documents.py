"""A folder of seeds, walked as documents."""

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


def test_they_are_read_anew_each_time(tmp_path):
    (tmp_path / "a.txt").write_text("와파린은 항응고제입니다.", encoding="utf-8")
    documents = Documents(read_seeds(tmp_path))
    before = next(iter(documents)).passages[0]
    (tmp_path / "a.txt").write_text("헤파린은 항응고제입니다.", encoding="utf-8")
    after = next(iter(documents)).passages[0]
    assert before.sentences != after.sentences
    assert before.sha256 != after.sha256
