"""The stage as a whole: what is printed, what is written, and what survives a bad day."""

import errno
import json
import os
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from phi4.dataset import Bounds, BuildOptions, Ceiling, Finishing, Prices, build_dataset
from phi4.dataset.cache import request_key
from phi4.dataset.decisions import row_key
from phi4.dataset.plan import ROUNDS
from phi4.dataset.verbatim import WRITER
from phi4.errors import TeacherFailed, TeacherUnavailable, WorkspaceError, YieldError
from phi4.jsonl import read_jsonl
from phi4.korean import squeeze
from phi4.records import Decision, Document, Example, ExamQuestion, Rejected
from phi4.teachers import Sampling, ScriptedTeacher, TeacherAnswer
from tests.samples import SENTENCES, WARFARIN, make_workspace, told_json

DRUGS = ("와파린", "헤파린", "인슐린")


def options(*, per_seed=0, rows=0, wordings=0, min_yield=0.0, **more):
    bounds = Bounds(rows, per_seed, wordings)
    return BuildOptions(bounds, min_yield, Sampling(temperature=0.0, max_tokens=400, seed=0), **more)


ONCE = options(per_seed=len(SENTENCES))  # a round and no more


def documents(passages, refused=()):
    """Documents of one passage each, after the files that cannot be used."""
    bad = [Document(file=file, refused=reason) for file, reason in refused]
    return bad + [Document(file=passage.file, passages=(passage,)) for passage in passages]


def build(workspace, passages, teacher, chosen=None, refused=(), exam=()):
    """The rows that a run wrote, and its report."""
    report = build_dataset(workspace, documents(passages, refused), teacher, chosen or options(), exam)
    accepted, rejected = rows_of(workspace.train_file, Example), rows_of(workspace.rejected_file, Rejected)
    return SimpleNamespace(report=report, accepted=accepted, rejected=rejected, files=report["files"])


def rows_of(path, kind):
    return [kind.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def passage_about(drug):
    return WARFARIN.model_copy(
        update={
            "file": f"medical/{DRUGS.index(drug)}.txt",
            "sentences": tuple(sentence.replace("와파린", drug) for sentence in SENTENCES),
        }
    )


PASSAGES = [passage_about(drug) for drug in DRUGS]


def good(messages, schema=None):
    """The answer of a good teacher to any request about the three passages."""
    asked = messages[-1].content
    focus = int(re.search(r"출발하여 \[(\d+)\]번", asked)[1])
    drug = next(drug for drug in DRUGS if f"[1] {drug}" in asked)
    return told_json(focus).replace("와파린", drug)


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path)


def report_of(workspace):
    return json.loads((workspace.synthetic / "report.json").read_text(encoding="utf-8"))


def test_the_manuals_lines_are_printed_word_for_word(workspace, capsys):
    teacher = ScriptedTeacher(
        lambda messages, schema: TeacherAnswer(good(messages), prompt_tokens=1000, completion_tokens=50)
    )
    build(workspace, PASSAGES[:2], teacher, refused=[("medical/broken.txt", "it is empty")])
    assert capsys.readouterr().out.splitlines() == [
        "📂 Found 3 seed files in 'data/seeds'",
        "🚀 Starting batch generation... (This may take time)",
        "[1/3] Processing: broken.txt... ❌ it is empty",
        "[2/3] Processing: 0.txt... ✅ Done",
        "[3/3] Processing: 1.txt... ✅ Done",
        "🎉 Generation Complete!",
        "📊 Success Rate: 2/3",
        "💾 Saved to: data/synthetic/train.jsonl",
        "   drafts 12  →  accepted 12 (100%)",
        "   asked      12  requests: 12,000 tokens read, 600 written",
    ]


def test_cost_and_a_teacher_that_counts_no_tokens_are_told(workspace, capsys):
    chosen = options(per_seed=1, prices=Prices(prompt=1.0, completion=5.0))
    report = build(workspace, PASSAGES[:1], ScriptedTeacher(good), chosen).report
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("   asked")]
    assert f"cost {report['cost']:g} (estimated for 1 of them: the teacher counts no tokens)" in line
    assert report["cost"] > 0
    assert report["tokens_estimated"] == 1


def test_every_row_is_written_with_its_origin(workspace):
    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(good, name="hand"), options())
    rows = read_jsonl(workspace.train_file, Example)
    assert rows == dataset.accepted
    assert [row.source.sentences[-1] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.answer for row in rows] == list(SENTENCES)
    assert {row.teacher for row in rows} == {"hand"}
    assert len({row.id for row in rows}) == 6
    assert workspace.rejected_file.read_text(encoding="utf-8") == ""


class Keyed(ScriptedTeacher):
    """Knows what each request was, to the last setting."""

    def __init__(self, script, **more):
        super().__init__(script, **more)
        self.keys = []

    def ask(self, messages, schema, sampling):
        self.keys.append(request_key(self.name, messages, schema, sampling))
        return super().ask(messages, schema, sampling)


@pytest.mark.parametrize("at_once", [1, 8])
def test_two_files_with_the_same_text_are_paid_for_once(workspace, at_once):
    twin = PASSAGES[0].model_copy(update={"file": "medical/twin.txt"})
    teacher = Keyed(good, at_once=at_once)
    report = build(workspace, [PASSAGES[0], twin], teacher, ONCE).report
    assert report["drafts"] == 2 * len(SENTENCES)
    assert len(teacher.keys) == len(set(teacher.keys)) == report["requests"] == len(SENTENCES)
    assert report["rejected"] == {"duplicate": len(SENTENCES)}


def test_the_datasets_library_reads_the_rows(workspace, tmp_path):
    from datasets import load_dataset

    build(workspace, PASSAGES[:2], ScriptedTeacher(good))
    rows = load_dataset("json", data_files=str(workspace.train_file), cache_dir=str(tmp_path / "cache"), split="train")
    assert [row["question"] for row in rows] == [row.question for row in read_jsonl(workspace.train_file, Example)]
    assert rows.column_names[:3] == ["question", "reasoning_steps", "answer"]


def test_the_report_says_what_was_done(workspace):
    teacher = ScriptedTeacher(lambda messages, schema: TeacherAnswer(good(messages), completion_tokens=50))
    dataset = build(workspace, PASSAGES[:2], teacher, options(per_seed=3), refused=[("x.txt", "it is empty")])
    report = report_of(workspace)
    assert report == dataset.report
    assert (report["drafts"], report["accepted"], report["rejected"], report["mended"]) == (6, 6, {}, 0)
    assert report["files"] == {"medical/0.txt": 3, "medical/1.txt": 3}
    assert report["refused"] == {"x.txt": "it is empty"}
    assert (report["requests"], report["completion_tokens"]) == (6, 300)
    assert report["teacher"] == "scripted"


def test_a_draft_for_which_there_is_no_room_is_written_down(workspace):
    """Three files asked at once share four rows: two drafts each, of which the last two are too many."""
    many = build(workspace, PASSAGES, ScriptedTeacher(good, at_once=8), options(rows=4))
    assert (len(many.accepted), many.report["requests"]) == (4, 6)
    assert [(item.reason, item.stage) for item in many.rejected] == [("surplus", "surplus")] * 2
    assert (many.report["drafts"], many.report["rejected"]) == (4, {"surplus": 2})


def rejecting(rows):
    """People's decisions that each of these rows goes."""
    said = [Decision(key=row_key(row), verdict="reject", question=row.question, reason="틀림") for row in rows]
    return Finishing(decisions={one.key: one for one in said})


def test_rows_that_people_rejected_are_in_the_funnel(workspace):
    first = build(workspace, PASSAGES[:1], ScriptedTeacher(good))
    again = build(workspace, PASSAGES[:1], ScriptedTeacher([]), options(finishing=rejecting(first.accepted[:2])))
    assert (again.report["drafts"], again.report["accepted"], again.report["rows"]) == (6, 6, 4)
    assert again.report["rejected"] == {"review": 2}
    assert "사람이 거절" in (workspace.synthetic / "report.html").read_text(encoding="utf-8")


def test_a_dataset_of_which_people_left_nothing_is_none(workspace, capsys):
    first = build(workspace, PASSAGES[:1], ScriptedTeacher(good))
    before = workspace.train_file.read_bytes()
    capsys.readouterr()
    with pytest.raises(YieldError, match="people rejected 6") as caught:
        build(workspace, PASSAGES[:1], ScriptedTeacher([]), options(finishing=rejecting(first.accepted)))
    assert "data/review.jsonl" in caught.value.hint
    assert workspace.train_file.read_bytes() == before
    assert "🎉" not in capsys.readouterr().out
    assert report_of(workspace)["rejected"] == {"review": 6}


def test_a_second_run_asks_nothing_and_makes_the_same_rows(workspace):
    first = build(workspace, PASSAGES, ScriptedTeacher(good), options())
    before = workspace.train_file.read_bytes()
    silent = ScriptedTeacher([])
    again = build(workspace, PASSAGES, silent, options())
    assert silent.asked == []
    assert again.accepted == first.accepted
    assert workspace.train_file.read_bytes() == before
    assert report_of(workspace)["requests"] == 0


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_a_run_that_was_interrupted_asks_only_the_rest(workspace, interruption):
    asked = 0

    def failing(messages, schema):
        nonlocal asked
        asked += 1
        if asked > 4:
            raise interruption
        return good(messages)

    with pytest.raises(interruption):
        build(workspace, PASSAGES[:1], ScriptedTeacher(failing), options())
    assert not workspace.train_file.exists()
    rest = ScriptedTeacher(good)
    dataset = build(workspace, PASSAGES[:1], rest, options())
    assert len(rest.asked) == 2
    assert len(dataset.accepted) == 6


def test_one_failing_request_is_kept_as_rejected_and_the_run_goes_on(workspace):
    def failing(messages, schema):
        return TeacherFailed("timed out (3 tries)") if f'"{SENTENCES[2]}"' in messages[-1].content else good(messages)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(failing), ONCE)
    assert len(dataset.accepted) == 5
    (rejected,) = read_jsonl(workspace.rejected_file, Rejected)
    assert (rejected.reason, rejected.detail) == ("teacher", "timed out (3 tries)")
    assert rejected.draft.source.sentences == (3,)
    assert rejected.draft.finish_reason == "error"
    repaired = ScriptedTeacher(good)
    assert len(build(workspace, PASSAGES[:1], repaired, options()).accepted) == 6
    assert len(repaired.asked) == 1


def test_five_failures_in_a_row_say_that_the_teacher_is_gone(workspace):
    teacher = ScriptedTeacher([told_json(1)])  # then the script runs out
    with pytest.raises(TeacherUnavailable, match="5 requests in a row failed: the script ran out") as caught:
        build(workspace, PASSAGES, teacher, options())
    assert len(teacher.asked) == 6
    assert "answers so far are kept" in caught.value.hint
    assert not workspace.train_file.exists()


def test_a_request_that_failed_alone_is_asked_again_at_the_end_of_its_file(workspace):
    seen = set()

    def once_busy(messages, schema):
        text = messages[-1].content
        if f'"{SENTENCES[2]}"' in text and text not in seen:
            seen.add(text)
            return TeacherFailed("busy")
        return good(messages)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(once_busy), options())
    assert (len(dataset.accepted), len(dataset.rejected)) == (6, 0)


def test_a_limit_of_calls_keeps_what_there_is_and_a_higher_one_goes_on(workspace, capsys):
    few = replace(options(), ceiling=Ceiling(calls=4))
    assert len(build(workspace, PASSAGES[:1], ScriptedTeacher(good), few).accepted) == 4
    assert "stopped at --max-calls 4: the same command with a higher limit goes on" in capsys.readouterr().out
    assert report_of(workspace)["stopped_at"] == "--max-calls 4"
    rest = ScriptedTeacher(good)
    assert len(build(workspace, PASSAGES[:1], rest, options()).accepted) == 6
    assert len(rest.asked) == 2


def test_a_limit_before_the_first_verdict_does_not_blame_the_teacher(workspace):
    few = replace(options(), ceiling=Ceiling(calls=2), votes=3)
    with pytest.raises(YieldError, match=r"stopped at --max-calls 2, before") as caught:
        build(workspace, PASSAGES[:1], ScriptedTeacher(good), few)
    assert "higher limit" in caught.value.hint


def test_a_limit_of_cost_counts_by_the_prices(workspace):
    answer = TeacherAnswer(told_json(1), prompt_tokens=1000, completion_tokens=100)
    dear = replace(options(), prices=Prices(1.0, 10.0), ceiling=Ceiling(cost=0.003))
    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher([answer] * 6), dear)
    assert dataset.report["requests"] == 2
    assert dataset.report["cost"] == 0.004


def test_a_teacher_that_is_gone_stops_the_run_at_once(workspace):
    teacher = ScriptedTeacher([TeacherUnavailable("no connection")])
    with pytest.raises(TeacherUnavailable, match="no connection"):
        build(workspace, PASSAGES, teacher, options())
    assert len(teacher.asked) == 1


def test_a_sentence_without_a_row_is_asked_again_differently(workspace):
    """In another kind, led up to by a chain, warmer, with another seed, and told what there is already."""

    def hard(messages, schema):
        return "모르겠습니다." if f'"{SENTENCES[1]}"' in messages[-1].content else good(messages)

    teacher = ScriptedTeacher(hard)
    dataset = build(workspace, PASSAGES[:1], teacher)
    again = [
        asked[-1].content
        for asked in teacher.asked
        if f'"{SENTENCES[1]}"'.replace("와파린", DRUGS[0]) in asked[-1].content
    ]
    assert len(again) == ROUNDS
    assert len(set(again)) == ROUNDS
    assert len(teacher.asked) == len(SENTENCES) + ROUNDS - 1
    assert {row.source.sentences[-1] for row in dataset.accepted} == {1, 3, 4, 5, 6}


def test_rows_that_one_file_cannot_give_are_asked_of_the_files_before_it(workspace, capsys):
    def last_is_poor(messages, schema):
        return "모르겠습니다." if f"[1] {DRUGS[2]}" in messages[-1].content else good(messages)

    dataset = build(workspace, PASSAGES, ScriptedTeacher(last_is_poor), options(rows=9))
    assert dataset.files == {"medical/0.txt": 5, "medical/1.txt": 4, "medical/2.txt": 0}
    assert dataset.report["stopped_at"] == "--rows 9"
    assert "🏁 9 rows, as asked for with --rows" in capsys.readouterr().out


def test_a_run_that_cannot_give_the_rows_says_so(workspace, capsys):
    def poor(messages, schema):
        return "모르겠습니다." if f'"{SENTENCES[1]}"' not in messages[-1].content else good(messages)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(poor), options(rows=9))
    assert len(dataset.accepted) == 1
    assert "⚠️ 1 of 9 rows: nothing more to ask of these seeds" in capsys.readouterr().out


def one_good(messages, schema):
    return good(messages) if f'"{SENTENCES[3]}"' in messages[-1].content else "모르겠습니다."


def test_too_small_a_yield_is_an_error_that_leaves_the_old_rows_alone(workspace):
    build(workspace, PASSAGES[1:], ScriptedTeacher(good), options())
    before = workspace.train_file.read_bytes()
    with pytest.raises(YieldError, match="too few drafts passed the gates") as caught:
        build(workspace, PASSAGES[:1], ScriptedTeacher(one_good), options(per_seed=6, min_yield=0.5))
    assert workspace.train_file.read_bytes() == before
    assert "drafts 6  →  accepted 1 (17%)" in caught.value.message
    assert "schema" in caught.value.message
    assert "data/synthetic/rejected.jsonl" in caught.value.hint
    assert len(read_jsonl(workspace.rejected_file, Rejected)) == 5


def test_a_yield_just_at_the_floor_is_enough(workspace):
    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(one_good), options(per_seed=6, min_yield=1 / 6))
    assert len(dataset.accepted) == 1


def test_no_row_at_all_is_an_error_even_without_a_floor(workspace, capsys):
    with pytest.raises(YieldError):
        build(workspace, PASSAGES[:1], ScriptedTeacher(lambda *_: "모르겠습니다."), options())
    assert "[1/1] Processing: 0.txt... ❌ no draft passed (schema)" in capsys.readouterr().out
    assert not workspace.train_file.exists()


def test_a_question_that_was_asked_before_is_a_duplicate(workspace):
    twin = PASSAGES[0].model_copy(update={"file": "medical/twin.txt"})
    dataset = build(workspace, [PASSAGES[0], twin], ScriptedTeacher(good), ONCE)
    assert len(dataset.accepted) == 6
    assert {item.reason for item in dataset.rejected} == {"duplicate"}
    assert [item.draft.source.file for item in dataset.rejected] == ["medical/twin.txt"] * 6
    questions = [squeeze(row.question) for row in dataset.accepted]
    assert len(set(questions)) == len(questions)


def test_rows_are_shared_out_over_the_files(workspace):
    teacher = ScriptedTeacher(good)
    dataset = build(workspace, PASSAGES, teacher, options(rows=6))
    assert dataset.files == {"medical/0.txt": 2, "medical/1.txt": 2, "medical/2.txt": 2}
    assert len(teacher.asked) == 6


def test_what_one_file_cannot_give_is_asked_of_the_next(workspace):
    def first_is_poor(messages, schema):
        return "모르겠습니다." if f"[1] {DRUGS[0]}" in messages[-1].content else good(messages)

    dataset = build(workspace, PASSAGES, ScriptedTeacher(first_is_poor), options(rows=6))
    assert dataset.files == {"medical/0.txt": 0, "medical/1.txt": 3, "medical/2.txt": 3}


def test_a_file_that_was_not_needed_is_not_called_a_failure(workspace, capsys):
    teacher = ScriptedTeacher(good)
    dataset = build(workspace, PASSAGES, teacher, options(rows=2))
    assert len(dataset.accepted) == 2
    assert len(teacher.asked) == 2
    out = capsys.readouterr().out
    assert "[3/3] Processing: 2.txt... ⏭️ not asked, there are rows enough" in out
    assert "❌" not in out


def test_broken_json_and_cut_json_are_told_apart(workspace):
    def broken(messages, schema):
        if f'"{SENTENCES[0]}"' in messages[-1].content:
            return good(messages).replace('"answer"', "answer")
        if f'"{SENTENCES[1]}"' in messages[-1].content:
            return TeacherAnswer(good(messages)[:60], "length")
        if f'"{SENTENCES[2]}"' in messages[-1].content:
            return TeacherAnswer(good(messages), "length")
        return good(messages)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(broken), ONCE)
    assert [(item.draft.source.sentences[-1], item.reason) for item in dataset.rejected] == [
        (1, "schema"),
        (2, "finished"),
        (3, "finished"),
    ]
    assert report_of(workspace)["rejected"] == {"finished": 2, "schema": 1}


def test_a_wrong_step_is_mended_and_counted(workspace, capsys):
    def sloppy(messages, schema):
        told = json.loads(good(messages))
        told["steps"] = dict.fromkeys(told["steps"], "와파린은 감기약이다.")
        return json.dumps(told, ensure_ascii=False)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(sloppy), options())
    assert dataset.report["mended"] == len(dataset.accepted) == 6
    assert dataset.accepted[3].reasoning_steps == (SENTENCES[3],)
    assert "mended      6  of the accepted" in capsys.readouterr().out


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_the_old_files_stay_and_nothing_paid_for_is_lost(workspace, monkeypatch, number):
    build(workspace, PASSAGES[:1], ScriptedTeacher(good), options())
    before = {path: path.read_bytes() for path in workspace.synthetic.glob("*.json*")}

    def full(descriptor):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(WorkspaceError, match="cannot write") as caught:
            build(workspace, PASSAGES[1:2], ScriptedTeacher(good), options())
    assert "free some disk space" in caught.value.hint
    assert {path: path.read_bytes() for path in workspace.synthetic.glob("*.json*")} == before
    assert list(workspace.synthetic.glob("*.part")) == list(workspace.synthetic.glob(".*.part")) == []
    silent = ScriptedTeacher([])
    assert len(build(workspace, PASSAGES[1:2], silent, options()).accepted) == 6
    assert silent.asked == []


def test_a_teacher_that_answers_nothing_is_not_called_a_low_yield(workspace):
    few = PASSAGES[:1]
    with pytest.raises(TeacherUnavailable, match="the teacher answered none of 2 requests: busy"):
        build(workspace, few, ScriptedTeacher([TeacherFailed("busy")] * 4), options(per_seed=2))


def test_an_exam_question_is_never_trained_on(workspace):
    first = build(workspace, PASSAGES, ScriptedTeacher(lambda messages, schema: good(messages)), options())
    barred = first.accepted[0].question
    again = build(workspace, PASSAGES, ScriptedTeacher([]), options(), exam=[f" {barred} "])
    assert barred not in {example.question for example in again.accepted}
    assert "exam" in {item.reason for item in again.rejected}


def test_each_answer_is_asked_again_in_other_words(workspace, capsys):
    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(good), options(wordings=2))
    by_rule = [row for row in dataset.accepted if row.asked_by == "rule"]
    worded = [row for row in by_rule if row.teacher != WRITER]
    assert len(dataset.accepted) - len(by_rule) == 6
    assert 0 < len(worded) <= 12
    assert report_of(workspace)["by_rule"] == len(by_rule)
    assert f"worded   {len(by_rule):>4}  of the accepted" in capsys.readouterr().out
    questions = [squeeze(row.question) for row in dataset.accepted]
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize("rows", [1, 2, 5, 7])
def test_further_wordings_never_make_more_rows_than_asked_for(workspace, rows):
    dataset = build(workspace, PASSAGES, ScriptedTeacher(good), options(rows=rows, wordings=3))
    assert len(dataset.accepted) == rows


def test_a_teacher_that_answers_but_cannot_ask_still_makes_rows(workspace):
    def speechless(messages, schema):
        return json.dumps({**json.loads(good(messages)), "question": "설명해 주세요."}, ensure_ascii=False)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(speechless), options(wordings=1))
    assert dataset.accepted
    assert {row.asked_by for row in dataset.accepted} == {"rule"}


def test_quoting_the_seeds_does_not_make_a_bad_teacher_good(workspace):
    with pytest.raises(YieldError, match="of the teacher's drafts 0% passed"):
        build(workspace, PASSAGES[:1], ScriptedTeacher(lambda *_: "{}"), options(wordings=3, min_yield=0.1))
    report = report_of(workspace)
    assert report["accepted"] == report["verbatim"] > 0


def test_a_sentence_that_the_teacher_missed_is_asked_about_in_its_own_words(workspace, capsys):
    def misses_one(messages, schema):
        return "{}" if "[4]번 문장" in messages[-1].content else good(messages)

    dataset = build(workspace, PASSAGES[:1], ScriptedTeacher(misses_one), options(wordings=2))
    quoted = [row for row in dataset.accepted if row.teacher == "verbatim"]
    assert f"verbatim {len(quoted):>4}  of the accepted" in capsys.readouterr().out
    assert dataset.report["verbatim"] == len(quoted)


FINISHING = Finishing(refusals=0.2, exam_share=0.3)


def test_the_exam_is_written_and_held_out_and_refusals_are_added(workspace, capsys):
    dataset = build(workspace, PASSAGES, ScriptedTeacher(good), options(wordings=4, finishing=FINISHING))
    report, questions = dataset.report, read_jsonl(workspace.synthetic_exam, ExamQuestion)
    assert report["exam_questions"] == len(questions) > 0
    assert len(dataset.accepted) == report["rows"] == report["accepted"] - report["held_out"] + report["refusals"]
    asked = {squeeze(question.question) for question in questions}
    assert not asked & {squeeze(row.question) for row in dataset.accepted}
    assert f"exam     {len(questions):>4}  questions in exam.jsonl" in capsys.readouterr().out


@pytest.mark.parametrize("rows", [10, 30])
def test_rows_counts_what_is_written_with_refusals_and_without_what_the_exam_holds_out(workspace, rows):
    chosen = options(rows=rows, wordings=4, finishing=FINISHING)
    dataset = build(workspace, PASSAGES, ScriptedTeacher(good), chosen)
    refused = sum(row.kind == "refusal" for row in dataset.accepted)
    assert dataset.report["held_out"] > 0
    assert (len(dataset.accepted), refused) == (rows, round(0.2 * rows))
    assert dataset.report["stopped_at"] == f"--rows {rows}"


def test_a_second_run_with_exam_and_refusals_writes_the_same_bytes(workspace):
    chosen = options(wordings=4, finishing=FINISHING)
    files = (workspace.train_file, workspace.synthetic_exam, workspace.preference_file, workspace.rejected_file)
    made = []
    for _ in range(2):
        build(workspace, PASSAGES, ScriptedTeacher(good), chosen)
        made.append([file.read_bytes() for file in files])
    assert made[0] == made[1]


def test_what_is_to_be_asked_is_reckoned_before_anything_is_known(workspace, capsys, monkeypatch):
    monkeypatch.setattr("phi4.progress.PLAIN_EVERY", 0.0)
    build(workspace, PASSAGES, ScriptedTeacher(good))
    shown = [line.split()[1] for line in capsys.readouterr().err.splitlines() if line.startswith("drafts:")]
    assert shown[0] == f"1/{len(PASSAGES) * len(SENTENCES)}"


def test_the_time_left_counts_what_must_still_be_asked_and_not_what_the_cache_answers(workspace, capsys, monkeypatch):
    build(workspace, PASSAGES[:1], ScriptedTeacher(good))
    monkeypatch.setattr("phi4.progress.PLAIN_EVERY", 0.0)
    capsys.readouterr()
    build(workspace, PASSAGES, ScriptedTeacher(good))
    shown = [line.split()[1] for line in capsys.readouterr().err.splitlines() if line.startswith("drafts:")]
    each = len(SENTENCES)
    assert shown[each:] == [f"{done}/{2 * each}" for done in range(each + 1, 2 * each + 1)]
