"""An exam for the user's own seeds: short golds, taught facts, nothing of it in the training."""

import random
from dataclasses import replace

import pytest

from phi4.dataset import exam_paper
from phi4.dataset.decontamination import Exam
from phi4.dataset.exam_paper import ExamPaper, choose_items, short_golds, unanswerable
from phi4.dataset.questions import Questions
from phi4.dataset.refusals import find_refusals
from phi4.dataset.retrieval import Sentences
from phi4.korean import Asked, squeeze
from phi4.records import Document, ExamQuestion, Passage
from tests.dataset.leaflets import DOCUMENTS, PASSAGES, rows

SENTENCES = Sentences(DOCUMENTS)
ROWS = rows()


def set_exam(rows, passages, sentences, share):
    """The exam of these documents of one passage each, and the rows that may still be trained on."""
    by_file = {passage.file: [row for row in rows if row.source.file == passage.file] for passage in passages}
    paper = ExamPaper(
        item for passage in passages for item in choose_items([passage], by_file[passage.file], sentences, share)
    )
    left = {file: paper.leave(file, of_file) for file, of_file in by_file.items()}
    questions = [question for file in by_file for question in paper.questions(file, left[file])]
    return questions, [row for of_file in left.values() for row in of_file]


QUESTIONS, LEFT = set_exam(ROWS, PASSAGES, SENTENCES, 0.5)


def test_documents_are_examined_with_golds_that_their_evidence_holds():
    assert len({question.source.file for question in QUESTIONS}) > 1
    for question in QUESTIONS:
        (evidence,) = question.source.evidence
        assert squeeze(question.answers[0]) in squeeze(evidence)
        assert squeeze(question.answers[0]) not in squeeze(question.question)


def test_a_document_in_plain_style_is_examined_too_with_its_own_words_as_evidence():
    sentences = (
        "셀리도민은 가려움을 줄이는 항히스타민제이다.",
        "셀리도민은 히스타민 수용체를 차단하여 두드러기를 가라앉힌다.",
        "셀리도민의 시작 용량은 보통 하루 5 mg이다.",
    )
    passage = Passage(file="a.txt", sha256="0", first=1, sentences=sentences, headings=("",) * 3)
    items = list(choose_items([passage], [], Sentences([Document(file="a.txt", passages=(passage,))]), 1.0))
    assert len(items) > 1
    for question in (item.record() for item in items):
        (evidence,) = question.source.evidence
        assert evidence in sentences
        assert squeeze(question.answers[0]) in squeeze(evidence)
        assert question.question.endswith("니까?")


def test_no_exam_question_is_trained_on_in_its_words_or_others():
    exam = Exam([question.question for question in QUESTIONS])
    assert [row.question for row in LEFT if exam.asks(row.question)] == []


def test_a_taught_fact_is_still_told_by_a_row():
    taught = [question for question in QUESTIONS if question.taught]
    assert taught
    for question in taught:
        told = [row for row in LEFT if row.source.file == question.source.file]
        assert any(squeeze(question.answers[0]) in squeeze(row.answer) for row in told)


def test_the_order_of_rows_and_documents_changes_nothing():
    mixed = random.Random(5).sample(ROWS, len(ROWS))
    questions, _ = set_exam(mixed, PASSAGES[::-1], SENTENCES, 0.5)
    assert {one.id for one in questions} == {one.id for one in QUESTIONS}


def test_another_document_changes_no_question_of_the_first():
    alone, _ = set_exam([r for r in ROWS if r.source.file == PASSAGES[0].file], PASSAGES[:1], SENTENCES, 0.5)
    assert {one.id for one in alone} == {q.id for q in QUESTIONS if q.source.file == PASSAGES[0].file}


def test_a_fact_with_a_single_row_is_not_taken_from_the_training():
    single = [next(row for row in ROWS if row.source.sentences == (3,))]
    questions, left = set_exam(single, PASSAGES, SENTENCES, 0.5)
    assert left == single
    assert not [question for question in questions if question.taught]


def test_what_no_row_teaches_is_asked_and_marked():
    questions, left = set_exam([], PASSAGES, SENTENCES, 0.5)
    assert questions
    assert left == []
    assert not any(question.taught for question in questions)


def test_of_very_many_facts_some_are_asked_and_the_order_of_documents_does_not_choose(monkeypatch):
    monkeypatch.setattr(exam_paper, "MOST", 2)
    chosen = [
        {one.id for one in set_exam(ROWS, passages, SENTENCES, 0.5)[0]} for passages in (PASSAGES, PASSAGES[::-1])
    ]
    assert chosen[0] == chosen[1] < {one.id for one in QUESTIONS}


def test_the_same_question_about_two_documents_is_asked_once():
    items = list(choose_items(PASSAGES[:1], ROWS, SENTENCES, 1.0))
    twin = [replace(item, passage=item.passage.model_copy(update={"file": "다른.txt"})) for item in items]
    assert len(ExamPaper([*items, *twin])._exam._exact) == len(items)


def test_a_share_of_nothing_makes_no_exam():
    assert set_exam(ROWS, PASSAGES, SENTENCES, 0.0) == ([], ROWS)


@pytest.mark.parametrize(
    ("asked", "golds"),
    [
        (Asked("무엇을 억제합니까?", "fact", "사이클로옥시게나제(COX)"), ("사이클로옥시게나제", "COX")),
        (Asked("어떤 효소에 의해 대사됩니까?", "fact", "CYP2C9 효소"), ("CYP2C9 효소", "CYP2C9")),
        (Asked("하루 몇 mg입니까?", "quantity", "5 mg"), ("5 mg",)),
        (Asked("무엇을 받아야 합니까?", "fact", "검사"), ()),
        (Asked("무엇을 줄입니까?", "fact", "두통과 어지럼증"), ()),
        (Asked("왜 금기입니까?", "cause", "태아를 해치기 때문"), ()),
        (Asked("무엇입니까?", "fact", "여러 나라에서 오래전부터 널리 쓰여 온 경구용 항응고제"), ()),
    ],
)
def test_a_gold_is_short_and_says_something(asked, golds):
    assert short_golds(asked) == golds


def test_unanswerable_questions_have_no_gold():
    _, exam = find_refusals(PASSAGES, SENTENCES, (0, 3), Questions())
    records = unanswerable(exam)
    assert len(records) == 3
    assert all(isinstance(one, ExamQuestion) and not one.answerable and not one.answers for one in records)
