"""``phi4 feedback export``: from a reader's thumb to a row that training reads."""

import json

import pytest

from phi4 import paths
from phi4.chat_format import answer_text
from phi4.cli import main
from phi4.jsonl import read_jsonl
from phi4.records import Example, Preference
from tests.server.conftest import visitor, wait_for


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    monkeypatch.setenv("PHI4_HOME", str(tmp_path))
    monkeypatch.setenv("PHI4_DATABASE_URL", f"sqlite:///{tmp_path / 'chats.sqlite'}")
    return tmp_path


@pytest.fixture
def rated(make_app, engine, workspace):
    """A server whose reader liked, disliked, corrected, and went on asking."""

    def rate(client, answer, **opinion):
        assert client.put("/api/feedback", json={"message_id": answer["id"], **opinion}).status_code == 200

    def ask(client, path="/api/chat", **body):
        return client.post(path, json=body).json()

    with visitor(make_app()) as client:
        wait_for(client, "ready")
        rate(client, ask(client, message="좋은 질문"), rating=1)
        engine.text = answer_text(["단계"], "틀린 답")
        corrected = ask(client, message="고칠 질문")
        rate(client, corrected, rating=-1, corrected_answer="옳은 답")
        bad = ask(client, message="두 번 물은 질문")
        rate(client, bad, rating=-1)
        engine.text = answer_text(["단계"], "나은 답")
        rate(client, ask(client, f"/api/chat/{bad['id']}/again"), rating=1)
        rate(client, ask(client, message="이어서", conversation_id=corrected["conversation_id"]), rating=1)
        engine.text = "이유 없이 답만"
        rate(client, ask(client, message="이유 없는 답"), rating=1)
        rate(client, ask(client, message="아무 말 없음"), comment="글쎄요")
    return workspace


def test_liked_and_corrected_answers_become_rows(rated, capsys):
    assert main(["feedback", "export"]) == 0
    rows = read_jsonl(rated / "data" / "feedback" / "sft.jsonl", Example)
    assert [(row.question, row.answer, row.kind) for row in rows] == [
        ("좋은 질문", "답입니다.", "feedback-liked"),
        ("고칠 질문", "옳은 답", "feedback-corrected"),
        ("두 번 물은 질문", "나은 답", "feedback-liked"),
    ]
    assert rows[0].reasoning_steps == ("하나입니다.", "둘입니다.")
    assert rows[0].teacher.startswith("adapter:")
    said = capsys.readouterr().out
    assert "3 rows from 7 opinions" in said
    assert "1 questions that follow others" in said
    assert "2 answers without reasons" in said


def test_corrections_and_rival_answers_become_pairs(rated, capsys):
    target = rated / "pairs.jsonl"
    assert main(["feedback", "export", "--format", "dpo", "--to", str(target), "--json"]) == 0
    pairs = read_jsonl(target, Preference)
    assert [(pair.question, pair.chosen.answer, pair.rejected.answer) for pair in pairs] == [
        ("고칠 질문", "옳은 답", "틀린 답"),
        ("두 번 물은 질문", "나은 답", "틀린 답"),
    ]
    assert json.loads(capsys.readouterr().out)["rows"] == 2


def test_a_stated_database_and_a_stated_file_need_no_workspace(rated, monkeypatch, capsys):
    monkeypatch.delenv("PHI4_HOME")
    monkeypatch.setattr(paths, "CHECKOUT", rated / "site-packages")
    target = rated / "rows.jsonl"
    assert main(["feedback", "export", "--to", str(target)]) == 0
    assert len(read_jsonl(target, Example)) == 3
    assert str(target) in capsys.readouterr().out


def test_without_an_opinion_nothing_is_written_and_it_is_said(workspace, capsys):
    assert main(["feedback", "export"]) == 1
    assert "none of 0 opinions" in capsys.readouterr().err
    assert not (workspace / "data" / "feedback").exists()


def test_a_database_that_cannot_be_read_is_said_without_its_password(workspace, monkeypatch, closed_url, capsys):
    monkeypatch.setenv("PHI4_DATABASE_URL", closed_url.replace("http://", "postgresql://u:secret@") + "/chats")
    assert main(["feedback", "export"]) == 1
    said = capsys.readouterr().err
    assert "cannot be read" in said
    assert "secret" not in said


def test_what_it_reads_it_does_not_change(rated):
    before = (rated / "chats.sqlite").read_bytes()
    assert main(["feedback", "export"]) == 0
    assert (rated / "chats.sqlite").read_bytes() == before
