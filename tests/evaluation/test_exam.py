"""Which questions are asked."""

import pytest

from phi4.evaluation.exam import load_exam, practice, spread
from phi4.paths import Workspace
from phi4.records import Example, write_jsonl
from tests.evaluation.test_examine import question


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_only_answerable_questions_about_trained_files_are_asked(workspace):
    paper = [question("a", "a.txt"), question("b", "b.txt"), question("c", "a.txt", answerable=False)]
    write_jsonl(workspace.exam / "one.jsonl", paper)
    assert [item.id for item in load_exam(workspace, ["a.txt"])] == ["a"]


def test_an_exam_about_other_seeds_or_none_is_no_exam(workspace):
    assert load_exam(workspace, ["z.txt"]) == []
    write_jsonl(workspace.exam / "one.jsonl", [question("a", "a.txt")])
    assert load_exam(workspace, ["z.txt"]) == []


def test_a_short_exam_asks_every_seed():
    paper = [question(f"{file}{n}", file) for file in "abc" for n in range(3)]
    assert [item.id for item in spread(paper, 4)] == ["a0", "a1", "b0", "c0"]
    assert spread(paper, 0) == paper
    assert spread(paper, 99) == paper


def test_practice_is_three_training_questions(workspace):
    rows = [Example(question=f"{n}은 무엇입니까?", reasoning_steps=("가.",), answer="나.") for n in range(5)]
    write_jsonl(workspace.train_file, rows)
    assert [item.question for item in practice(workspace)] == [row.question for row in rows[:3]]
