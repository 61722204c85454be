"""The last steps before the rows are written: decisions, exam, refusals."""

import json
from types import SimpleNamespace

from phi4.dataset import finish as finishing
from phi4.dataset.asking import Asker
from phi4.dataset.decisions import row_key
from phi4.dataset.decontamination import Exam
from phi4.dataset.finish import Finish, Finishing, write_exam
from phi4.dataset.judge import Judge
from phi4.dataset.meter import Ceiling, Meter
from phi4.dataset.refusals import refusal_rows
from phi4.dataset.scratch import Shelf
from phi4.dataset.sorting import Dataset
from phi4.jsonl import read_jsonl
from phi4.korean import squeeze
from phi4.records import Decision, Example, ExamQuestion, Preference, Told
from phi4.teachers import Sampling, ScriptedTeacher
from tests.dataset.leaflets import DOCUMENTS, rows
from tests.samples import make_workspace


class Unsaved(dict):
    """Answers that are kept as long as the test."""

    put = dict.__setitem__


def judge(script, votes, calls=0):
    asker = Asker(ScriptedTeacher(script), Unsaved(), Meter(ceiling=Ceiling(calls=calls)))
    return Judge(asker, Sampling(temperature=0.3, max_tokens=200, seed=0), votes)


def nothing_asked(*_):
    raise AssertionError("nothing is to be asked")


def answers(answer):
    return lambda *_: json.dumps({"answer": answer})


def finished(exam=None, preferences=(), order=None, documents=DOCUMENTS, script=None, votes=0, calls=0, **options):
    """What is left of the rows about three leaflets: rows, preferences, rejected, questions of the exam, facts."""
    dataset = Dataset(exam or Exam())
    accepted, pairs = Shelf(Example), Shelf(Preference)
    for row in order or rows():
        accepted.append(row)
    for pair in preferences:
        pairs.append(pair)
    finish = Finish(
        documents, dataset, accepted, pairs, Finishing(**options), judge(script or nothing_asked, votes, calls)
    )
    finish.set_exam()
    left, kept = [], []
    facts, questions = finish.write(left, kept)
    return SimpleNamespace(
        accepted=left, preferences=kept, rejected=dataset.rejected, questions=questions, facts=facts, finish=finish
    )


def test_by_default_nothing_is_added_or_taken():
    done = finished()
    assert done.accepted == rows()
    assert (done.facts["refusals"], done.facts["exam_questions"], done.facts["held_out"]) == (0, 0, 0)


def test_refusals_are_the_wanted_share_of_all_rows():
    done = finished(refusals=0.25)
    refused = [row for row in done.accepted if row.kind == "refusal"]
    assert done.facts["refusals"] == len(refused)
    assert abs(len(refused) / len(done.accepted) - 0.25) < 0.03


def test_the_report_counts_what_the_files_hold():
    done = finished(refusals=0.1, exam_share=0.5)
    assert done.facts["rows"] == len(done.accepted) == len(rows()) - done.facts["held_out"] + done.facts["refusals"]
    assert done.facts["exam_questions"] == len(done.questions)
    assert sum(not question.answerable for question in done.questions) > 0


def test_nothing_of_the_exam_is_in_the_training():
    done = finished(refusals=0.2, exam_share=0.5)
    asked = {squeeze(question.question) for question in done.questions}
    assert not asked & {squeeze(row.question) for row in done.accepted}


def test_files_with_an_exam_of_their_own_get_no_other():
    done = finished(exam_share=0.5, examined=frozenset({"모나크린.txt"}))
    answerable = [question for question in done.questions if question.answerable]
    assert {question.source.file for question in answerable} == {"바르토핀.txt", "셀리도민.txt"}


def pair_of(row):
    """The row's answer beside a worse one."""
    chosen = Told(reasoning_steps=row.reasoning_steps, answer=row.answer)
    worse = Told(reasoning_steps=("가",), answer="가")
    return Preference(question=row.question, chosen=chosen, rejected=worse, source=row.source)


def test_an_answer_that_was_edited_away_is_preferred_no_more():
    first = rows()[0]
    better = first.model_copy(update={"reasoning_steps": (*first.reasoning_steps, first.answer)})
    said = Decision(key=row_key(first), verdict="edit", question=first.question, edited=better)
    done = finished(preferences=[pair_of(first)], decisions={said.key: said})
    assert [pair.rejected.answer for pair in done.preferences] != ["가"]
    assert all(pair.chosen.reasoning_steps == better.reasoning_steps for pair in done.preferences)


def test_preferences_about_rows_that_left_leave_too():
    pairs = [pair_of(row) for row in rows()]
    done = finished(preferences=pairs, exam_share=0.5)
    assert {pair.question for pair in done.preferences} == {row.question for row in done.accepted}
    assert len(done.preferences) < len(pairs)


def test_what_the_exam_forbids_is_not_refused_either():
    free = finished(refusals=0.2)
    refused = next(row.question for row in free.accepted if row.kind == "refusal")
    done = finished(Exam([refused]), refusals=0.2)
    assert refused not in [row.question for row in done.accepted]


def test_a_refusal_in_another_form_than_the_rows_is_left_out(monkeypatch):
    """Names of the seeds fill the blanks of its wordings: whatever they make of it passes the gates of form."""

    def rude(refusals):
        return [row.model_copy(update={"answer": "그건 몰라."}) for row in refusal_rows(refusals)]

    monkeypatch.setattr(finishing, "refusal_rows", rude)
    done = finished(refusals=0.2)
    assert done.facts["refusals_wanted"] > 0
    assert [row for row in done.accepted if row.kind == "refusal"] == []


def test_no_row_asks_an_exam_question_as_the_examiner_compares_them():
    done = finished(refusals=0.3, exam_share=0.5)
    exam = Exam(question.question for question in done.questions)
    assert [row.question for row in done.accepted if exam.asks(row.question)] == []


def test_rows_of_a_file_stand_together_whatever_the_order_in_which_they_came():
    mixed = rows()[::2] + rows()[1::2]
    done = finished(order=mixed, exam_share=0.5)
    files = [row.source.file for row in done.accepted]
    assert files == sorted(files, key=[document.file for document in DOCUMENTS].index)
    assert {row.id for row in done.accepted} == {row.id for row in finished(exam_share=0.5).accepted}


def test_blocks_of_documents_share_the_refusals(monkeypatch):
    monkeypatch.setattr(finishing, "BLOCK", 2)
    done = finished(refusals=0.25)
    refused = [row for row in done.accepted if row.kind == "refusal"]
    assert done.facts["refusals_wanted"] == len(refused)
    assert len({row.question for row in refused}) == len(refused)
    assert any(row.source.file == DOCUMENTS[2].file for row in refused)


def test_what_is_left_can_be_counted_before_it_is_written():
    done = finished(exam_share=0.5)
    assert done.finish.answers() == len(done.accepted)


def test_decisions_are_applied_first():
    first = rows()[0]
    said = Decision(key=row_key(first), verdict="reject", question=first.question, reason="틀림")
    done = finished(decisions={said.key: said})
    assert first not in done.accepted
    assert [one.reason for one in done.rejected] == ["review"]
    assert done.facts["reviewed"]["rejected"] == 1


def test_a_refusal_that_a_person_rejected_stays_away():
    free = finished(refusals=0.2)
    refused = next(row for row in free.accepted if row.kind == "refusal")
    said = Decision(key=row_key(refused), verdict="reject", question=refused.question)
    done = finished(refusals=0.2, decisions={said.key: said})
    assert refused not in done.accepted


def test_the_exam_is_a_file_and_an_old_one_goes_when_there_is_none(tmp_path):
    workspace = make_workspace(tmp_path)
    questions = finished(exam_share=0.5).questions
    write_exam(workspace, questions)
    assert read_jsonl(workspace.synthetic_exam, ExamQuestion) == questions
    write_exam(workspace, [])
    assert not workspace.synthetic_exam.exists()


def test_refusals_that_the_teacher_cannot_answer_stay():
    by_rule = finished(refusals=0.3, exam_share=0.2)
    done = finished(refusals=0.3, exam_share=0.2, script=answers("알 수 없습니다."), votes=3)
    assert done.facts["refusals"] > 0
    assert (done.accepted, done.questions) == (by_rule.accepted, by_rule.questions)


def test_refusals_that_the_teacher_can_answer_are_rejected_with_its_answer():
    by_rule = finished(refusals=0.3, exam_share=0.2)
    done = finished(refusals=0.3, exam_share=0.2, script=answers("하루 2회 복용합니다."), votes=3)
    assert done.facts["refusals"] == 0
    assert all(question.answerable for question in done.questions)
    assert {(one.reason, one.detail, one.stage) for one in done.rejected} >= {
        ("answerable", "하루 2회 복용합니다.", "refusal")
    }
    asked = {row.question for row in by_rule.accepted if row.kind == "refusal"}
    assert asked <= {one.draft.question for one in done.rejected}


def test_where_the_teacher_took_a_refusal_another_one_is_sought():
    by_rule = finished(refusals=0.3)
    taken = {row.question for row in by_rule.accepted if row.kind == "refusal"}

    def script(messages, schema):
        known = any(question in messages[-1].content for question in taken)
        return json.dumps({"answer": "하루 2회 복용합니다." if known else "알 수 없습니다."})

    done = finished(refusals=0.3, script=script, votes=3)
    left = {row.question for row in done.accepted if row.kind == "refusal"}
    assert left
    assert not left & taken
    assert done.facts["refusals"] <= by_rule.facts["refusals"]


def test_refusals_about_which_the_teacher_could_not_be_asked_any_more_stay_away():
    done = finished(refusals=0.3, script=answers("알 수 없습니다."), votes=3, calls=2)
    assert done.facts["refusals"] == 2
    unasked = [one for one in done.rejected if one.reason == "teacher"]
    assert len(unasked) == done.facts["refusals_wanted"] - 2
    assert "--max-calls 2" in unasked[0].detail
