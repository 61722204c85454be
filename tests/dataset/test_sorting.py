"""Where a draft goes: accepted with its further wordings, or rejected with one reason."""

import pytest

from phi4.dataset.decontamination import Exam
from phi4.dataset.sorting import Dataset
from phi4.records import Rejected
from tests.samples import QUESTIONS, WARFARIN, draft_about

NO_QUESTION = "와파린에 대해 설명해 주세요."


def questions(dataset):
    return [example.question for example in dataset.accepted]


def test_a_good_draft_is_accepted_and_keeps_where_it_comes_from():
    dataset = Dataset()
    dataset.take(draft_about(4), WARFARIN)
    (row,) = dataset.accepted
    assert (row.question, row.source.sentences[-1], row.asked_by) == (QUESTIONS[4], 4, "teacher")
    assert dataset.rejected == []


def test_further_wordings_become_rows_of_their_own():
    dataset = Dataset()
    dataset.take(draft_about(6), WARFARIN, further=2)
    assert [row.asked_by for row in dataset.accepted] == ["teacher", "rule", "rule"]
    assert len(set(questions(dataset))) == 3
    assert {row.answer for row in dataset.accepted} == {draft_about(6).answer}


@pytest.mark.parametrize(("further", "room", "rows"), [(0, 9, 1), (1, 9, 2), (2, 2, 2), (3, 1, 1)])
def test_there_are_no_more_rows_than_asked_for_or_than_there_is_room(further, room, rows):
    dataset = Dataset()
    dataset.take(draft_about(6), WARFARIN, further, room)
    assert len(dataset.accepted) == rows


def test_a_right_answer_under_a_wrong_question_still_makes_a_row():
    dataset = Dataset()
    dataset.take(draft_about(4, question=NO_QUESTION), WARFARIN, further=1)
    assert {row.asked_by for row in dataset.accepted} == {"rule"}
    (rejected,) = dataset.rejected
    assert (rejected.reason, rejected.draft.question) == ("question", NO_QUESTION)


def test_without_wordings_a_wrong_question_makes_no_row():
    dataset = Dataset()
    dataset.take(draft_about(4, question=NO_QUESTION), WARFARIN)
    assert dataset.accepted == []
    assert len(dataset.rejected) == 1


def test_a_fault_of_the_answer_is_told_once_and_not_for_every_wording():
    dataset = Dataset()
    dataset.take(draft_about(6, answer="와파린을 아스피린과 함께 복용하면 출혈 위험이 커져요."), WARFARIN, further=3)
    assert dataset.accepted == []
    assert [item.reason for item in dataset.rejected] == ["register"]


def test_a_question_is_taken_once():
    dataset = Dataset()
    for _ in range(2):
        dataset.take(draft_about(6), WARFARIN, further=3)
    assert len(set(questions(dataset))) == len(dataset.accepted)
    assert {item.reason for item in dataset.rejected} == {"duplicate"}


def test_what_the_exam_asks_gets_in_under_no_wording():
    free = Dataset()
    free.take(draft_about(6), WARFARIN, further=3)
    barred = questions(free)
    dataset = Dataset(Exam(barred))
    dataset.take(draft_about(6), WARFARIN, further=3)
    assert dataset.accepted == []
    assert {item.reason for item in dataset.rejected} == {"exam"}


def test_what_the_teacher_could_not_write_is_kept_as_it_is():
    dataset = Dataset()
    failed = Rejected(reason="schema", detail="not JSON", draft=draft_about(4))
    dataset.take(failed, WARFARIN, further=3)
    assert dataset.rejected == [failed]
    assert dataset.accepted == []


def test_mended_rows_are_counted_and_kept_beside_what_they_were():
    dataset = Dataset()
    dataset.take(draft_about(4, steps={4: "와파린의 시작 용량은 보통 하루 500 mg입니다."}), WARFARIN)
    assert dataset.mended == 1
    (pair,) = dataset.preferences
    assert pair.chosen.reasoning_steps != pair.rejected.reasoning_steps


def test_what_needs_no_judge_is_added_and_what_is_asked_already_left_out_without_a_word():
    dataset = Dataset(Exam([QUESTIONS[6]]))
    dataset.take(draft_about(4), WARFARIN)
    rows = dataset.add([draft_about(4), draft_about(6), draft_about(2), draft_about(3)], room=1)
    assert [row.question for row in rows] == [QUESTIONS[2]]
    assert questions(dataset) == [QUESTIONS[4], QUESTIONS[2]]
    assert dataset.rejected == []
