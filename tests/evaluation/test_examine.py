"""The exam: which questions, which scores, which files."""

import json
import shutil
import sys

import pytest

from phi4.chat import read_adapter
from phi4.errors import AdapterError, ExamError
from phi4.evaluation import Judge, examine
from phi4.evaluation.conditions import CLOSED, GENERAL, OPEN, UNANSWERABLE
from phi4.evaluation.examine import set_paper
from phi4.jsonl import write_jsonl
from phi4.paths import Workspace
from phi4.records import Example, ExamSource, Source
from phi4.teachers import ScriptedTeacher
from phi4.training import train_adapter
from tests.evaluation.kit import question
from tests.training.test_finetune import options

ASKED = "약은 무엇을 억제합니까?"
ROW = Example(
    question=ASKED,
    reasoning_steps=("억제합니다.",),
    answer="응집입니다.",
    source=Source(file="a.txt", sha256="0", sentences=(1,)),
)
QUOTED = ExamSource(file="a.txt", evidence=("약은 응집을 억제합니다.",))


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def sit(workspace, *names, **stated):
    return examine(workspace, names or ("bot",), max_new_tokens=stated.pop("max_new_tokens", 48), **stated)


@pytest.fixture(scope="module")
def learned(tmp_path_factory, tiny_base):
    """A folder of two adapters, trained once: ``bot``, which has learned ``ROW``, and ``young``, which has not."""
    workspace = Workspace(tmp_path_factory.mktemp("learned"))
    write_jsonl(workspace.train_file, [ROW] * 4)
    train_adapter(workspace, options(tiny_base, num_train_epochs=16.0))
    train_adapter(workspace, options(tiny_base, num_train_epochs=1.0, adapter="young"))
    return workspace.models


@pytest.fixture
def school(workspace, learned):
    """A workspace with those adapters and no training rows: the exam may ask what was learned."""
    shutil.copytree(learned, workspace.models)
    return workspace


def test_the_tuned_model_passes_the_exam_of_what_it_learned(school, capsys):
    paper = [
        question("a", question=ASKED, source=QUOTED),
        question("x", question="약은 얼마입니까?", answers=(), answerable=False, kind="unanswerable"),
    ]
    write_jsonl(school.exam / "e.jsonl", paper)
    report = sit(school, questions=2)
    assert list(report["scores"]) == [CLOSED, OPEN, UNANSWERABLE, GENERAL]
    assert report["scores"][CLOSED]["bot"]["right"]["value"] == 1.0
    assert report["scores"][CLOSED]["base"]["right"]["value"] == 0.0
    assert report["scores"][CLOSED]["base"]["ended"]["value"] == 0.0, "the base never stops: cut, and a failure"
    assert report["answers"][0]["answers"][CLOSED]["bot"]["answer"] == "응집입니다."
    folder = school.models / "bot"
    assert json.loads((folder / "evaluation.json").read_text(encoding="utf-8")) == report
    assert "응집입니다." in (folder / "evaluation.html").read_text(encoding="utf-8")
    assert read_adapter(folder).exam["scores"]["closed_book.right"]["value"] == 1.0
    printed = capsys.readouterr().out
    assert "exam: 2 questions" in printed
    assert "응집입니다." in printed


def test_the_same_exam_twice_gives_the_same_numbers_and_one_line_of_history(school):
    write_jsonl(school.exam / "e.jsonl", [question("a", question=ASKED, source=QUOTED)])
    first, second = (sit(school, questions=1) for _ in range(2))
    assert {**first, "when": ""} == {**second, "when": ""}
    assert len((school.models / "evaluations.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_an_adapter_that_is_trained_during_its_exam_is_not_told_the_earlier_ones_scores(school, monkeypatch):
    write_jsonl(school.exam / "e.jsonl", [question("a", question=ASKED, source=QUOTED)])
    weights = school.models / "bot" / "adapter_model.safetensors"
    module = sys.modules["phi4.evaluation.examine"]  # the package's own name for it is the function
    monkeypatch.setattr(module, "show", lambda *_: weights.write_bytes(b"trained anew"))
    with pytest.raises(AdapterError, match=r"trained anew or gone .*: bot;") as caught:
        sit(school, questions=1, max_new_tokens=2)
    assert caught.value.hint == "examine what is there now: phi4 evaluate bot"
    assert (school.models / "bot.evaluation.json").is_file()
    assert "evaluation" not in read_adapter(school.models / "bot").facts


def test_several_adapters_sit_side_by_side(school):
    write_jsonl(school.exam / "e.jsonl", [question("a", question=ASKED, source=QUOTED)])
    report = sit(school, "bot", "young", questions=1)
    assert list(report["scores"][CLOSED]) == ["base", "bot", "young"]
    assert set(report["comparisons"][CLOSED]) == {"bot", "young"}
    assert (school.models / "young" / "evaluation.json").is_file()


def test_an_exam_that_was_trained_on_is_refused_before_anything_is_loaded(school, monkeypatch):
    write_jsonl(school.exam / "e.jsonl", [question("a", question=ASKED, source=QUOTED)])
    write_jsonl(school.train_file, [ROW])
    monkeypatch.setattr("phi4.evaluation.candidates.open_chatbot", None)
    with pytest.raises(ExamError, match="1 exam questions were trained on"):
        sit(school)


def test_an_adapter_of_other_rows_is_examined_but_nobody_vouches_for_it(school, capsys):
    write_jsonl(school.exam / "e.jsonl", [question("a", question=ASKED, source=QUOTED)])
    other = ROW.model_copy(update={"question": "다른 물음입니까?"})
    for rows in ([], [other]):
        if rows:
            write_jsonl(school.train_file, rows)
        report = sit(school, "bot", "young", questions=1, max_new_tokens=2)
        assert report["unchecked"] == ["bot", "young"]
        printed = " ".join(capsys.readouterr().out.split())
        assert "bot: its training rows are not those of data/synthetic/train.jsonl" in printed
        assert "학습했는지 확인하지 못했습니다" in (school.models / "bot" / "evaluation.html").read_text(
            encoding="utf-8"
        )


LONG = ("약은 혈소판의 응집을 억제하기 때문입니다.",)


@pytest.mark.parametrize(
    ("line", "scored"), [(json.dumps({"reason": "같음", "verdict": "맞음"}), {"value": 1.0}), ("형식 없음", {})]
)
def test_a_judge_grades_long_golds_and_what_it_leaves_open_is_not_scored(school, line, scored):
    source = ExamSource(file="a.txt", evidence=LONG)
    write_jsonl(school.exam / "e.jsonl", [question("a", question=ASKED, answers=LONG, source=source)])
    judge = Judge(ScriptedTeacher(lambda messages, schema: line))
    report = sit(school, questions=1, max_new_tokens=4, judge=judge)
    assert report["judge"]["judged"] == 4, "two models under two conditions; general questions have short golds"
    assert report["judge"]["undecided"] == (0 if scored else 4)
    found = report["scores"][CLOSED]["bot"].get("right", {})
    assert {key: found[key] for key in scored} == scored
    assert bool(found) == bool(scored)


def test_without_an_exam_training_questions_are_shown_and_not_scored(workspace, tiny_base, capsys):
    rows = [
        Example(question=f"{n}은 [/B] 무엇입니까?", reasoning_steps=("나.",), answer="다.", id=str(n)) for n in range(5)
    ]
    write_jsonl(workspace.train_file, rows)
    train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    report = sit(workspace, max_new_tokens=8)
    assert (report["questions"], report["scores"], len(report["answers"])) == (0, {}, 3)
    printed = capsys.readouterr().out
    assert "no exam about these seeds yet" in printed
    assert '"answers": ["…"]' in printed
    assert "[/B]" in printed


def test_another_base_than_the_adapters_is_refused(workspace, tiny_base):
    write_jsonl(workspace.train_file, [Example(question="가?", reasoning_steps=("나.",), answer="다.")])
    train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    with pytest.raises(AdapterError, match=r"not on 'Qwen/Qwen2\.5-3B-Instruct'"):
        sit(workspace, base_model="Qwen/Qwen2.5-3B-Instruct")


def test_no_adapter_says_how_to_train_one(workspace):
    with pytest.raises(AdapterError) as caught:
        sit(workspace, max_new_tokens=8)
    assert "phi4 train" in caught.value.hint


def test_what_no_row_teaches_is_asked_with_its_passage_alone(workspace):
    source = ExamSource(file="a.txt", evidence=("약은 혈소판의 응집을 억제합니다.",))
    paper = [
        question("taught", source=source),
        question("untaught", source=source, taught=False),
        question("strange", answers=(), source=ExamSource(file="a.txt"), answerable=False, taught=False),
    ]
    write_jsonl(workspace.synthetic_exam, paper)
    found = set_paper(workspace, {"a.txt"}, 0)
    asked = {condition: [one.id for one in group] for condition, group in found.questions.items()}
    assert asked[CLOSED] == ["taught"]
    assert asked[OPEN] == ["taught", "untaught"]
    assert asked[UNANSWERABLE] == ["strange"]
    assert [one.id for one in found.exam()] == ["taught", "untaught", "strange"]
