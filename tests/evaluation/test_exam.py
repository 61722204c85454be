"""Which questions are asked, and which exams are refused."""

import pytest

from phi4.errors import ExamError, RecordError, WorkspaceError
from phi4.evaluation.exam import (
    check_exam,
    evidence,
    general_questions,
    is_judged,
    load_exam,
    practice,
    read_texts,
    spread,
    trained_on,
)
from phi4.evaluation.scores import contains_gold
from phi4.jsonl import write_jsonl
from phi4.paths import Workspace
from phi4.records import Example, ExamSource, Passage
from tests.evaluation.kit import PASSAGE, question

TEXTS = {"a.txt": [Passage(file="a.txt", sha256="0", first=1, sentences=PASSAGE, headings=("", ""))]}


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_only_questions_about_trained_files_are_asked(workspace):
    paper = [question("a", "a.txt"), question("b", "b.txt"), question("c", "a.txt", answerable=False)]
    write_jsonl(workspace.exam / "one.jsonl", paper)
    assert [item.id for item in load_exam(workspace, ["a.txt"])] == ["a", "c"]


def test_a_generated_exam_is_sat_about_files_that_no_written_one_is_about(workspace):
    write_jsonl(workspace.synthetic_exam, [question("generated"), question("other", "b.txt")])
    assert [item.id for item in load_exam(workspace, ["a.txt", "b.txt"])] == ["generated", "other"]
    write_jsonl(workspace.exam / "one.jsonl", [question("written")])
    assert [item.id for item in load_exam(workspace, ["a.txt", "b.txt"])] == ["written", "other"]


def test_ids_that_occur_twice_are_refused_by_name(workspace):
    write_jsonl(workspace.exam / "one.jsonl", [question("a"), question("b")])
    write_jsonl(workspace.exam / "two.jsonl", [question("b")])
    with pytest.raises(ExamError, match="same id: 'b'") as caught:
        load_exam(workspace, ["a.txt"])
    assert "data/exam" in caught.value.hint


def test_an_empty_exam_file_is_no_exam(workspace):
    workspace.exam.mkdir(parents=True)
    (workspace.exam / "one.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="is empty"):
        load_exam(workspace, ["a.txt"])


def test_a_broken_line_is_named(workspace):
    workspace.exam.mkdir(parents=True)
    (workspace.exam / "one.jsonl").write_text('{"id": "1"}\n', encoding="utf-8")
    with pytest.raises(RecordError, match="line 1: question"):
        load_exam(workspace, ["a.txt"])


def about(*sentences, **more):
    return question("x", source=ExamSource(file="a.txt", sentences=sentences), **more)


def test_the_evidence_is_the_numbered_sentence_else_the_quote_else_the_file():
    assert evidence(about(2), TEXTS) == [PASSAGE[1]]
    quoting = question("x", source=ExamSource(file="a.txt", evidence=("따온 문장입니다.",)))
    assert evidence(quoting, TEXTS) == ["따온 문장입니다."]
    assert evidence(about(), TEXTS) == list(PASSAGE)
    assert evidence(about(2), {}) == []


def test_a_sentence_that_the_seed_does_not_have_is_refused():
    with pytest.raises(ExamError, match=r"'a\.txt' has no sentence '9'"):
        evidence(about(9), TEXTS)


def test_a_gold_that_is_not_in_its_passage_is_refused_with_the_passage():
    check_exam([about(1)], TEXTS, [])
    with pytest.raises(ExamError, match="'x': none of its answers stands in its passage: 응집") as caught:
        check_exam([about(2)], TEXTS, [])
    assert PASSAGE[1] in caught.value.hint


def test_a_question_needs_a_gold_or_must_say_that_it_has_none():
    with pytest.raises(ExamError, match="'x' has no answers"):
        check_exam([about(1, answers=())], TEXTS, [])
    check_exam([about(answers=(), answerable=False)], TEXTS, [])


def row(asked, name=""):
    return Example(question=asked, reasoning_steps=("가.",), answer="나.", id=name)


def test_an_exam_that_was_trained_on_is_refused_and_the_rows_named():
    exam = [about(1, question="아스피린은 혈소판의 무엇을 억제합니까?")]
    moved = row("혈소판의 무엇을 아스피린은 억제하나요?", "row-7")
    assert trained_on(exam, [row("와파린의 용량은 얼마입니까?"), moved]) == [(exam[0], moved)]
    with pytest.raises(ExamError, match="1 exam questions were trained on: x = row row-7") as caught:
        check_exam(exam, TEXTS, [moved])
    assert "phi4 generate && phi4 train" in caught.value.hint


def test_seeds_that_did_not_travel_with_the_adapter_are_no_error(workspace):
    assert read_texts(workspace) == {}


def test_whole_sentences_are_for_the_judge():
    assert is_judged(about(1, answers=("혈소판의 응집을 억제하기 때문입니다.",)))
    assert not is_judged(about(1))
    assert not is_judged(about(answers=(), answerable=False))


def test_the_general_questions_are_thirty_and_do_not_hold_their_answers():
    questions = general_questions()
    assert len(questions) >= 30
    assert len({one.id for one in questions}) == len({one.question for one in questions}) == len(questions)
    assert [one.id for one in questions if contains_gold(one.question, one.answers)] == []


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
