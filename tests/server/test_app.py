"""The two endpoints of the manual, and what they refuse."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from phi4.server import create_app, router
from phi4.server.app import attach
from phi4.settings import load_settings
from tests.server.test_service import wait_for


def visitor(app, host="127.0.0.1"):
    return TestClient(app, client=(host, 50000))


@pytest.fixture
def client(service, engine):
    app = create_app(load_settings({}))
    app.state.phi4 = service
    engine.loaded.set()
    with visitor(app) as client:
        wait_for(service, "ready")
        yield client


def test_a_message_gets_an_answer_in_the_documented_shape(client):
    answer = client.post("/api/chat", json={"message": "왜 그렇습니까?"})
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == [
        "id", "conversation_id", "answer", "reasoning_steps", "reasoning", "finish_reason", "usage", "timings",
        "model", "adapter",
    ]  # fmt: skip
    assert (body["answer"], body["reasoning_steps"]) == ("답입니다.", ["하나입니다."])
    assert body["reasoning"] == "1. 하나입니다."
    assert body["usage"]["total_tokens"] == body["usage"]["prompt_tokens"] + body["usage"]["completion_tokens"]


def test_a_conversation_goes_on_by_its_id(client, engine):
    first = client.post("/api/chat", json={"message": "하나"}).json()
    second = client.post("/api/chat", json={"message": "둘", "conversation_id": first["conversation_id"]}).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert second["id"] != first["id"]
    assert len(engine.asked[1][0]) > len(engine.asked[0][0])


def test_whole_conversations_are_accepted(client):
    turns = [
        {"role": "user", "content": "하나"},
        {"role": "assistant", "content": "둘"},
        {"role": "user", "content": "셋"},
    ]
    assert client.post("/api/chat", json={"messages": turns}).status_code == 200


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "give either"),
        ({"message": ""}, "message"),
        ({"message": "  \n"}, "blank"),
        ({"message": "가" * 20_001}, "message"),
        ({"message": "가", "messages": [{"role": "user", "content": "나"}]}, "give either"),
        ({"messages": [{"role": "assistant", "content": "가"}]}, "last of"),
        ({"messages": [{"role": "system", "content": "가"}, {"role": "user", "content": "나"}]}, "operator"),
        ({"messages": [{"role": "tool", "content": "가"}]}, "role"),
        ({"message": "가", "n_predict": 9}, "n_predict"),
        ({"message": "가", "temperature": 9}, "temperature"),
        ({"message": "가", "max_tokens": 0}, "max_tokens"),
        ({"message": "가", "stream": True}, "stream"),
    ],
)
def test_a_wrong_request_is_refused_by_name_in_openais_shape(client, body, param):
    answer = client.post("/api/chat", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "code", "param"}
    assert error["type"] == "invalid_request_error"
    assert param in f"{error['param']} {error['message']}"


def test_broken_json_is_refused_the_same_way(client):
    answer = client.post("/api/chat", content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_the_status_is_200_in_every_state(service, engine):
    app = create_app(load_settings({}))
    app.state.phi4 = service
    with visitor(app) as client:
        wait_for(service, "loading")
        loading = client.get("/api/chat/status")
        refused = client.post("/api/chat", json={"message": "가"})
        engine.failure = "no memory"
        engine.loaded.set()
        wait_for(service, "failed")
        failed = client.get("/api/chat/status")
    assert (loading.status_code, loading.json()["state"], loading.json()["loaded"]) == (200, "loading", False)
    assert (failed.status_code, failed.json()["state"]) == (200, "failed")
    assert "no memory" in failed.json()["detail"]
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert set(loading.json()) == {
        "state", "loaded", "progress", "detail", "engine", "model", "adapter", "queue", "limits", "version",
    }  # fmt: skip


def test_with_keys_set_only_their_bearers_are_answered(service, engine):
    app = create_app(load_settings({"api_keys": "one, two"}))
    app.state.phi4 = service
    engine.loaded.set()
    with visitor(app) as client:
        wait_for(service, "ready")
        codes = [
            client.post("/api/chat", json={"message": "가"}, headers=headers).status_code
            for headers in ({}, {"authorization": "Bearer no"}, {"authorization": "Bearer two"})
        ]
        assert client.get("/api/chat/status").status_code == 200
    assert codes == [401, 401, 200]


def test_an_existing_site_can_mount_the_router(service, engine):
    site = FastAPI()
    attach(site, load_settings({}))
    site.state.phi4 = service
    site.include_router(router)
    engine.loaded.set()
    service.start()
    wait_for(service, "ready")
    with visitor(site) as client:
        assert client.post("/api/chat", json={"message": "가"}).json()["answer"] == "답입니다."


def test_without_keys_only_this_machine_is_answered(service, engine):
    site = FastAPI()
    attach(site, load_settings({}))
    site.state.phi4 = service
    site.include_router(router)
    engine.loaded.set()
    service.start()
    wait_for(service, "ready")
    with visitor(site, host="203.0.113.9") as client:
        refused = client.post("/api/chat", json={"message": "가"})
        assert client.get("/api/chat/status").status_code == 200
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")


def test_an_id_that_was_never_given_out_continues_nothing(client):
    first = client.post("/api/chat", json={"message": "하나", "conversation_id": "1"}).json()
    second = client.post("/api/chat", json={"message": "둘", "conversation_id": "1"}).json()
    assert "1" not in {first["conversation_id"], second["conversation_id"]}
    assert first["conversation_id"] != second["conversation_id"]
