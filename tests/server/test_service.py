"""The chatbot behind the endpoints: states, queue, memory of conversations."""

import threading
import time

import pytest

from phi4.errors import AdapterError, EngineError
from phi4.records import Message
from phi4.server import service as module
from phi4.server.service import Busy, ChatService, NotReady


def user(content):
    return Message(role="user", content=content)


def wait_for(service, state):
    deadline = time.monotonic() + 10
    while service.status().state != state:
        assert time.monotonic() < deadline, service.status()
        time.sleep(0.005)


@pytest.fixture
def ready(service, engine):
    service.start()
    engine.loaded.set()
    wait_for(service, "ready")
    return service


def test_the_state_goes_from_starting_over_loading_to_ready(service, engine):
    assert service.status().state == "starting"
    service.start()
    wait_for(service, "loading")
    assert not service.status().loaded
    with pytest.raises(NotReady):
        service.answer([user("가")], None, 0, 0.0)
    engine.loaded.set()
    wait_for(service, "ready")
    status = service.status()
    assert (status.loaded, status.model, status.adapter) == (True, "base-a", "phi-4-reasoning")


def test_an_engine_that_cannot_load_is_a_state_with_its_reason(service, engine):
    engine.failure = "the file is broken"
    engine.loaded.set()
    service.start()
    wait_for(service, "failed")
    assert "the file is broken" in service.status().detail


def test_a_missing_adapter_is_a_state_too(engine, tokenizer):
    def none():
        raise AdapterError("there is no adapter", "type: phi4 train")

    service = ChatService(none, lambda _: (engine, tokenizer), "", 100)
    service.start()
    wait_for(service, "failed")
    assert service.status().detail == "there is no adapter"


def test_a_dead_engine_is_seen(ready, engine):
    engine.alive = False
    assert ready.status().state == "failed"
    with pytest.raises(NotReady):
        ready.answer([user("가")], None, 0, 0.0)


def test_a_conversation_is_remembered_by_its_id(ready, engine):
    known, _ = ready.answer([user("하나")], None, 0, 0.0)
    again, _ = ready.answer([user("둘")], known, 0, 0.0)
    assert again == known
    first, second = (prompt for prompt, _, _ in engine.asked)
    assert second[: len(first)] == first
    ready.answer([user("둘")], None, 0, 0.0)
    assert len(engine.asked[2][0]) < len(second), "another conversation starts empty"


def test_an_old_conversation_gives_way(ready, monkeypatch, engine):
    monkeypatch.setattr(module, "MAX_CONVERSATIONS", 1)
    known, _ = ready.answer([user("하나")], None, 0, 0.0)
    ready.answer([user("둘")], None, 0, 0.0)
    ready.answer([user("하나")], known, 0, 0.0)
    assert engine.asked[0][0] == engine.asked[2][0]


def test_a_long_history_keeps_its_newest_whole_turns(ready, monkeypatch, tokenizer, engine):
    monkeypatch.setattr(module, "MAX_CHARACTERS", 200)
    known = None
    for number in range(12):
        known, _ = ready.answer([user(f"{number}번 질문입니다")], known, 0, 0.0)
    last = tokenizer._tokenizer.decode(list(engine.asked[-1][0]), skip_special_tokens=False)
    assert last.startswith("<|im_start|>user")
    assert "10번" in last
    assert "0번 질문" not in last.replace("10번 질문", "")


def test_a_full_queue_refuses_and_a_freed_one_accepts(ready, engine, monkeypatch):
    monkeypatch.setattr(module, "MAX_WAITING", 1)
    hold, entered = threading.Event(), threading.Event()
    script = engine._script

    def slow(prompt, tuned):
        entered.set()
        assert hold.wait(10)
        return script(prompt, tuned)

    engine._script = slow
    threads = [threading.Thread(target=ready.answer, args=([user("가")], None, 0, 0.0)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert entered.wait(10)
    deadline = time.monotonic() + 10
    while ready.status().queue["waiting"] < 1:
        assert time.monotonic() < deadline
    assert ready.status().queue == {"running": 1, "waiting": 1, "limit": 1}
    with pytest.raises(Busy):
        ready.answer([user("가")], None, 0, 0.0)
    hold.set()
    for thread in threads:
        thread.join()
    ready.answer([user("가")], None, 0, 0.0)
    assert ready.status().queue["running"] == 0


def test_a_lost_engine_frees_its_place(ready, engine):
    def lost(prompt, tuned):
        raise EngineError("gone")

    engine._script = lost
    with pytest.raises(EngineError):
        ready.answer([user("가")], None, 0, 0.0)
    assert ready.status().queue["running"] == 0


def test_stopping_ends_the_engine(ready, engine):
    ready.stop()
    assert engine.closed
