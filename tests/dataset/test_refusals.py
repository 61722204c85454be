"""Refusals: unanswerable indeed, honest, polite, varied, and the same at every run."""

from collections import Counter

from phi4 import prompts
from phi4.dataset.decisions import objection_to
from phi4.dataset.decontamination import Exam
from phi4.dataset.gates import GATES
from phi4.dataset.questions import Questions
from phi4.dataset.refusals import find_refusals, refusal_rows
from phi4.dataset.retrieval import Sentences
from phi4.dataset.wellformed import FORM
from phi4.korean import registers, squeeze
from phi4.records import Document, Passage
from tests.dataset.leaflets import DOCUMENTS, PASSAGES, TEXTS, rows

SENTENCES = Sentences(DOCUMENTS)
TRAINING, EXAM = find_refusals(PASSAGES, SENTENCES, (40, 12), Questions())


def test_every_kind_that_the_text_allows_is_there():
    assert {one.kind for one in TRAINING} == {"exchange", "name", "detail"}
    assert len(TRAINING) == 40


def test_they_pass_the_gates_of_form_and_are_polite():
    made = refusal_rows([*TRAINING, *EXAM])
    assert [(row.question, objection) for row in made if (objection := objection_to(row, [], Exam()))] == []
    assert {r for row in made for r in registers([*row.reasoning_steps, row.answer])} == {"합니다체"}
    assert set(FORM) <= {name for name, _ in GATES}


def test_no_row_of_the_seeds_asks_what_they_refuse():
    answered = {squeeze(row.question) for row in rows()}
    assert not answered & {squeeze(one.question) for one in [*TRAINING, *EXAM]}


def test_an_invented_name_stands_in_no_seed():
    text = squeeze("".join(passage.text for passage in PASSAGES))
    invented = [one.group for one in TRAINING if one.kind == "name"]
    assert invented
    assert not any(squeeze(name) in text for name in invented)


def test_an_exchanged_question_has_words_that_its_own_document_lacks():
    for one in (one for one in TRAINING if one.kind == "exchange"):
        missing = [part.strip("‘’") for part in "".join(one.steps).split() if part.startswith("‘")]
        assert not any(word.split("’")[0].strip("‘") in one.passage.text for word in missing)


def test_what_every_document_tells_is_refused_of_none():
    swapped = [one.question for one in [*TRAINING, *EXAM] if one.kind == "exchange"]
    assert not [question for question in swapped if "시작 용량" in question]


def test_training_and_exam_share_neither_questions_nor_groups():
    groups = [{(one.kind, one.group) for one in part} for part in (TRAINING, EXAM)]
    assert groups[0].isdisjoint(groups[1])
    assert EXAM


def test_wordings_are_many():
    answers = Counter(one.answer for one in TRAINING)
    openings = Counter(one.answer[:6] for one in TRAINING)
    assert max(answers.values()) <= 2
    assert max(openings.values()) <= len(TRAINING) / 4


def test_the_same_seed_makes_the_same_refusals_and_another_others():
    again, _ = find_refusals(PASSAGES, SENTENCES, (40, 12), Questions())
    other, _ = find_refusals(PASSAGES, SENTENCES, (40, 12), Questions(), seed=7)
    assert again == TRAINING
    assert [one.question for one in other] != [one.question for one in TRAINING]


def test_a_section_that_others_have_is_refused_where_it_lacks():
    with_storage = [
        passage.model_copy(
            update={
                "sentences": (*passage.sentences, f"{name}은 서늘한 곳에 둡니다."),
                "headings": (*passage.headings, "보관 방법"),
            }
        )
        for passage, name in zip(PASSAGES[:2], TEXTS, strict=False)
    ]
    passages = [*with_storage, PASSAGES[2]]
    documents = [Document(file=passage.file, passages=(passage,)) for passage in passages]
    training, exam = find_refusals(passages, Sentences(documents), (60, 20), Questions())
    asked = [one for one in [*training, *exam] if one.kind == "section"]
    assert {(one.passage.file, "보관 방법" in one.question) for one in asked} == {("모나크린.txt", True)}


def test_text_without_a_subject_gives_none():
    bare = Passage(file="a.txt", sha256="", first=1, sentences=("눈이 옵니다.", "문을 닫습니다."), headings=("", ""))
    sentences = Sentences([Document(file="a.txt", passages=(bare,))])
    assert find_refusals([bare], sentences, (5, 5), Questions()) == ([], [])


def test_rows_say_what_they_are():
    (row,) = refusal_rows(TRAINING[:1])
    assert (row.kind, row.asked_by, row.teacher) == ("refusal", "rule", "rule")
    assert row.prompt_version == prompts.version("refusals")
    assert row.source.sentences == ()


def test_what_a_document_tells_under_a_longer_word_is_not_refused():
    told = {
        "바르토핀": "임신 20주 이후에 바르토핀을 쓰면 태아의 신장이 손상될 수 있습니다.",
        "셀리도민": "셀리도민은 임신부에게 금기입니다.",
    }
    passages = [
        passage.model_copy(update={"sentences": (*passage.sentences[:-1], told.get(name, passage.sentences[-1]))})
        for passage, name in zip(PASSAGES, TEXTS, strict=True)
    ]
    sentences = Sentences(Document(file=passage.file, passages=(passage,)) for passage in passages)
    made = [one for part in find_refusals(passages, sentences, (200, 60), Questions()) for one in part]
    refused = {one.passage.file for one in made if one.kind == "exchange" and "임신" in one.question}
    assert "모나크린.txt" in refused
    assert "셀리도민.txt" not in refused
