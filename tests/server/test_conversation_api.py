"""``/api/conversations`` and ``/api/feedback``."""

import asyncio
import json
import unicodedata

import httpx
import pytest

from tests.server.conftest import until, visitor, wait_for

NOBODY = "conv_" + "0" * 32
NO_MESSAGE = "msg_" + "0" * 32


def ask(client, message="가", **more):
    return client.post("/api/chat", json={"message": message, **more}).json()


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_conversations_are_listed_read_renamed_and_deleted(client):
    first, second = ask(client, "아스피린은 무엇입니까?"), ask(client, "둘")
    heads = client.get("/api/conversations").json()["conversations"]
    assert [head["title"] for head in heads] == ["둘", "아스피린은 무엇입니까?"]
    assert set(heads[0]) == {"id", "title", "created_at", "updated_at"}
    found = client.get("/api/conversations", params={"search": "아스피린"}).json()["conversations"]
    assert [head["id"] for head in found] == [first["conversation_id"]]
    path = f"/api/conversations/{first['conversation_id']}"
    assert client.patch(path, json={"title": "새 이름"}).json()["title"] == "새 이름"
    whole = client.get(path).json()
    assert [turn["role"] for turn in whole["messages"]] == ["user", "assistant"]
    assert whole["messages"][1]["id"] == first["id"]
    assert whole["messages"][1]["reasoning_steps"] == ["하나입니다.", "둘입니다."]
    assert client.delete(path).json() == {"deleted": 1}
    assert code(client.get(path)) == (404, "not_found")
    assert client.delete("/api/conversations").json() == {"deleted": 1}
    gone = client.post("/api/chat", json={"message": "나", "conversation_id": second["conversation_id"]})
    assert code(gone) == (404, "not_found")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("search", ["NFC", "NFD"])
def test_a_question_is_found_however_its_syllables_were_typed(client, engine, form, search):
    first = ask(client, unicodedata.normalize(form, "아스피린은 무엇입니까?"))
    told = {"search": unicodedata.normalize(search, "아스피린")}
    found = client.get("/api/conversations", params=told).json()["conversations"]
    assert [(head["id"], head["title"]) for head in found] == [(first["conversation_id"], "아스피린은 무엇입니까?")]
    assert "아스피린은" in engine.prompts[-1], "the model reads what it was trained on"


def test_feedback_is_given_shown_changed_and_withdrawn(client):
    answer = ask(client)
    told = {
        "message_id": answer["id"],
        "rating": -1,
        "reasons": ["틀림"],
        "comment": "아님",
        "corrected_answer": "맞음",
    }
    assert client.put("/api/feedback", json=told).json() == told
    path = f"/api/conversations/{answer['conversation_id']}"
    assert client.get(path).json()["messages"][1]["rating"] == -1
    changed = client.put("/api/feedback", json={"message_id": answer["id"], "rating": 1}).json()
    assert (changed["rating"], changed["comment"]) == (1, "")
    assert client.delete(f"/api/feedback/{answer['id']}").json() == {"deleted": 1}
    assert client.get(path).json()["messages"][1]["rating"] is None
    assert code(client.delete(f"/api/feedback/{answer['id']}")) == (404, "not_found")


@pytest.mark.parametrize(
    "change",
    [
        {"rating": 2}, {"rating": "1"}, {"rating": 1.5}, {"rating": True}, {"reasons": ["가"] * 11}, {"reasons": "가"},
        {"reasons": [""]}, {"reasons": ["가" * 41]}, {"comment": "가" * 2001}, {"corrected_answer": "가" * 20_001},
        {"message_id": "../x"}, {"message_id": 1}, {"owner": "me"},
    ],
)  # fmt: skip
def test_wrong_feedback_is_refused_by_name(client, change):
    answer = client.put("/api/feedback", json={"message_id": NO_MESSAGE, "rating": 1, **change})
    assert answer.status_code == 400, answer.text
    assert next(iter(change)) in answer.json()["error"]["param"]


def test_feedback_on_a_question_or_on_nothing_is_refused(client):
    answer = ask(client)
    question = client.get(f"/api/conversations/{answer['conversation_id']}").json()["messages"][0]["id"]
    assert client.put("/api/feedback", json={"message_id": question, "rating": 1}).status_code == 400
    assert code(client.put("/api/feedback", json={"message_id": NO_MESSAGE, "rating": 1})) == (404, "not_found")


def test_answers_without_memory_cannot_be_rated(client):
    body = {"model": "phi-4-reasoning", "messages": [{"role": "user", "content": "가"}]}
    answer = client.post("/v1/chat/completions", json=body).json()
    assert code(client.put("/api/feedback", json={"message_id": answer["id"], "rating": 1})) == (404, "not_found")


def test_somebody_elses_things_are_not_there(client):
    mine = ask(client)
    client.cookies.clear()
    path = f"/api/conversations/{mine['conversation_id']}"
    for answer in (
        client.get(path),
        client.patch(path, json={"title": "나"}),
        client.delete(path),
        client.post("/api/chat", json={"message": "나", "conversation_id": mine["conversation_id"]}),
        client.post(f"/api/chat/{mine['id']}/again", json={}),
        client.get(f"/api/chat/{mine['id']}/stream"),
        client.delete(f"/api/chat/{mine['id']}"),
        client.put("/api/feedback", json={"message_id": mine["id"], "rating": 1}),
    ):
        assert code(answer) == (404, "not_found")
    unknown = client.get(f"/api/conversations/{NOBODY}").json()["error"]["message"]
    foreign = client.get(path).json()["error"]["message"]
    assert unknown.replace(NOBODY, "") == foreign.replace(mine["conversation_id"], ""), "an id tells nothing"


@pytest.mark.parametrize(
    "tail", ["../../etc/passwd", "..%2F..%2Fetc%2Fpasswd", "conv_x", "%00", "가", "'; DROP TABLE turns"]
)
def test_ids_that_are_none_are_refused(client, tail):
    assert client.get(f"/api/conversations/{tail}").status_code in (400, 404)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=99999999999999999999", "search=" + "a" * 201]
)
def test_a_list_is_asked_for_within_bounds(client, query):
    assert client.get(f"/api/conversations?{query}").status_code == 400


def test_what_is_given_to_change_must_be_something(client):
    path = f"/api/conversations/{ask(client)['conversation_id']}"
    assert client.patch(path, json={}).status_code == 400
    assert client.patch(path, json={"title": "  "}).status_code == 400
    assert client.patch(path, json={"show": NO_MESSAGE}).status_code == 404


def test_conversations_are_there_after_a_restart(make_app, engine):
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        first = ask(client)
        cookies = client.cookies
    with visitor(make_app(), cookies=cookies) as client:
        wait_for(client, "ready")
        heads = client.get("/api/conversations").json()["conversations"]
        second = ask(client, "둘", conversation_id=first["conversation_id"])
    assert [head["id"] for head in heads] == [first["conversation_id"]]
    assert second["conversation_id"] == first["conversation_id"]
    assert "답입니다." in engine.prompts[-1]


def test_what_the_database_refuses_is_not_in_the_log(client, caplog, monkeypatch):
    """SQLAlchemy's errors repeat the statement with its values unless they are told not to."""
    from sqlalchemy import text

    from phi4.server.storage import conversations

    async def refuse(session, *_):
        await session.execute(text("SELECT a FROM nowhere WHERE a = :what"), {"what": "비밀 질문"})

    monkeypatch.setattr(conversations, "own", refuse)
    first = ask(client, "비밀 질문")
    client.post("/api/chat", json={"message": "비밀 질문", "conversation_id": first["conversation_id"]})
    assert "conversations are not kept" in caplog.text
    assert "no such table" in caplog.text
    assert "비밀" not in caplog.text


def test_without_a_database_questions_are_answered_and_it_is_said(make_app, tmp_path):
    (tmp_path / "folder.sqlite").mkdir()
    with visitor(make_app(database_url=f"sqlite:///{tmp_path}/folder.sqlite")) as client:
        wait_for(client, "ready")
        answer = ask(client)
        listed = client.get("/api/conversations")
        status = client.get("/api/chat/status").json()
    assert (answer["answer"], answer["stored"]) == ("답입니다.", False)
    assert code(listed) == (503, "storage_unavailable")
    assert int(listed.headers["retry-after"]) >= 1
    assert status["storage"] == "failing"


def test_a_conversation_names_the_answer_that_is_on_its_way(live, engine):
    """So that a page that is opened again, or in a second window, goes on with it."""
    server = live()
    engine.freeze()
    with httpx.Client(base_url=server.url) as client:
        body = {"message": "가", "stream": True, "resumable": True}
        with client.stream("POST", "/api/chat", json=body) as answer:
            start = next(line for line in answer.iter_lines() if line.startswith("data: "))
            told = json.loads(start.removeprefix("data: "))
            path = f"/api/conversations/{told['conversation_id']}"
            until(lambda: client.get(path).status_code == 200)
            whole = client.get(path).json()
            assert (whole["answering"], [turn["role"] for turn in whole["messages"]]) == (told["id"], ["user"])
            engine.thaw()
            until(lambda: client.get(path).json()["answering"] is None)
        whole = client.get(path).json()
        assert whole["messages"][-1]["usage"]["completion_tokens"] > 1
        assert whole["messages"][-1]["timings"]["total_ms"] > 0


def test_an_answer_that_ends_while_its_conversation_is_read_is_not_taken_for_lost(live, engine, monkeypatch):
    server = live()
    engine.freeze()
    service = server.service
    ratings = service.feedback.ratings

    async def late(*arguments):
        engine.thaw()
        while service.answering.admission.running:
            await asyncio.sleep(0.005)
        return await ratings(*arguments)

    with httpx.Client(base_url=server.url, timeout=20) as client:
        body = {"message": "가", "stream": True, "resumable": True}
        with client.stream("POST", "/api/chat", json=body) as answer:
            start = next(line for line in answer.iter_lines() if line.startswith("data: "))
            path = f"/api/conversations/{json.loads(start.removeprefix('data: '))['conversation_id']}"
            until(lambda: client.get(path).status_code == 200)
            monkeypatch.setattr(service.feedback, "ratings", late)
            whole = client.get(path).json()
    assert [turn["role"] for turn in whole["messages"]] == ["user", "assistant"]
    assert whole["answering"] is None


def test_postgresql_may_stop_and_come_back_while_questions_are_answered(make_app, postgresql):
    with visitor(make_app(database_url=postgresql.database("service"))) as client:
        wait_for(client, "ready")
        before = ask(client)
        postgresql.stop()
        try:
            without = ask(client)
            going_on = client.post("/api/chat", json={"message": "나", "conversation_id": before["conversation_id"]})
            status = client.get("/api/chat/status").json()
        finally:
            postgresql.start()
        after = ask(client, "다", conversation_id=before["conversation_id"])
        whole = client.get(f"/api/conversations/{before['conversation_id']}").json()
    assert (before["stored"], without["stored"], after["stored"]) == (True, False, True)
    assert without["answer"] == "답입니다."
    assert code(going_on) == (503, "storage_unavailable")
    assert (status["state"], status["storage"]) == ("ready", "failing")
    assert [turn["content"] for turn in whole["messages"]] == ["가", "답입니다.", "다", "답입니다."]
