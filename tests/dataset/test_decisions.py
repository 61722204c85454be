"""Decisions hold for the content that a person saw, and take effect."""

import pytest

from phi4.dataset.decisions import as_draft, decided, keep_decision, objection_to, read_decisions, row_key
from phi4.dataset.decontamination import Exam
from phi4.errors import RecordError, WorkspaceError
from phi4.records import Decision, Example
from tests.dataset.leaflets import PASSAGES, row

ROW = row(PASSAGES[0], 3, "바르토핀의 시작 용량은 보통 하루 몇 mg입니까?")
NO_EXAM = Exam()
BETTER = ROW.model_copy(update={"answer": "바르토핀은 보통 하루 10 mg으로 시작합니다."})


def decision(verdict, edited=None, reason=""):
    return Decision(key=row_key(ROW), verdict=verdict, question=ROW.question, reason=reason, edited=edited)


def apply(said, rows=(ROW,), exam=NO_EXAM):
    return decided(rows, {said.key: said}, PASSAGES, exam)


def test_the_key_follows_from_what_is_seen_and_from_nothing_else():
    again = ROW.model_copy(update={"id": "other", "teacher": "another"})
    assert row_key(again) == row_key(ROW)
    assert row_key(BETTER) != row_key(ROW)


def test_an_accepted_row_stays_as_it_is():
    assert apply(decision("accept")) == ([ROW], [], [])


def test_a_rejected_row_goes_with_the_persons_reason():
    kept, (gone,), _ = apply(decision("reject", reason="너무 쉬움"))
    assert kept == []
    assert (gone.reason, gone.detail, gone.draft.question) == ("review", "너무 쉬움", ROW.question)


def test_an_edited_row_keeps_its_origin_and_beats_what_it_was():
    kept, _, (pair,) = apply(decision("edit", edited=BETTER))
    assert kept == [BETTER]
    assert (pair.chosen.answer, pair.rejected.answer) == (BETTER.answer, ROW.answer)


def test_where_only_the_question_changed_no_answer_is_the_better():
    asked = ROW.model_copy(update={"question": "바르토핀의 시작 용량은 하루 몇 mg인가요?"})
    kept, _, pairs = apply(decision("edit", edited=asked))
    assert [one.question for one in kept] == [asked.question]
    assert pairs == []


def test_an_edited_row_goes_through_the_gates_again():
    wrong = ROW.model_copy(update={"answer": "바르토핀의 시작 용량은 보통 하루 90 mg입니다."})
    kept, (gone,), _ = apply(decision("edit", edited=wrong))
    assert kept == []
    assert gone.reason == "numbers"


def test_an_edited_row_that_asks_what_the_exam_asks_is_rejected():
    asked = ROW.model_copy(update={"question": "바르토핀의 시작 용량은 하루 몇 mg인가요?"})
    kept, (gone,), pairs = apply(decision("edit", edited=asked), exam=Exam([asked.question]))
    assert (kept, pairs) == ([], [])
    assert (gone.reason, gone.stage) == ("exam", "review")


def test_a_row_whose_seed_changed_cannot_be_judged():
    stale = [passage.model_copy(update={"sha256": "1" * 64}) for passage in PASSAGES]
    assert objection_to(BETTER, stale, NO_EXAM)[0] == "stale"


def test_a_refusal_is_held_to_its_form():
    refusal = Example(
        question="그 약은 무엇입니까?", reasoning_steps=("찾아봅니다.",), answer="모릅니다.", kind="refusal"
    )
    assert objection_to(refusal, [], NO_EXAM) is None
    assert objection_to(refusal.model_copy(update={"answer": "몰라요."}), [], NO_EXAM)[0] == "register"


def test_each_step_is_judged_by_the_sentence_it_is_nearest_to():
    two = ROW.model_copy(update={"source": PASSAGES[0].source(1, 3), "reasoning_steps": PASSAGES[0].sentences[2::-2]})
    assert [step.cite for step in as_draft(two, PASSAGES).steps] == [3, 1]


def test_the_last_decision_about_a_row_counts(tmp_path):
    file = tmp_path / "data" / "review.jsonl"
    assert read_decisions(file) == {}
    for verdict in ("accept", "reject"):
        keep_decision(file, decision(verdict))
    assert [one.verdict for one in read_decisions(file).values()] == ["reject"]


def test_a_broken_line_is_named(tmp_path):
    file = tmp_path / "review.jsonl"
    file.write_text('{"key": 1}\n', encoding="utf-8")
    with pytest.raises(RecordError, match="line 1"):
        read_decisions(file)


def test_a_folder_that_cannot_be_written_is_an_error_with_its_name(tmp_path):
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="review"):
        keep_decision(tmp_path / "data" / "review.jsonl", decision("accept"))
