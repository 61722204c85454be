"""The hand-written exam of the sample seeds, held to its seeds question by question."""

from collections import Counter

import pytest

from phi4.dataset.decontamination import Exam
from phi4.evaluation.exam import check_exam, evidence, read_texts
from phi4.evaluation.scores import contains_gold, is_long
from phi4.jsonl import read_exam
from phi4.korean import ask
from phi4.paths import CHECKOUT, Workspace

SAMPLES = Workspace(CHECKOUT / "Phi-4")
GOLD = read_exam(SAMPLES.exam)
ANSWERABLE = [question for question in GOLD if question.answerable]


@pytest.fixture(scope="module")
def texts():
    return read_texts(SAMPLES)


def test_it_has_enough_of_every_kind():
    counts = Counter(question.kind for question in GOLD)
    assert len(GOLD) >= 150
    assert min(counts[kind] for kind in ("fact", "cause", "number", "contraindication")) >= 20
    assert min(counts[kind] for kind in ("comparison", "interaction")) >= 10
    assert counts["unanswerable"] >= 20
    assert sum(not question.answerable for question in GOLD) == counts["unanswerable"]
    assert sum(map(is_long, (question.answers[0] for question in ANSWERABLE))) >= 10


def test_no_id_and_no_question_occurs_twice():
    assert len({question.id for question in GOLD}) == len(GOLD)
    assert len({question.question for question in GOLD}) == len(GOLD)


def test_every_seed_is_asked_about(texts):
    asked = Counter(question.source.file for question in GOLD)
    assert set(asked) == set(texts)
    assert min(asked.values()) >= 8


def test_the_quoted_sentences_are_those_of_the_numbers(texts):
    for question in ANSWERABLE:
        assert question.source.sentences, question.id
        assert evidence(question, texts) == list(question.source.evidence), question.id


def test_a_gold_stands_in_the_sentence_of_every_question(texts):
    check_exam(GOLD, texts, [])


def test_no_question_gives_its_answer_away():
    told = [question.id for question in ANSWERABLE if contains_gold(question.question, question.answers)]
    assert told == []


def test_what_cannot_be_answered_has_neither_gold_nor_source_sentence():
    for question in GOLD:
        if not question.answerable:
            assert (question.answers, question.source.sentences, question.source.evidence) == ((), (), ())


def test_the_newer_questions_take_no_rule_made_question_out_of_the_training_rows():
    """Decontamination drops rows that ask what the exam asks; each would cost the sample dataset one."""
    taken = []
    for question in ANSWERABLE:
        number = int(question.id.rpartition("-")[2])
        if number > 5 or question.source.file == "example.txt":
            known = Exam([question.question])
            taken += [
                question.id
                for sentence in question.source.evidence
                for asked in ask(sentence)
                if known.asks(asked.question)
            ]
    assert taken == []
