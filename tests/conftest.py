"""What every test starts from: no setting from outside, a cache and a folder of its own."""

import json
import os
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import settings

settings.register_profile("phi4", deadline=None)  # a busy machine is no failure
settings.load_profile("phi4")

FOREIGN = ("PHI4_", "OLLAMA_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_", "HF_HUB_OFFLINE", "HF_ENDPOINT")


@pytest.fixture(autouse=True)
def own_world(request, monkeypatch, tmp_path_factory):
    """Nothing of the developer's environment, ``.env`` or cache reaches a test."""
    for name in os.environ:
        if name.upper().startswith(FOREIGN):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    if not any(request.node.get_closest_marker(name) for name in ("model", "network")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path_factory.mktemp("cwd"))


class LocalServer(ThreadingHTTPServer):
    """A real HTTP server on loopback: ``answer(path)`` gives status and text; ``bodies`` is what was posted."""

    daemon_threads = False
    request_queue_size = 128  # with the default of 5 some of many connections at once are dropped

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.paths, self.bodies = [], []
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self):
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._reply()

    def do_HEAD(self):
        self._reply()

    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._reply()

    def _reply(self):
        self.server.paths.append(self.path)
        status, text = self.server.answer(self.path)
        if status is None:  # hangs until the test is over
            self.server.over.wait(30)
            return
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def serve():
    """Starts local servers: ``serve(lambda path: (200, "…"))``; a status of None hangs."""
    started = []

    def start(answer):
        started.append(LocalServer(answer))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def closed_url():
    """An address of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def no_pauses(monkeypatch):
    """Retries do not wait; the pauses that they wanted are listed."""
    pauses = []
    monkeypatch.setattr("phi4.teachers.retry.time.sleep", pauses.append)
    return pauses


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory):
    """The folder of a base model with two random layers: real files, loaded in a blink."""
    from tests.tiny import make_model

    return make_model(tmp_path_factory.mktemp("tiny") / "tiny-qwen")


@pytest.fixture(scope="session")
def tiny_gguf(tiny_base, tmp_path_factory):
    """The same model as a GGUF file with our chat template inside."""
    from dataclasses import replace

    from phi4.chat_format import CHAT_TEMPLATE
    from phi4.weights.gguf_files import write_model
    from phi4.weights.hf_model import open_folder

    model, layers = open_folder(tiny_base)
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"

    def header(writer):
        model.header(writer)
        writer.add_chat_template(CHAT_TEMPLATE)

    write_model(replace(model, header=header), None, layers, "F16", path, lambda progress, detail: None)
    return path


def _packaged(find, name):
    """A packaged model; where it cannot be had, CI fails and a developer's run says so and goes on."""
    from phi4.errors import WeightsError

    try:
        return find(name)
    except WeightsError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NOT TESTED: the model '{name}' cannot be had here: {error.message}")


@pytest.fixture(scope="session")
def qwen_base():
    """The packaged 0.5B as a trainable folder (half a GB to download, once)."""
    from phi4.weights import base_folder

    return _packaged(base_folder, "qwen2.5-coder-0.5b")


@pytest.fixture(scope="session")
def qwen_gguf():
    """The same 0.5B as the GGUF file that it came as (Q4_K_M)."""
    from phi4.weights import gguf_file

    return _packaged(gguf_file, "qwen2.5-coder-0.5b")


@pytest.fixture(scope="session")
def smol_gguf():
    """The packaged 135M as a GGUF file (English; small)."""
    from phi4.weights import gguf_file

    return _packaged(gguf_file, "smollm2-135m")
