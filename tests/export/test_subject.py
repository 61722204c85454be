"""What is exported knows its base, its licence and its questions."""

import json

from phi4.export.subject import QUESTIONS, Subject, trained_questions
from phi4.jsonl import write_jsonl
from phi4.records import Example
from tests.samples import make_workspace


def test_a_packaged_base_is_told_by_its_name_on_the_hub(tmp_path):
    subject = Subject(tmp_path / "bot", "qwen2.5-coder-0.5b", {})
    assert subject.hub_base == "Qwen/Qwen2.5-Coder-0.5B-Instruct"
    assert "apache-2.0" in subject.licence
    assert Subject(tmp_path, "/my/base", {}).hub_base == "/my/base"


def test_the_card_and_the_record_lie_in_the_folder(tmp_path):
    subject = Subject(tmp_path / "bot", "Qwen/Qwen2.5-3B-Instruct", {"base_model": "Qwen/Qwen2.5-3B-Instruct"}, "짧게.")
    subject.write_card(tmp_path, "A file.", "gguf", {"what": "gguf"})
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "no commercial use" in card
    assert "System turn: '짧게.'" in card  # of the export, which may be another than the training's
    told = json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))
    assert (told["adapter"], told["what"]) == ("bot", "gguf")


def test_the_questions_are_spread_over_the_trained_rows(tmp_path):
    workspace = make_workspace(tmp_path)
    assert trained_questions(workspace) == QUESTIONS
    rows = [Example(question=f"질문 {number}", reasoning_steps=("하나",), answer="답") for number in range(10)]
    write_jsonl(workspace.train_file, rows)
    assert trained_questions(workspace) == ("질문 0", "질문 4", "질문 8")
    write_jsonl(workspace.train_file, rows[:1])
    assert trained_questions(workspace) == ("질문 0",)
