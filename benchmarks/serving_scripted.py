"""``phi4 serve`` over a scripted engine, for ``serving.py``: what the server itself costs and keeps.

PHI4_PORT=… PHI4_DATABASE_URL=… python benchmarks/serving_scripted.py USERS
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from phi4.chat import Adapter
from phi4.chat_format import ChatTokenizer, answer_text
from phi4.engines.scripted import ScriptedStream
from phi4.server import create_app
from phi4.server.service import ChatService
from phi4.settings import load_settings
from tests.tiny import make_tokenizer

ANSWER = answer_text(["아스피린은 COX 효소를 억제합니다."] * 3, "혈소판의 응집을 억제합니다. " * 4)


def main() -> None:
    users = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        make_tokenizer(Path(folder))
        (Path(folder) / "adapter_model.safetensors").write_bytes(b"")
        tokenizer = ChatTokenizer(Path(folder))
        ids = [*tokenizer.encode(ANSWER), tokenizer.im_end]

        def script(prompt: Sequence[int], tuned: bool) -> list[int]:
            engine.asked.clear()  # the fake remembers every question; the server does not
            return ids

        engine = ScriptedStream(script, tokenizer.decode, slots=users)
        settings = load_settings({"max_waiting": str(users), "max_per_client": str(2 * users)})
        app = create_app(settings)
        adapter = Adapter(Path(folder), "base", {})
        app.state.phi4 = ChatService(settings, None, lambda *_: (engine, tokenizer), lambda _: adapter)
        uvicorn.run(app, host="127.0.0.1", port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
