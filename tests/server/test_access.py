"""Who may ask: hosts, origins, keys, cookies, a site's own login."""

import logging

import pytest
from fastapi import HTTPException

from phi4.errors import UsageError
from phi4.server.access import Access
from tests.server.conftest import visitor, wait_for

KEY = "kèy-eins"


def bearer(key):
    return {"authorization": f"Bearer {key}".encode()}


def ask(client, **more):
    return client.post("/api/chat", json={"message": "가"}, **more)


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("rebound.example", 403),
        ("127.0.0.1.example", 403),
        ("localhost.example", 403),
        ("", 403),
        ("[", 403),
    ],
)
def test_without_keys_only_this_machines_names_are_served(client, host, status):
    """A page whose own name suddenly means 127.0.0.1 (DNS rebinding) sends its name as Host."""
    assert ask(client, headers={"host": host}).status_code == status
    assert client.get("/api/chat/status", headers={"host": host}).status_code == status
    assert client.get("/livez", headers={"host": host}).status_code == 200


def test_named_hosts_are_served_and_no_others(make_app):
    with visitor(make_app(allowed_hosts="chat.example, Other.example", api_keys=KEY)) as client:
        wait_for(client, "ready")
        for host, status in (("chat.example", 200), ("OTHER.example:443", 200), ("localhost", 200), ("x.example", 403)):
            assert ask(client, headers={"host": host, **bearer(KEY)}).status_code == status, host


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1", 200), ("http://evil.example", 403), ("null", 403), ("https://127.0.0.1", 403)],
)
def test_pages_of_other_sites_may_not_call(client, engine, origin, status):
    assert ask(client, headers={"origin": origin}).status_code == status
    assert len(engine.asked) == (status == 200)


def test_pages_of_a_named_site_may_and_their_browsers_are_told(make_app):
    with visitor(make_app(allowed_origins="https://site.example/")) as client:
        wait_for(client, "ready")
        answer = ask(client, headers={"origin": "https://site.example"})
        asked_first = client.options(
            "/api/chat", headers={"origin": "https://site.example", "access-control-request-method": "POST"}
        )
        foreign = client.options(
            "/api/chat", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
        )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://site.example"
    assert asked_first.headers["access-control-allow-origin"] == "https://site.example"
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize(
    "stated", [{"allowed_origins": "*"}, {"allowed_origins": "site.example"}, {"allowed_hosts": "*"}]
)
def test_a_door_for_everybody_is_no_setting(settings, stated):
    with pytest.raises(UsageError, match="no single site"):
        Access(settings(**stated))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("other"),
        bearer(""),
        bearer(KEY[:-1]),
        bearer(f"{KEY},zwei"),
        {"authorization": f"Basic {KEY}".encode()},
    ],
)
def test_with_keys_a_request_needs_one_of_them(make_app, headers):
    with visitor(make_app(api_keys=f" {KEY} , zwei ")) as client:
        wait_for(client, "ready")
        refused = ask(client, headers=headers)
        assert code(refused) == (401, "invalid_api_key")
        assert refused.headers["www-authenticate"] == "Bearer"
        assert ask(client, headers=bearer(KEY)).status_code == 200
        assert ask(client, headers=bearer("zwei")).status_code == 200


def test_without_keys_other_machines_are_refused(make_app):
    with visitor(make_app(allowed_hosts="127.0.0.1"), host="192.0.2.7") as client:
        wait_for(client, "ready")
        assert code(ask(client)) == (401, "invalid_api_key")


@pytest.mark.parametrize("name", ["Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"])
def test_what_a_proxy_passes_on_needs_a_key(make_app, client, name):
    passed_on = {name: "127.0.0.1"}
    assert code(ask(client, headers=passed_on)) == (401, "invalid_api_key")
    assert client.get("/livez", headers=passed_on).status_code == 200
    with visitor(make_app(api_keys=KEY)) as with_key:
        wait_for(with_key, "ready")
        assert ask(with_key, headers={**passed_on, **bearer(KEY)}).status_code == 200


def test_each_key_and_each_cookie_has_its_own_conversations(make_app):
    with visitor(make_app(api_keys="eins,zwei")) as client:
        wait_for(client, "ready")
        mine = ask(client, headers=bearer("eins")).json()
        path = f"/api/conversations/{mine['conversation_id']}"
        assert client.get(path, headers=bearer("eins")).status_code == 200
        assert code(client.get(path, headers=bearer("zwei"))) == (404, "not_found")
        assert client.get("/api/conversations", headers=bearer("zwei")).json() == {"conversations": []}


def test_a_visitor_without_a_key_is_known_by_a_cookie_that_scripts_cannot_read(client):
    first = ask(client)
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    path = f"/api/conversations/{first.json()['conversation_id']}"
    assert "set-cookie" not in ask(client).headers
    assert client.get(path).status_code == 200
    client.cookies.clear()
    assert client.get(path).status_code == 404
    client.cookies.clear()
    client.cookies.set("phi4_visitor", "made-up")
    assert "set-cookie" in ask(client).headers


def test_only_asking_makes_a_visitor(client):
    """A page reads several things at once on its first visit: were each given a cookie, the last would win."""
    for path in ("/api/chat/about", "/api/conversations"):
        assert "set-cookie" not in client.get(path).headers
    assert "set-cookie" in ask(client).headers


def test_a_sites_own_login_names_its_visitors(make_app):
    async def login(request):
        if "x-user" not in request.headers:
            raise HTTPException(401, "log in first")
        return request.headers["x-user"]

    with visitor(make_app(login=login, allowed_hosts="127.0.0.1"), host="192.0.2.7") as client:
        wait_for(client, "ready")
        assert ask(client).json()["error"]["message"] == "log in first"
        mine = ask(client, headers={"x-user": "kim"}).json()
        path = f"/api/conversations/{mine['conversation_id']}"
        assert client.get(path, headers={"x-user": "kim"}).status_code == 200
        assert client.get(path, headers={"x-user": "lee"}).status_code == 404


def test_neither_keys_nor_cookies_nor_questions_reach_the_log_or_the_database(make_app, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with visitor(make_app(api_keys="streng-geheim")) as client:
        wait_for(client, "ready")
        client.post("/api/chat", json={"message": "제 병명은 비밀입니다"}, headers=bearer("streng-geheim"))
        ask(client, headers=bearer("falsch-geraten"))
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("chats.sqlite*"))
    for secret in ("streng-geheim", "falsch-geraten"):
        assert secret not in caplog.text
        assert secret.encode() not in stored
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("phi4")]
    assert not any("비밀입니다" in line for line in ours)
