"""An application whose engine is the scripted one."""

import threading

import pytest

from phi4.chat import Adapter
from phi4.chat_format import ChatTokenizer, answer_text
from phi4.engines.scripted import ScriptedEngine
from phi4.errors import EngineError
from phi4.server.service import ChatService
from tests.tiny import make_tokenizer


class LoadingScript(ScriptedEngine):
    """A scripted engine that loads when told to, and can die."""

    def __init__(self, script):
        super().__init__(script)
        self.loaded = threading.Event()
        self.alive = True
        self.failure = ""

    def wait_ready(self):
        assert self.loaded.wait(10)
        if self.failure:
            raise EngineError(self.failure)


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    make_tokenizer(folder)
    return ChatTokenizer(folder)


@pytest.fixture
def engine(tokenizer):
    tokens = [*tokenizer.encode(answer_text(["하나입니다."], "답입니다.")), tokenizer.im_end]
    return LoadingScript(lambda prompt, tuned: tokens)


@pytest.fixture
def service(engine, tokenizer, tmp_path):
    adapter = Adapter(tmp_path / "phi-4-reasoning", "base-a", {})
    made = ChatService(lambda: adapter, lambda _: (engine, tokenizer), "", 100)
    yield made
    made.stop()
