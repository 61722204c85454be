"""A person's walk through the rows: every key, every way out, and what is written."""

import pytest

from phi4.dataset.decisions import keep_decision, read_decisions, row_key
from phi4.dataset.review import as_text, from_text, review
from phi4.errors import UsageError
from phi4.jsonl import read_jsonl, write_jsonl
from phi4.records import Decision, Example, ExamQuestion, ExamSource, Preference, Rejected, Told
from tests.dataset.leaflets import PASSAGES, row
from tests.samples import make_workspace

ROWS = [
    row(PASSAGES[0], 3, "바르토핀의 시작 용량은 보통 하루 몇 mg입니까?"),
    row(PASSAGES[1], 3, "셀리도민의 시작 용량은 보통 하루 몇 mg입니까?"),
    row(PASSAGES[2], 3, "모나크린의 시작 용량은 보통 하루 몇 mg입니까?"),
]


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    workspace = make_workspace(tmp_path)
    write_jsonl(workspace.train_file, ROWS)
    return workspace


def said(*lines):
    """A person who types these lines and then closes the terminal."""
    rest = iter(lines)

    def ask(prompt):
        line = next(rest, None)
        if line is None:
            raise EOFError
        return line

    return ask


def train(workspace):
    return read_jsonl(workspace.train_file, Example)


def test_without_a_terminal_it_says_so_and_changes_nothing(workspace):
    before = workspace.train_file.read_bytes()
    with pytest.raises(UsageError, match="terminal"):
        review(workspace, PASSAGES)
    assert workspace.train_file.read_bytes() == before


def test_the_cited_sentence_stands_above_the_row(workspace, capsys):
    review(workspace, PASSAGES, said("q"))
    told = capsys.readouterr().out
    assert "[3] 바르토핀의 시작 용량은 보통 하루 10 mg입니다." in told
    assert told.index("[3]") < told.index("Q 바르토핀의")


def test_a_rejected_row_leaves_at_once(workspace):
    facts = review(workspace, PASSAGES, said("a", "r", "약 이름이 틀림", "q"))
    assert facts == {"rows": 2, "rejected": 1, "edited": 0}
    assert train(workspace) == [ROWS[0], ROWS[2]]
    (gone,) = read_jsonl(workspace.rejected_file, Rejected)
    assert (gone.reason, gone.detail) == ("review", "약 이름이 틀림")


def test_an_edit_by_line_replaces_the_row_and_keeps_the_pair(workspace):
    better = "바르토핀은 보통 하루 10 mg으로 시작합니다."
    review(workspace, PASSAGES, said("e", "", "", better, "q"))
    assert train(workspace)[0] == ROWS[0].model_copy(update={"answer": better})
    (pair,) = read_jsonl(workspace.preference_file, Preference)
    assert (pair.chosen.answer, pair.rejected.answer) == (better, ROWS[0].answer)


def test_an_edit_that_the_gates_refuse_is_told_and_asked_again(workspace, capsys):
    review(workspace, PASSAGES, said("e", "", "", "하루 90 mg입니다.", "q"))
    assert "✗" in capsys.readouterr().out
    assert train(workspace) == ROWS
    assert read_decisions(workspace.review_file) == {}


def test_a_row_cannot_be_edited_into_the_question_of_another(workspace, capsys):
    other = "바르토핀의 시작 용량은 하루에 얼마입니까?"
    write_jsonl(workspace.train_file, [*ROWS, ROWS[0].model_copy(update={"question": other})])
    review(workspace, PASSAGES, said("e", other, "", "", "q"))
    assert f"✗ duplicate: another row asks: {other}" in capsys.readouterr().out
    review(workspace, PASSAGES, said("s", "s", "s", "r", ""))
    review(workspace, PASSAGES, said("e", other, "", "", "q"))
    assert train(workspace)[0].question == other  # the other one was rejected
    assert len(train(workspace)) == len(ROWS)


QUESTION = ROWS[0].question
AS_EXAMINED = "바르토핀의 시작 용량은 하루 몇 mg입니까?"


def examined(question):
    return ExamQuestion(id="1", question=question, answers=("10 mg",), source=ExamSource(file="바르토핀.txt"))


@pytest.mark.parametrize("paper", ["hand-written", "generated"])
def test_a_question_of_the_exam_cannot_be_edited_in(workspace, capsys, paper):
    file = workspace.synthetic_exam if paper == "generated" else workspace.exam / "gold.jsonl"
    write_jsonl(file, [examined(AS_EXAMINED)])
    review(workspace, PASSAGES, said("e", AS_EXAMINED, "", "", "q"))
    assert f"✗ exam: the exam asks: {AS_EXAMINED}" in capsys.readouterr().out
    assert train(workspace) == ROWS
    assert read_decisions(workspace.review_file) == {}


def test_an_edit_that_an_exam_came_to_ask_later_leaves_the_rows(workspace):
    edited = ROWS[0].model_copy(update={"question": AS_EXAMINED})
    keep_decision(
        workspace.review_file, Decision(key=row_key(ROWS[0]), verdict="edit", question=QUESTION, edited=edited)
    )
    write_jsonl(workspace.exam / "gold.jsonl", [examined(AS_EXAMINED)])
    review(workspace, PASSAGES, said("q"))
    assert train(workspace) == ROWS[1:]
    assert [one.reason for one in read_jsonl(workspace.rejected_file, Rejected)] == ["exam"]


def test_the_pair_of_a_rejected_row_goes_with_it(workspace):
    pairs = [
        Preference(
            question=one.question,
            chosen=Told(reasoning_steps=one.reasoning_steps, answer=one.answer),
            rejected=Told(reasoning_steps=("가",), answer="나"),
        )
        for one in ROWS
    ]
    write_jsonl(workspace.preference_file, pairs)
    review(workspace, PASSAGES, said("r", "틀림", "q"))
    assert read_jsonl(workspace.preference_file, Preference) == pairs[1:]


def test_an_editor_is_used_where_there_is_one(workspace, monkeypatch, tmp_path):
    script = tmp_path / "edit.sh"
    script.write_text('#!/bin/sh\nsed -i "s/보통 하루 10 mg입니다/하루 10 mg입니다/" "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    review(workspace, PASSAGES, said("e", "q"))
    assert train(workspace)[0].answer == "바르토핀의 시작 용량은 하루 10 mg입니다."


@pytest.mark.parametrize("editor", ["false", "no-such-editor-anywhere"])
def test_an_editor_that_fails_changes_nothing(workspace, monkeypatch, editor):
    monkeypatch.setenv("EDITOR", editor)
    review(workspace, PASSAGES, said("e", "q"))
    assert train(workspace) == ROWS


def test_back_shows_the_row_before_and_its_last_decision_counts(workspace):
    review(workspace, PASSAGES, said("r", "틀림", "b", "a", "q"))
    assert train(workspace) == ROWS


def test_decided_rows_are_not_shown_again(workspace, capsys):
    review(workspace, PASSAGES, said("a", "s", "q"))
    capsys.readouterr()
    review(workspace, PASSAGES, said("q"))
    told = capsys.readouterr().out
    assert "3 rows, 1 decided, 2 left" in told
    assert "Q 바르토핀" not in told


def test_a_terminal_that_closes_loses_no_decision(workspace):
    review(workspace, PASSAGES, said("r", "틀림"))
    assert train(workspace) == ROWS[1:]


def test_the_last_row_cannot_be_rejected_away(workspace):
    with pytest.raises(UsageError, match="every row"):
        review(workspace, PASSAGES, said("r", "", "r", "", "r", ""))
    assert train(workspace) == ROWS


def test_a_text_is_read_as_it_was_written():
    assert from_text(as_text(ROWS[0]), ROWS[0]) == ROWS[0]
    assert from_text("질문:\n무엇입니까?\n", ROWS[0]) is None
