"""The exam: which questions, which scores, which files."""

import json

import pytest

from phi4.errors import AdapterError
from phi4.evaluation import examine
from phi4.paths import Workspace
from phi4.records import Example, ExamQuestion, ExamSource, Source, write_jsonl
from phi4.training import train_adapter
from tests.training.test_finetune import options


def question(name, file, **more):
    stated = {"question": f"{name}은 무엇입니까?", "answers": ("응집",), "source": ExamSource(file=file)}
    return ExamQuestion(id=name, **{**stated, **more})


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_the_tuned_model_passes_the_exam_of_what_it_learned(workspace, tiny_base, capsys):
    source = Source(file="a.txt", sha256="0", sentences=(1,))
    rows = [
        Example(
            question="약은 무엇을 억제합니까?", reasoning_steps=("억제합니다.",), answer="응집입니다.", source=source
        )
    ] * 4
    write_jsonl(workspace.train_file, rows)
    write_jsonl(workspace.exam / "e.jsonl", [question("a", "a.txt", question="약은 무엇을 억제합니까?")])
    train_adapter(workspace, options(tiny_base, num_train_epochs=16.0))
    report = examine(workspace, "bot", base_model="", system_prompt="", max_new_tokens=64, questions=0)
    assert report["scores"]["tuned"]["match"] == 1.0
    assert report["scores"]["base"]["match"] == 0.0
    assert report["answers"][0]["tuned"]["answer"] == "응집입니다."
    saved = json.loads((workspace.models / "bot" / "evaluation.json").read_text(encoding="utf-8"))
    assert saved == report
    printed = capsys.readouterr().out
    assert "exam: 1 questions" in printed
    assert "응집입니다." in printed


def test_without_an_exam_training_questions_are_shown_and_not_scored(workspace, tiny_base, capsys):
    rows = [
        Example(question=f"{n}은 [/B] 무엇입니까?", reasoning_steps=("나.",), answer="다.", id=str(n)) for n in range(5)
    ]
    write_jsonl(workspace.train_file, rows)
    train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    report = examine(workspace, "bot", base_model="", system_prompt="", max_new_tokens=8, questions=0)
    assert (report["questions"], report["scores"], len(report["answers"])) == (0, {}, 3)
    printed = capsys.readouterr().out
    assert "no exam about these seeds yet" in printed
    assert '"answers": ["…"]' in printed
    assert "[/B]" in printed


def test_another_base_than_the_adapters_is_refused(workspace, tiny_base):
    write_jsonl(workspace.train_file, [Example(question="가?", reasoning_steps=("나.",), answer="다.")])
    train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    with pytest.raises(AdapterError, match=r"not on 'Qwen/Qwen2\.5-3B-Instruct'"):
        examine(
            workspace, "bot", base_model="Qwen/Qwen2.5-3B-Instruct", system_prompt="", max_new_tokens=8, questions=0
        )


def test_no_adapter_says_how_to_train_one(workspace):
    with pytest.raises(AdapterError) as caught:
        examine(workspace, "bot", base_model="", system_prompt="", max_new_tokens=8, questions=0)
    assert "phi4 train" in caught.value.hint
