"""``phi4 serve`` refuses what it can before it listens, and says goodbye when it is stopped."""

import threading
import time

import httpx
import pytest

from phi4.chat_format import answer_text
from phi4.engines.scripted import Pace
from phi4.errors import AdapterError, UsageError
from phi4.server import run as module
from phi4.server.run import listen, run_server
from phi4.settings import load_settings
from tests.server.conftest import Live, events, until


def test_an_open_address_without_keys_is_refused():
    with pytest.raises(UsageError, match=r"0\.0\.0\.0") as caught:
        run_server(load_settings({"host": "0.0.0.0"}))
    assert "PHI4_API_KEYS" in caught.value.hint


def test_a_longest_answer_that_leaves_no_room_for_a_question_is_refused_before_a_port_is_opened():
    with pytest.raises(UsageError, match=r"PHI4_MAX_NEW_TOKENS=4096 leaves no room .* holds 4096") as caught:
        run_server(load_settings({"max_new_tokens": 4096}))
    assert caught.value.hint == "set it to 2048 or less"


def test_a_missing_adapter_is_refused_before_a_port_is_opened(tmp_path):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    with pytest.raises(AdapterError, match="there is no adapter to serve"):
        run_server(load_settings({"home": str(tmp_path), "adapter_path": "nobody"}))


def test_a_port_that_is_taken_is_said_with_another_one():
    with listen("127.0.0.1", 0) as taken, pytest.raises(UsageError, match=r"cannot listen on 127\.0\.0\.1") as caught:
        listen("127.0.0.1", taken.getsockname()[1])
    assert "--port" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_this_machines_is_refused(host):
    with pytest.raises(UsageError, match=f"cannot listen on {host}"):
        listen(host, 0)


def test_ipv6_is_an_address_too():
    with listen("::1", 0) as door:
        assert door.getsockname()[0] == "::1"


def test_a_server_that_is_stopped_lets_short_answers_end_and_tells_the_readers_of_long_ones(
    make_app, engine, monkeypatch, caplog
):
    monkeypatch.setattr(module, "GOODBYE_SECONDS", 1.5)
    engine.text, engine.pace = answer_text(["단계입니다."] * 20, "답입니다. " * 40), Pace(token=0.02)
    told = {}

    def ask(tokens):
        body = {"message": "가", "stream": True, "max_tokens": tokens}
        told[tokens] = events(httpx.post(f"{server.url}/api/chat", json=body, timeout=30).text)[-1]

    with Live(make_app()) as server:
        threads = [threading.Thread(target=ask, args=(tokens,)) for tokens in (10, 500)]
        for thread in threads:
            thread.start()
        until(lambda: server.queue["running"] == 2)
        stopped_at = time.monotonic()
    for thread in threads:
        thread.join()
    assert time.monotonic() - stopped_at < 10
    assert told[10][1:] == ("done", told[10][2])
    assert (told[500][1], told[500][2]["code"]) == ("error", "shutting_down")
    assert "Traceback" not in caplog.text
