"""Earlier exams, each once, and what changed between two."""

import pytest

from phi4.evaluation.history import changes, entry, history_file, main_scores, read_history, remember
from phi4.paths import Workspace
from tests.evaluation.sat import small_report


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_main_scores_carry_their_intervals():
    told = main_scores(small_report(), "bot")
    assert told["closed_book.right"]["value"] == 0.5
    assert all({"value", "low", "high", "n"} == set(one) for one in told.values())
    assert "unanswerable.refused" in told


def test_a_repeated_exam_is_remembered_once(workspace):
    first = entry(small_report(), "bot")
    again = entry(small_report(when="2026-01-02 10:00"), "bot")
    other = entry(small_report(rows=20), "bot")
    assert remember(workspace, [first]) == [first]
    assert remember(workspace, [again, other]) == [first, other]
    assert read_history(workspace) == [first, other]


def test_what_changed_is_told_by_name():
    before, after = (entry(small_report(rows=rows), "bot") for rows in (10, 20))
    assert changes(before, after) == ["rows: 10 → 20"]
    assert changes(before, before) == []
    after["settings"] = {**after["settings"], "r": 32}
    assert changes(before, after) == ["rows: 10 → 20", "r: 16 → 32"]


def test_a_broken_line_of_the_history_stops_nothing(workspace):
    remember(workspace, [entry(small_report(), "bot")])
    with history_file(workspace).open("a", encoding="utf-8") as file:
        file.write('{"half\n[1]\n{"scores": 3}\n')
    assert len(read_history(workspace)) == 1
