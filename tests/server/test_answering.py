"""Between question and answer: time-outs, one answer at a time in a conversation, failures, what is kept."""

import asyncio
import json
import threading

import httpx
import pytest

from phi4.engines.scripted import Pace
from phi4.errors import EngineError
from phi4.server.failures import ENDED, RETRYABLE
from tests.server.conftest import events, until, visitor, wait_for
from tests.server.test_event_stream import LONG


def test_two_requests_on_one_conversation_take_turns(live, engine):
    server = live()
    with httpx.Client(base_url=server.url, timeout=20) as client:
        first = client.post("/api/chat", json={"message": "가"}).json()
        engine.text, engine.pace = LONG, Pace(token=0.01)
        slow = threading.Thread(
            target=client.post,
            args=("/api/chat",),
            kwargs={"json": {"message": "나", "conversation_id": first["conversation_id"]}},
        )
        slow.start()
        until(lambda: server.queue["running"] == 1)
        refused = client.post("/api/chat", json={"message": "다", "conversation_id": first["conversation_id"]})
        again = client.post(f"/api/chat/{first['id']}/again", json={})
        slow.join()
        whole = client.get(f"/api/conversations/{first['conversation_id']}").json()
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conversation_busy")
    assert again.status_code == 409
    assert [turn["content"][:2] for turn in whole["messages"]] == ["가", "답입", "나", "답입"]


def test_a_client_has_its_share(live, engine):
    server = live(max_per_client=2)
    engine.text, engine.pace = LONG, Pace(token=0.02)
    body = {"message": "가", "stream": True}
    threads = [
        threading.Thread(target=httpx.post, args=(f"{server.url}/api/chat",), kwargs={"json": body, "timeout": 30})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    until(lambda: server.queue["running"] == 2)
    refused = httpx.post(f"{server.url}/api/chat", json=body)
    for thread in threads:
        thread.join()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert int(refused.headers["retry-after"]) >= 1


@pytest.mark.parametrize("stream", [True, False])
def test_a_wait_that_is_too_long_ends(make_app, engine, stream):
    engine.pace = Pace(prompt=60)

    async def scene():
        app = make_app(queue_timeout=0.1)
        service = app.state.phi4
        service.start()
        while service.status().state != "ready":
            await asyncio.sleep(0.01)
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
            blockers = [asyncio.create_task(client.post("/api/chat", json={"message": "가"})) for _ in range(4)]
            while service.answering.admission.running < 4:
                await asyncio.sleep(0.005)
            answer = await client.post("/api/chat", json={"message": "나", "stream": stream})
            for blocker in blockers:
                blocker.cancel()
        await service.stop()
        return answer

    answer = asyncio.run(scene())
    if stream:
        told = events(answer.text)
        assert [kind for _, kind, _ in told] == ["start", "status", "error"]
        assert told[1][2] == {"phase": "queued", "position": 1}
        assert told[2][2]["code"] == "queue_timeout"
        assert told[2][2]["retryable"]
    else:
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "queue_timeout")
        assert int(answer.headers["retry-after"]) >= 1


def test_an_answer_that_takes_too_long_ends_and_what_was_written_is_kept(make_app, engine):
    engine.text, engine.pace = LONG, Pace(token=0.02)  # 1. 하나 within a second, the whole in four
    with visitor(make_app(answer_timeout=2)) as client:
        wait_for(client, "ready")
        told = events(client.post("/api/chat", json={"message": "가", "stream": True}).text)
        assert told[-1][2]["code"] == "answer_timeout"
        whole = client.get(f"/api/conversations/{told[0][2]['conversation_id']}").json()
        assert whole["messages"][1]["reasoning"].startswith("1. 하나")
        assert whole["messages"][1]["finish_reason"] == "answer_timeout"
        assert client.post("/api/chat", json={"message": "가"}).status_code == 504


@pytest.mark.parametrize("longest", [100, 1900, 2047])
def test_an_answer_of_no_stated_length_gets_what_the_prompt_leaves_of_the_room(make_app, engine, longest):
    turns = [{"role": "assistant" if n % 2 else "user", "content": "가" * 60} for n in range(41)]
    with visitor(make_app(max_new_tokens=longest)) as client:
        wait_for(client, "ready")
        one = client.post("/api/chat", json={"message": "가" * 100})
        many = client.post("/api/chat", json={"messages": turns})
    assert (one.status_code, many.status_code) == (200, 200)
    assert one.json()["trimmed_turns"] == 0
    assert many.json()["trimmed_turns"] > 0
    for prompt, limits, _ in engine.asked:
        assert limits.max_tokens == min(longest, engine.description.context - len(prompt))
        assert limits.max_tokens >= min(longest, engine.description.context // 2)


def test_an_answer_of_a_stated_length_is_not_made_shorter(make_app, engine):
    with visitor(make_app(max_new_tokens=2000)) as client:
        wait_for(client, "ready")
        refused = client.post("/api/chat", json={"message": "가" * 100, "max_tokens": 2000})
        client.post("/api/chat", json={"message": "가" * 100, "max_tokens": 1500})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "context_length_exceeded")
    assert engine.asked[0][1].max_tokens == 1500


def test_an_engine_that_refuses_or_breaks_ends_the_answer_with_its_reason(client, engine):
    def refuse(prompt, tuned):
        raise EngineError("no such adapter")

    engine._script = refuse
    answer = client.post("/api/chat", json={"message": "가"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (502, "no such adapter")


def test_a_defect_ends_the_answer_and_its_reason_stays_in_the_log(client, engine, monkeypatch, caplog):
    monkeypatch.setattr(engine, "submit", lambda *_: 1 / 0)
    answer = client.post("/api/chat", json={"message": "가"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "failed")
    assert "ZeroDivisionError" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert client.get("/api/chat/status").json()["queue"]["running"] == 0


def test_a_cut_off_question_is_no_part_of_the_next_prompt(client, engine):
    first = client.post("/api/chat", json={"message": "가"}).json()
    engine.text = ""
    client.post("/api/chat", json={"message": "나", "conversation_id": first["conversation_id"]})
    engine.text = "답"
    client.post("/api/chat", json={"message": "다", "conversation_id": first["conversation_id"]})
    assert "나" not in engine.prompts[-1]
    assert engine.prompts[-1].count("<|im_start|>assistant") == 2


def test_a_message_keeps_everything_that_it_follows_from(client, make_app):
    done = client.post("/api/chat", json={"message": "가", "temperature": 0.7, "max_tokens": 50}).json()
    client.put("/api/feedback", json={"message_id": done["id"], "rating": 1})
    kept = client.portal.call(client.app.state.phi4.feedback.everything)
    made = kept[0].snapshot["made"]
    assert made["sampling"]["temperature"] == 0.7
    assert made["sampling"]["max_tokens"] == 50
    assert made["sampling"]["seed"] >= 0
    assert len(made["adapter_sha256"]) == 64
    assert (made["model"], made["adapter"], made["engine"]) == ("base-a", "phi-4-reasoning", "scripted")
    assert (made["finish_reason"], made["system_prompt"]) == ("stop", "")


def test_a_defect_after_the_model_ends_the_answer_too_and_frees_its_conversation(client, monkeypatch, caplog):
    first = client.post("/api/chat", json={"message": "가"}).json()
    with monkeypatch.context() as broken:
        broken.setattr("phi4.server.answering._document", lambda *_: 1 / 0)
        body = {"message": "나", "conversation_id": first["conversation_id"], "stream": True}
        told = events(client.post("/api/chat", json=body).text)
    assert [kind for _, kind, _ in told].count("error") == 1
    assert told[-1][1:] == (
        "error",
        {"code": "failed", "message": "the server failed; its log says why", "retryable": False, "stored": False},
    )
    assert "ZeroDivisionError" in caplog.text
    again = client.post("/api/chat", json={"message": "다", "conversation_id": first["conversation_id"]})
    assert again.status_code == 200


def test_a_conversation_that_its_owner_deletes_meanwhile_is_no_failure_of_the_storage(live, engine):
    server = live()
    engine.text, engine.pace = LONG, Pace(token=0.01)
    with httpx.Client(base_url=server.url, timeout=20) as client:
        with client.stream("POST", "/api/chat", json={"message": "가", "stream": True}) as answer:
            lines = answer.iter_lines()
            while "conversation_id" not in (line := next(lines)):
                pass
            conversation = json.loads(line.removeprefix("data: "))["conversation_id"]
            until(lambda: client.get(f"/api/conversations/{conversation}").status_code == 200)
            assert client.delete(f"/api/conversations/{conversation}").json() == {"deleted": 1}
            rest = list(lines)
        assert json.loads(rest[-2].removeprefix("data: "))["stored"] is False
        assert "phi4_storage_failures_total 0.0" in client.get("/metrics").text


def test_anothers_conversation_is_not_found_also_while_it_is_answered(live, engine):
    server = live()
    engine.text, engine.pace = LONG, Pace(token=0.01)
    with httpx.Client(base_url=server.url, timeout=20) as mine, httpx.Client(base_url=server.url, timeout=20) as other:
        first = mine.post("/api/chat", json={"message": "가", "max_tokens": 1}).json()
        body = {"message": "나", "conversation_id": first["conversation_id"]}
        slow = threading.Thread(target=mine.post, args=("/api/chat",), kwargs={"json": body})
        slow.start()
        until(lambda: server.queue["running"] == 1)
        assert other.post("/api/chat", json=body).status_code == 404
        assert mine.post("/api/chat", json=body).status_code == 409
        slow.join()


def test_stopping_the_server_ends_answers_and_keeps_what_was_written(make_app, engine):
    engine.text, engine.pace = LONG, Pace(token=0.01)

    async def scene():
        app = make_app()
        service = app.state.phi4
        service.start()
        while service.status().state != "ready":
            await asyncio.sleep(0.01)
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
            asked = asyncio.create_task(client.post("/api/chat", json={"message": "가", "stream": True}))
            await asyncio.sleep(0.3)
            await service.stop()
            return events((await asked).text)

    told = asyncio.run(scene())
    kind, data = told[-1][1:]
    assert (kind, data.pop("message")) == ("error", "the server is being stopped")
    assert data == {"code": "shutting_down", "retryable": True, "stored": True, "retry_after": 5}


def test_nothing_that_was_begun_ends_with_the_status_that_invites_to_send_it_again():
    assert {status for status, _ in ENDED.values()} <= {400, 500, 502, 504}
    assert set(ENDED) > RETRYABLE
