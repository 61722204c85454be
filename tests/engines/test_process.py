"""An engine child: it starts, says why it could not, and never stays behind."""

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from phi4.engines.process import EngineProcess
from phi4.errors import EngineError

# A real server on the Unix socket; each answer of `health` is given once, the last for ever.
CHILD = """
import http.server, json, os, socketserver, sys, threading
from phi4.engines.parent import read_specification

specification = read_specification()
health = specification.get("health", [[200, "{}"]])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, text = health.pop(0) if len(health) > 1 else health[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def address_string(self):
        return "unix"


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


Server(specification["socket"], Handler).serve_forever()
"""
MODULES = {
    "child_serves": CHILD,
    "child_dies": "import sys; sys.exit('line one\\nout of memory')",
    "child_is_deaf": "import time; print('deaf', flush=True); time.sleep(60)",
    "child_holds": (
        "import fcntl, threading\n"
        "from phi4.engines.parent import read_specification\n"
        "file = open(read_specification()['lock'], 'w')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "file.write('held'); file.flush()\n"
        "threading.Event().wait()\n"
    ),
    "parent": (
        "import sys, threading\n"
        "from phi4.engines.process import EngineProcess\n"
        "engine = EngineProcess('child_holds', {'lock': sys.argv[1]})\n"
        "threading.Event().wait()\n"
    ),
}
SOON = 30.0


@pytest.fixture(autouse=True)
def children(tmp_path, monkeypatch):
    folder = tmp_path / "children"
    folder.mkdir()
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def until(condition):
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_child_that_dies_at_once_is_an_error_with_its_last_words():
    with EngineProcess("child_dies", {}) as engine, pytest.raises(EngineError) as caught:
        engine.wait_ready(SOON)
    assert "'child_dies' ended while loading" in caught.value.message
    assert "line one | out of memory" in caught.value.message


def test_a_module_that_does_not_exist_is_an_error_that_says_so():
    with EngineProcess("no_such_child", {}) as engine, pytest.raises(EngineError, match="No module named"):
        engine.wait_ready(SOON)


def test_a_child_is_ready_once_its_health_says_so():
    with EngineProcess("child_serves", {"health": [[503, "{}"], [503, "{}"], [200, "{}"]]}) as engine:
        engine.wait_ready(SOON)
        assert engine.alive
        assert engine.log_tail(9).count("GET /health") == 3


@pytest.mark.parametrize("text", ['{"detail": "no such file"}', "no such file"])
def test_a_child_that_could_not_load_says_why(text):
    with EngineProcess("child_serves", {"health": [[500, text]]}) as engine, pytest.raises(EngineError) as caught:
        engine.wait_ready(SOON)
    assert caught.value.message == "the engine 'child_serves' could not load: no such file"


def test_a_child_that_takes_too_long_is_an_error():
    with EngineProcess("child_is_deaf", {}) as engine:
        with pytest.raises(EngineError, match="not ready after 0 s"):
            engine.wait_ready(0.3)
        engine._child.kill()


def test_stop_ends_the_child_and_takes_its_folder_away():
    engine = EngineProcess("child_serves", {})
    engine.wait_ready(SOON)
    engine.stop()
    assert not engine.alive
    assert not os.path.exists(os.path.dirname(engine.socket))
    assert engine.log_tail() == ""
    engine.stop()  # twice is fine


def test_stop_insists_when_the_child_does_not_listen(monkeypatch):
    monkeypatch.setattr("phi4.engines.process.STOP_SECONDS", 0.1)
    engine = EngineProcess("child_is_deaf", {})
    until(lambda: engine.log_tail() == "deaf")
    engine.stop()
    assert not engine.alive


def test_the_child_ends_when_its_parent_is_killed(tmp_path):
    lock = tmp_path / "lock"
    lock.write_text("", encoding="utf-8")
    with subprocess.Popen([sys.executable, "-m", "parent", str(lock)]) as parent:
        until(lambda: lock.read_text(encoding="utf-8") == "held" or parent.poll() is not None)
        assert not _can_lock(lock)
        parent.send_signal(signal.SIGKILL)
    until(lambda: _can_lock(lock))


def _can_lock(path):
    """Whether the child let go of the file: the system takes the lock from the dead, zombies too."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
