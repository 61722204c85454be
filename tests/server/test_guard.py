"""Every route is closed unless it says otherwise, and reads only so much."""

import pytest

from phi4.server import make_router
from phi4.server.guard import MAX_BODY, GuardedRoute
from tests.server.conftest import visitor, wait_for

GUARDED = [route for part in make_router().routes for route in part.original_router.routes]
ROUTES = [
    (method, route.path.replace("{message_id}", "msg_" + "0" * 32).replace("{conversation_id}", "conv_" + "0" * 32))
    for route in GUARDED
    for method in sorted(route.methods)
]
PUBLIC = {("GET", "/api/chat/status"), ("GET", "/livez"), ("GET", "/readyz")}


def test_there_are_routes_and_all_are_guarded():
    assert set(ROUTES) > PUBLIC
    assert len(ROUTES) > 15
    assert all(type(route) is GuardedRoute for route in GUARDED)


@pytest.mark.parametrize(("method", "path"), sorted(set(ROUTES) - PUBLIC))
def test_without_its_key_a_route_does_nothing(make_app, engine, method, path):
    with visitor(make_app(api_keys="a")) as client:
        wait_for(client, "ready")
        answer = client.request(method, path, content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert engine.asked == []


def test_a_body_is_not_read_before_its_sender_is_known(make_app):
    with visitor(make_app(api_keys="a")) as client:
        wait_for(client, "ready")
        big = b" " * (MAX_BODY + 1)
        refused = client.post("/api/chat", content=big, headers={"content-type": "application/json"})
        key = {"authorization": "Bearer a", "content-type": "application/json"}
        too_large = client.post("/api/chat", content=big, headers=key)
    assert refused.status_code == 401
    assert too_large.status_code == 413


def test_the_longest_conversation_that_is_accepted_fits_into_a_body(client):
    """Every character escaped, as some clients write Korean."""
    import json

    from phi4.server.schemas import MAX_CHARACTERS, MAX_MESSAGES

    each = "각" * (MAX_CHARACTERS // MAX_MESSAGES)
    turns = [{"role": "assistant" if n % 2 == 0 else "user", "content": each} for n in range(MAX_MESSAGES)]
    body = json.dumps({"messages": turns}, ensure_ascii=True, indent=2).encode()
    assert len(body) < MAX_BODY
    answer = client.post("/api/chat", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["trimmed_turns"] > 0


@pytest.mark.parametrize("length", ["-1", "abc", "9" * 40, ""])
def test_a_lying_length_harms_nobody(client, length):
    answer = client.post(
        "/api/chat", content=b'{"message": "a"}', headers={"content-type": "application/json", "content-length": length}
    )
    assert answer.status_code in (200, 413)
