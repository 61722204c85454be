"""No question twice, in its words or nearly so."""

import sqlite3

import pytest

from phi4.dataset.questions import Questions, near
from phi4.errors import WorkspaceError


def test_a_question_is_known_whatever_its_spaces():
    questions = Questions()
    assert "와파린은 무엇입니까?" not in questions
    questions.add("와파린은 무엇입니까?")
    questions.add("와파린은 무엇입니까?")
    assert "와파린은  무엇 입니까?" in questions
    assert "헤파린은 무엇입니까?" not in questions


def test_a_full_disk_is_an_error_that_names_the_way_out(monkeypatch):
    questions = Questions()
    questions._asked.get("PRAGMA max_page_count = 1")
    with pytest.raises(WorkspaceError, match="temporary file") as caught:
        questions.add("가" * 100_000)
    assert "TMPDIR" in caught.value.hint
    assert isinstance(caught.value.__cause__, sqlite3.Error)


@pytest.mark.parametrize(
    ("question", "other", "same"),
    [
        ("와파린의 시작 용량은 하루에 몇 mg입니까?", "와파린 시작 용량은 하루 몇 mg인가요?", True),
        ("와파린의 시작 용량은 하루에 몇 mg입니까?", "와파린의 최대 용량은 하루에 몇 mg입니까?", False),
        ("12세 미만은 왜 먹으면 안 됩니까?", "15세 미만은 왜 먹으면 안 됩니까?", False),
    ],
)
def test_two_questions_are_near_when_only_particles_and_endings_differ(question, other, same):
    assert (near(question, ["전혀 다른 것은 무엇입니까?", other]) == other) is same
