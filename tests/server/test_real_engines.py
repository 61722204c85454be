"""The whole way with nothing faked: HTTP, a supervised child, a model; also when the child is killed."""

import json
import os
import signal
import threading

import httpx
import psutil
import pytest

from phi4.chat import read_adapter
from phi4.chat_format import FORMAT_HASH
from phi4.server import create_app
from phi4.server import engine as module
from phi4.server.service import ChatService
from tests.adapters import make_adapter
from tests.server.conftest import Live, events, until
from tests.tiny import make_tokenizer

ENGINES = {
    "llamacpp": "phi4.engines.llamacpp_chat",
    "openvino": "phi4.engines.openvino",
}


MEANWHILE = {"engine_lost", "not_ready", "model_not_ready"}  # what a request may hear while an engine is dead


@pytest.fixture(scope="module")
def trained(tiny_base, tmp_path_factory):
    """A folder as training leaves it, on the tiny base."""
    folder = make_adapter(tiny_base, tmp_path_factory.mktemp("models") / "phi-4-reasoning")
    make_tokenizer(folder)
    (folder / "phi4.json").write_text(json.dumps({"base_model": str(tiny_base), "chat_format": FORMAT_HASH}))
    return read_adapter(folder)


@pytest.fixture
def serving(settings, trained, monkeypatch):
    monkeypatch.setattr(module, "CONTEXT", 256)  # the tiny model's positions end at 512

    def serve(engine):
        chosen = settings(engine=engine, max_new_tokens=150, max_per_client=50)
        app = create_app(chosen)
        app.state.phi4 = ChatService(chosen, find=lambda _: trained)
        return Live(app, 120)

    return serve


def child_of_this_process(name):
    children = psutil.Process().children(recursive=True)
    return [child for child in children if name in child.cmdline()]


@pytest.mark.parametrize("name", ENGINES)
def test_a_real_engine_answers_is_killed_and_answers_again(serving, name):
    with serving(name) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        assert client.get("/api/chat/status").json()["engine"] == name
        before = client.post("/api/chat", json={"message": "가", "max_tokens": 8}).json()
        ends, under_load = [], threading.Event()

        def ask():
            with httpx.stream(
                "POST", f"{server.url}/api/chat", json={"message": "나", "stream": True}, timeout=60
            ) as told:
                text = ""
                if told.status_code != 200:  # it came when the engine was dead already
                    ends.append([("error", json.loads(told.read())["error"])])
                    return
                for piece in told.iter_text():
                    text += piece
                    if "event: content" in text or "event: reasoning" in text:
                        under_load.set()
            ends.append([(kind, data) for _, kind, data in events(text) if kind in ("done", "error")])

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        assert under_load.wait(60)
        (child,) = child_of_this_process(ENGINES[name])
        os.kill(child.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(60)
        assert [len(end) for end in ends] == [1] * 6
        assert {data["code"] for ((kind, data),) in ends if kind == "error"} <= MEANWHILE
        until(lambda: client.get("/api/chat/status").json()["state"] == "ready", 120)
        after = client.post("/api/chat", json={"message": "가", "max_tokens": 8}).json()
        assert client.get("/api/chat/status").json()["restarts"] == 1
    assert after["answer"] == before["answer"]
    assert child_of_this_process(ENGINES[name]) == []


def test_a_real_engine_is_not_started_over_an_adapter_of_another_base(serving, trained):
    facts = trained.folder / "phi4.json"
    own = facts.read_text("utf-8")
    with serving("llamacpp") as server, httpx.Client(base_url=server.url, timeout=60) as client:
        facts.write_text(json.dumps({**json.loads(own), "base_model": "qwen2.5-coder-0.5b"}), "utf-8")
        try:
            (child,) = child_of_this_process(ENGINES["llamacpp"])
            os.kill(child.pid, signal.SIGKILL)
            until(lambda: "was trained on" in client.get("/api/chat/status").json()["detail"], 30)
            assert client.get("/api/chat/status").json()["state"] == "degraded"
        finally:
            facts.write_text(own, "utf-8")
        until(lambda: client.get("/api/chat/status").json()["state"] == "ready", 120)


def test_a_visitor_who_leaves_a_real_engine_frees_its_slot(serving):
    with serving("llamacpp") as server:
        with httpx.stream("POST", f"{server.url}/api/chat", json={"message": "나", "stream": True}, timeout=60) as told:
            next(told.iter_raw())
        assert until(lambda: server.queue["running"] == 0) < 1.0
        answer = httpx.post(f"{server.url}/api/chat", json={"message": "가", "max_tokens": 4}, timeout=60)
        assert answer.json()["usage"]["completion_tokens"] <= 4
