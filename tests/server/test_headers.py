"""Every answer carries the security headers, whoever gave it."""

import pytest

from phi4.server.headers import SECURITY_HEADERS


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/chat/status"), ("POST", "/api/chat"), ("GET", "/nowhere"), ("PUT", "/api/chat"), ("GET", "/livez")],
)
def test_every_answer_is_secured_and_not_cached(client, method, path):
    answer = client.request(method, path)
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert answer.headers["cache-control"] == "no-store"


def test_no_page_may_run_scripts_from_elsewhere_or_be_framed(client):
    policy = client.get("/livez").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
