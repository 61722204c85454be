"""The page's files over HTTP: whole, closed, and sent again only when they have changed."""

import pytest

from phi4.server.page_api import page_files
from tests.server.conftest import visitor


def test_the_page_is_served_under_its_content_policy(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "require-trusted-types-for 'script'",
        "frame-ancestors 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert '<html lang="ko">' in answer.text


@pytest.mark.parametrize("name", page_files())
def test_a_part_is_served_whole_and_only_once(client, name):
    answer = client.get(f"/page/{name}")
    assert (answer.status_code, answer.content) == (200, page_files()[name].content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get(f"/page/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "tsconfig.json", "wire.d.ts", "..%2Fpage_api.py", "%2e%2e/app.py", ""])
def test_nothing_else_can_be_asked_for(client, name):
    assert client.get(f"/page/{name}").status_code == 404


def test_the_page_needs_no_key_but_its_host_is_checked(make_app):
    with visitor(make_app(api_keys="a")) as client:
        assert client.get("/").status_code == 200
        assert client.get("/api/chat/about").status_code == 401
    with visitor(make_app()) as client:
        assert client.get("/", headers={"host": "evil.example"}).status_code == 403
