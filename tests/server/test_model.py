"""The served model: found, loaded, lost, replaced."""

import hashlib
import json
import threading
import time
from dataclasses import replace

import pytest

from phi4 import paths
from phi4.chat import adapters
from phi4.errors import AdapterError, WorkspaceError
from phi4.server import model as module
from phi4.server.app import create_app
from phi4.server.model import asked_adapter
from phi4.server.service import ChatService
from tests.server.conftest import Engine, until, visitor, wait_for


def app_that(settings, open_engine, find):
    app = create_app(settings())
    app.state.phi4 = ChatService(settings(), None, open_engine, find)
    return app


def test_an_adapter_that_is_not_there_is_a_failed_state_and_the_server_lives(settings, caplog):
    def find(_):
        raise AdapterError("there is no adapter to serve", "train one with: phi4 train")

    with visitor(app_that(settings, None, find)) as client:
        status = wait_for(client, "failed")
        refused = client.post("/api/chat", json={"message": "가"})
    assert status["detail"] == "there is no adapter to serve"
    assert refused.status_code == 503
    assert "retry-after" not in refused.headers, "waiting does not help"
    assert "phi4 train" in caplog.text


def test_a_defect_while_loading_is_told_by_its_kind_only(settings, adapter, caplog):
    def open_engine(*_):
        raise ValueError("/secret/path")

    with visitor(app_that(settings, open_engine, lambda _: adapter)) as client:
        assert wait_for(client, "failed")["detail"] == "ValueError"
    assert "/secret/path" in caplog.text


def test_a_server_listens_once_the_tokenizer_is_read(settings, engine, tokenizer, adapter):
    def open_engine(*_):
        time.sleep(0.2)
        return engine, tokenizer

    with visitor(app_that(settings, open_engine, lambda _: adapter)) as client:
        assert client.get("/api/chat/status").json()["engine"] == engine.description.engine


def test_a_server_listens_though_its_base_is_fetched_for_long(settings, engine, tokenizer, adapter, monkeypatch):
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.1)
    fetched = threading.Event()

    def open_engine(*_):
        fetched.wait(10)
        return engine, tokenizer

    with visitor(app_that(settings, open_engine, lambda _: adapter)) as client:
        assert client.get("/api/chat/status").json()["state"] == "loading"
        fetched.set()
        wait_for(client, "ready")


def test_an_engine_that_refuses_to_load_says_why(make_app, engine):
    engine.refuse_load = "not enough memory for the model"
    with visitor(make_app()) as client:
        assert wait_for(client, "failed")["detail"] == "not enough memory for the model"


class FarEngine(Engine):
    """Like one elsewhere: how much it holds is known when it is ready."""

    async def start(self):
        await super().start()
        self.description = replace(self.description, context=0)

    async def ready(self):
        await super().ready()
        self.description = replace(self.description, context=2048)


@pytest.mark.parametrize("kind", [Engine, FarEngine])
def test_a_longest_answer_that_fills_all_that_the_engine_holds_is_a_failed_state(
    settings, tokenizer, adapter, caplog, kind
):
    chosen = settings(max_new_tokens=2048)
    engine = kind(tokenizer, context=2048 if kind is Engine else 0)
    app = create_app(chosen)
    app.state.phi4 = ChatService(chosen, None, lambda *_: (engine, tokenizer), lambda _: adapter)
    with visitor(app) as client:
        assert "PHI4_MAX_NEW_TOKENS=2048 leaves no room" in wait_for(client, "failed")["detail"]
    assert "set it to 1024 or less" in caplog.text


def test_a_lost_engine_is_degraded_until_it_is_back(make_app, engine):
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        engine.held = True
        client.portal.call(engine.lose)
        status = client.get("/api/chat/status").json()
        refused = client.post("/api/chat", json={"message": "가"})
        engine.held = False
        back = wait_for(client, "ready")
        assert client.post("/api/chat", json={"message": "가"}).status_code == 200
    assert (status["state"], status["loaded"], status["restarts"]) == ("degraded", False, 1)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert back["restarts"] == 1


def served(client):
    return client.get("/api/chat/status").json()["adapter"]["sha256"]


def test_an_adapter_that_is_replaced_is_known_by_its_new_hash_after_the_engines_restart(make_app, engine, adapter):
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        assert served(client) == hashlib.sha256(b"weights").hexdigest()
        (adapter.folder / "adapter_model.safetensors").write_bytes(b"other weights")
        assert served(client) == hashlib.sha256(b"weights").hexdigest(), "the old ones are loaded still"
        client.portal.call(engine.lose)
        wait_for(client, "ready")
        assert served(client) == hashlib.sha256(b"other weights").hexdigest()
        assert client.post("/api/chat", json={"message": "가"}).status_code == 200


def test_with_a_replaced_adapter_come_its_own_system_turn_and_what_it_learned(make_app, engine, adapter):
    facts = {**adapter.facts, "system_prompt": "짧게 답하세요.", "data": {"files": ["가.txt"]}}
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        (adapter.folder / "phi4.json").write_text(json.dumps(facts))
        client.portal.call(engine.lose)
        wait_for(client, "ready")
        client.post("/api/chat", json={"message": "가"})
        assert client.get("/api/chat/about").json()["documents"] == 1
    assert engine.prompts[-1].startswith("<|im_start|>system\n짧게 답하세요.<|im_end|>\n")


@pytest.mark.parametrize("change", [{"base_model": "base-b"}, {"chat_format": "of long ago"}])
def test_an_adapter_that_is_not_for_this_base_and_format_is_not_served_on_it(make_app, engine, adapter, change, caplog):
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        (adapter.folder / "phi4.json").write_text(json.dumps(adapter.facts | change))
        client.portal.call(engine.lose)
        until(lambda: "cannot be served" in caplog.text)
        status = client.get("/api/chat/status").json()
        assert (status["state"], status["adapter"]["base"]) == ("degraded", "base-a")
        assert "adapter 'phi-4-reasoning'" in status["detail"]
        assert client.post("/api/chat", json={"message": "가"}).status_code == 503
        (adapter.folder / "phi4.json").write_text(json.dumps(adapter.facts))
        wait_for(client, "ready")


@pytest.mark.parametrize("damage", ["gone", "half"])
def test_an_adapter_that_is_gone_or_half_replaced_is_waited_for(make_app, engine, adapter, damage, caplog):
    config = adapter.folder / "adapter_config.json"
    whole = config.read_text()
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        config.unlink() if damage == "gone" else config.write_text(whole[:5])
        client.portal.call(engine.lose)
        until(lambda: "cannot be served" in caplog.text)
        status = client.get("/api/chat/status").json()
        assert (status["state"], "adapter_config.json" in status["detail"]) == ("degraded", True)
        (adapter.folder / "adapter_model.safetensors").write_bytes(b"new")
        (mended := config.with_name("mended")).write_text(whole)
        mended.replace(config)  # whole at once: the engine reads it again all the time
        wait_for(client, "ready")
        assert served(client) == hashlib.sha256(b"new").hexdigest()
        assert client.post("/api/chat", json={"message": "가"}).status_code == 200
    assert caplog.text.count("cannot be served") == 1


def test_the_operators_system_turn_or_the_adapters_is_shown_to_the_model(make_app, engine, adapter):
    adapter.facts["system_prompt"] = "짧게 답하세요."
    for stated, wanted in (({}, "짧게 답하세요."), ({"system_prompt": "길게 답하세요."}, "길게 답하세요.")):
        with visitor(make_app(**stated)) as client:
            wait_for(client, "ready")
            client.post("/api/chat", json={"message": "가"})
        assert engine.prompts[-1].startswith(f"<|im_start|>system\n{wanted}<|im_end|>\n")


@pytest.mark.parametrize("name", ["../../etc", "a/../../../etc", "nobody"])
def test_an_adapters_name_stays_in_its_folder(settings, tmp_path, name):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    with pytest.raises(AdapterError):
        asked_adapter(settings(adapter_path=name, home=str(tmp_path)))


@pytest.fixture
def no_workspace(monkeypatch, tmp_path):
    """A machine with the installed package and nothing else; the current folder is empty."""
    for place in (paths, adapters):
        monkeypatch.setattr(place, "CHECKOUT", tmp_path / "site-packages")


def test_an_adapter_and_a_database_that_are_stated_need_no_workspace(no_workspace, settings, adapter):
    chosen = settings(adapter_path=str(adapter.folder))
    assert asked_adapter(chosen).folder == adapter.folder
    create_app(chosen)


def test_a_stated_adapter_that_is_not_there_is_told_with_its_place(no_workspace, settings, tmp_path):
    with pytest.raises(AdapterError, match=str(tmp_path / "nobody")):
        asked_adapter(settings(adapter_path=str(tmp_path / "nobody")))


@pytest.mark.parametrize("stated", [{}, {"adapter_path": "mine"}, {"adapter_path": "/mine", "home": "/nowhere"}])
def test_what_lies_in_a_workspace_needs_one(no_workspace, settings, stated):
    with pytest.raises(WorkspaceError):
        asked_adapter(settings(**stated))


def test_an_adapter_that_is_a_pickle_is_refused(settings, tmp_path):
    folder = tmp_path / "pickled"
    folder.mkdir()
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    (folder / "adapter_config.json").write_text(json.dumps({}))
    (folder / "adapter_model.bin").write_bytes(b"\x80")
    with pytest.raises(AdapterError, match="pickle"):
        asked_adapter(settings(adapter_path=str(folder), home=str(tmp_path)))
