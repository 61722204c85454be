"""What people ask is written to the log only where the operator asked for it."""

import logging

import pytest

from tests.server.conftest import visitor, wait_for


@pytest.mark.parametrize("wanted", [True, False])
def test_chats_are_logged_only_on_request(make_app, caplog, wanted):
    caplog.set_level(logging.INFO)
    with visitor(make_app(log_chats=wanted)) as client:
        wait_for(client, "ready")
        client.post("/api/chat", json={"message": "첫 줄\nINFO 거짓 줄"})
    assert ("거짓 줄" in caplog.text) == wanted
    assert ("답입니다." in caplog.text) == wanted
    assert "첫 줄\nINFO" not in caplog.text, "a line break in a question would forge lines of the log"
