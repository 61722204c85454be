"""``python -m tests.deploy.api_process PORT FOLDER``: what ``phi4 serve`` runs, over the scripted engine."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import uvicorn

from phi4.chat import Adapter
from phi4.chat_format import FORMAT_HASH, ChatTokenizer
from phi4.engines.scripted import Pace
from phi4.server import create_app
from phi4.server.run import GOODBYE_SECONDS
from phi4.server.service import ChatService
from phi4.settings import load_settings
from tests.server.conftest import Engine
from tests.tiny import make_tokenizer

KEYS = [str(number) for number in range(6)]
LOST = "이 질문에서 엔진을 잃는다"
KILLED = "이 질문에서 프로세스를 잃는다"


class LosingEngine(Engine):
    """Is lost by one question, each time that it is asked; by another the whole process is, the first time."""

    killed: Path  # is there when a process was killed

    def _write(self, prompt, tuned):
        if LOST in self.prompts[-1]:
            asyncio.get_running_loop().call_soon(self.lose)
        if KILLED in self.prompts[-1] and not self.killed.exists():
            self.killed.touch()
            self.pace = Pace(token=60)
            asyncio.get_running_loop().call_later(3, os.kill, os.getpid(), signal.SIGKILL)
        return super()._write(prompt, tuned)


def main(port, folder):
    here = folder / str(port)
    here.mkdir(exist_ok=True)
    make_tokenizer(here)
    (here / "phi4.json").write_text(json.dumps({"base_model": "base-a", "chat_format": FORMAT_HASH}))
    (here / "adapter_model.safetensors").write_bytes(b"weights")
    tokenizer = ChatTokenizer(here)
    engine = LosingEngine(tokenizer, pace=Pace(token=0.002))
    engine.killed = folder / "killed"
    settings = load_settings({"database_url": f"sqlite:///{folder / 'chats.sqlite'}", "api_keys": ",".join(KEYS)})
    app = create_app(settings)
    adapter = Adapter(here, "base-a", {"chat_format": FORMAT_HASH})
    app.state.phi4 = ChatService(settings, None, lambda *_: (engine, tokenizer), lambda _: adapter)
    uvicorn.run(app, port=port, log_level="warning", timeout_graceful_shutdown=GOODBYE_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
