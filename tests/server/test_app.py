"""The application, and the router in somebody else's."""

import contextlib

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from phi4.errors import UsageError
from phi4.server import create_app, make_router
from phi4.server.service import ChatService, database_url
from tests.server.conftest import wait_for


@pytest.fixture
def ours(monkeypatch, engine, tokenizer, adapter, settings):
    """What a site that mounts the router gets, over the scripted engine."""

    def service(chosen, login=None):
        return ChatService(settings(), login, lambda *_: (engine, tokenizer), lambda _: adapter)

    monkeypatch.setattr("phi4.server.app.ChatService", service)


def site(**more):
    app = FastAPI(**more)
    app.state.order = []

    @app.get("/")
    def home():
        return {"site": "theirs"}

    return app


def in_browser(app):
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1))


def test_a_site_mounts_the_router_and_its_lifespan_starts_and_stops_the_model(ours, engine):
    app = site()
    app.include_router(make_router())
    with in_browser(app) as client:
        wait_for(client, "ready")
        assert client.get("/").json() == {"site": "theirs"}
        assert client.post("/api/chat", json={"message": "가"}).json()["answer"] == "답입니다."
        wrong = client.post("/api/chat", json={})
        assert wrong.json()["error"]["type"] == "invalid_request_error"
        assert "content-security-policy" in wrong.headers
        assert "content-security-policy" not in client.get("/").headers, "the site's own pages are its own affair"
    assert engine.status().state == "stopped"


def test_a_sites_own_lifespan_runs_beside_ours(ours):
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def theirs(app):
        app.state.order.append("up")
        yield
        app.state.order.append("down")

    app = site(lifespan=theirs)
    app.include_router(make_router())
    with in_browser(app) as client:
        wait_for(client, "ready")
    assert app.state.order == ["up", "down"]


def test_a_site_whose_lifespan_does_not_run_gets_its_model_by_the_first_request(ours):
    app = site()
    app.include_router(make_router())
    client = in_browser(app)
    with client:  # a loop that lives on between requests
        del app.state.phi4
        wait_for(client, "ready")


async def closed(request):
    raise HTTPException(401, "log in first")


async def somebody(request):
    return "somebody"


@contextlib.contextmanager
def mounted(**routers):
    """A site with an application for each router mounted by its name; nobody runs the lifespan of those."""
    outer, inner = site(), {name: site() for name in routers}
    for name, router in routers.items():
        inner[name].include_router(router)
        outer.mount(f"/{name}", inner[name])
    with in_browser(outer) as client:
        yield client
        for app in inner.values():
            client.portal.call(app.state.phi4.stop)


def test_a_login_holds_in_a_site_that_is_mounted_in_another(ours):
    with mounted(bot=make_router(login=closed)) as client:
        answer = client.get("/bot/api/conversations")
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "log in first")


def test_settings_hold_in_a_site_that_is_mounted_in_another(settings):
    with mounted(bot=make_router(settings(api_keys="a", adapter_path="/nowhere"))) as client:
        assert client.get("/bot/api/conversations").status_code == 401
        known = client.get("/bot/api/conversations", headers={"authorization": "Bearer a"})
    assert known.status_code == 200


def test_a_login_holds_where_the_router_itself_is_mounted(ours):
    app = site()
    app.mount("/bot", make_router(login=closed))
    with in_browser(app) as client:
        assert client.get("/bot/api/conversations").status_code == 401
        assert client.get("/bot/api/chat/status").status_code == 200
        client.portal.call(app.state.phi4.stop)


def test_two_applications_in_one_site_keep_their_own_logins(ours):
    with mounted(open=make_router(login=somebody), closed=make_router(login=closed)) as client:
        assert client.get("/closed/api/conversations").status_code == 401
        assert client.get("/open/api/conversations").status_code == 200
        assert client.get("/closed/api/conversations").status_code == 401


def test_a_second_login_in_one_application_is_refused_not_dropped(ours):
    app = site()
    app.include_router(make_router(login=somebody))
    app.include_router(make_router(login=closed), prefix="/closed")
    with pytest.raises(UsageError, match="two logins"), in_browser(app):
        pass


def test_the_door_of_the_manual_gives_the_same_router():
    import importlib.util

    from phi4.paths import CHECKOUT
    from phi4.server import chat_router

    specification = importlib.util.spec_from_file_location("door", CHECKOUT / "web_server" / "src" / "chatbot.py")
    door = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(door)
    assert door.chat_router is door.router is chat_router


def test_an_unknown_path_and_a_wrong_method_are_errors_in_the_same_shape(client):
    for answer, status in ((client.get("/nowhere"), 404), (client.put("/api/chat"), 405)):
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"message", "type", "code", "param"}


def test_a_defect_is_a_500_that_tells_nothing_of_our_inside(make_app, monkeypatch):
    app = make_app()
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1), raise_server_exceptions=False) as client:
        wait_for(client, "ready")
        monkeypatch.setattr(app.state.phi4.metrics, "text", lambda: 1 / 0)
        answer = client.get("/metrics")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "failed"
    assert "division" not in answer.text


def test_settings_that_cannot_be_meant_are_refused_when_the_application_is_made(settings):
    with pytest.raises(UsageError, match="PHI4_DATABASE_URL"):
        create_app(settings(database_url="mysql://somewhere"))


def test_conversations_are_kept_in_the_workspace_unless_told_otherwise(settings, tmp_path):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    assert database_url(settings(home=str(tmp_path), database_url="")) == f"sqlite:///{tmp_path}/data/chats.sqlite"
    assert database_url(settings(database_url="postgresql://h/d")) == "postgresql://h/d"
