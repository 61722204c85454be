"""An application whose engine is the scripted one, served by a real uvicorn where sockets matter."""

import asyncio
import contextlib
import json
import os
import tempfile
import threading
import time
import uuid
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from phi4.chat import Adapter
from phi4.chat_format import FORMAT_HASH, ChatTokenizer, answer_text
from phi4.engines.scripted import Pace, ScriptedStream
from phi4.errors import PHi4Error
from phi4.server import create_app
from phi4.server.run import PoliteServer
from phi4.server.service import ChatService
from phi4.server.storage import Database
from phi4.settings import load_settings
from tests.server.postgresql import PostgreSQL, missing
from tests.tiny import make_tokenizer

SECONDS = 40  # for a server to start or end, on a machine that does much else
ANSWER = answer_text(["하나입니다.", "둘입니다."], "답입니다.")


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    make_tokenizer(folder)
    return ChatTokenizer(folder)


@pytest.fixture
def adapter(tmp_path):
    folder = tmp_path / "phi-4-reasoning"
    folder.mkdir()
    facts = {"base_model": "base-a", "chat_format": FORMAT_HASH}
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "base-a"}))
    (folder / "phi4.json").write_text(json.dumps(facts))
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    return Adapter(folder, "base-a", facts)


class Engine(ScriptedStream):
    """Answers every question with ``text``; notes each prompt's text. While it is ``held`` it goes on loading. Lost,
    it is started again as a supervised one is: after ``read_again``, which is tried until it raises nothing."""

    def __init__(self, tokenizer, text=ANSWER, **more):
        self.text, self.held, self._more = text, False, more
        self.read_again = None
        super().__init__(self._write, tokenizer.decode, **more)
        self._tokenizer = tokenizer

    async def start(self):
        """A server that is started again has another loop, and the fake's locks are bound to theirs."""
        asked = self.asked
        now = {**self._more, "pace": self.pace, "refuse_load": self.refuse_load}
        super().__init__(self._write, self._decode, **now)
        self.asked = asked
        await super().start()

    async def _load(self, seconds):
        while self.held or not self._has_read():
            await asyncio.sleep(0.005)
        await super()._load(seconds)

    def _has_read(self):
        if self.read_again is None or not self._restarts:
            return True
        try:
            self.read_again()
        except PHi4Error as error:
            self._detail = error.message
            return False
        return True

    def _write(self, prompt, tuned):
        return [*self._tokenizer.encode(self.text), self._tokenizer.im_end]

    @property
    def prompts(self):
        return [self._tokenizer._tokenizer.decode(list(ids), skip_special_tokens=False) for ids, _, _ in self.asked]


@pytest.fixture
def engine(tokenizer):
    return Engine(tokenizer, pace=Pace())


@pytest.fixture
def settings(tmp_path):
    def make(**stated):
        stated.setdefault("database_url", f"sqlite:///{tmp_path / 'chats.sqlite'}")
        return load_settings(stated)

    return make


@pytest.fixture
def make_app(engine, tokenizer, adapter, settings):
    """``make_app(**settings)``: the real application over the scripted engine."""

    def make(login=None, **stated):
        def open_engine(_settings, _adapter, read_again):
            engine.read_again = read_again
            return engine, tokenizer

        chosen = settings(**stated)
        app = create_app(chosen)
        app.state.phi4 = ChatService(chosen, login, open_engine, lambda _: adapter)
        return app

    return make


def visitor(app, host="127.0.0.1", **more):
    return TestClient(app, base_url="http://127.0.0.1", client=(host, 50000), **more)


def wait_for(client, state, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while (now := client.get("/api/chat/status").json())["state"] != state:
        assert time.monotonic() < deadline, now
        time.sleep(0.005)
    return now


@pytest.fixture
def client(make_app):
    with visitor(make_app()) as client:
        wait_for(client, "ready")
        yield client


class Live:
    """A real uvicorn in a thread. ``service`` belongs to its loop: reach it with ``on_loop``."""

    def __init__(self, app, patience=SECONDS):
        self.app, self._patience = app, patience
        config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=5)
        self._server = PoliteServer(config, app.state.phi4)
        self._thread = threading.Thread(target=self._run)
        self._loop = None

    def _run(self):
        async def serve():
            self._loop = asyncio.get_running_loop()
            await self._server.serve()

        asyncio.run(serve())

    @property
    def service(self):
        return self.app.state.phi4

    @property
    def queue(self):
        return self.service.status().queue

    def on_loop(self, function, *arguments):
        async def call():
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def __enter__(self):
        self._thread.start()
        deadline = time.monotonic() + SECONDS
        while not self._server.started:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        with httpx.Client(base_url=self.url, timeout=SECONDS) as client:
            wait_for(client, "ready", self._patience)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def live(make_app):
    """``live(**settings)``: a server on a port of its own, ready."""
    with contextlib.ExitStack() as stack:
        yield lambda **stated: stack.enter_context(Live(make_app(**stated)))


def events(text):
    """Server-sent events as ``(id, kind, data)``; comments are left out."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "data" in lines:
            found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
    return found


def until(true, seconds=5):
    """Wait for a condition; returns how long it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, "it did not come true"
        time.sleep(0.005)
    return time.monotonic() - start


@pytest.fixture(scope="session")
def postgresql():
    """A real PostgreSQL. Where there is none its tests are skipped, aloud; in CI that is a failure."""
    if missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing())
    with tempfile.TemporaryDirectory(prefix="phi4-postgresql-") as folder:
        server = PostgreSQL(Path(folder))
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Each test that asks for it runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'chats.sqlite'}"
    return request.getfixturevalue("postgresql").database(f"t{uuid.uuid4().hex}")


@pytest.fixture
def in_database(database_url):
    """``in_database(scene)`` runs ``await scene(database)`` and returns what it returns."""

    def run(scene):
        async def with_database():
            database = Database(database_url)
            try:
                return await scene(database)
            finally:
                await database.close()

        return asyncio.run(with_database())

    return run
