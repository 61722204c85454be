"""Who is asked in ``serving.py``: a bare engine, our server over HTTP, the manual's Python snippet, a scripted server.

Each answers one question at a time per user with ``Reply``. Ours run in processes of their own, as in service.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from phi4.chat import Adapter
from phi4.chat_format import AnswerStream, ChatTokenizer
from phi4.engines.protocol import Done, Failed, Limits, Piece, StreamingEngine
from phi4.paths import CHECKOUT
from phi4.records import Message
from phi4.server.engine import open_engine
from phi4.settings import load_settings
from phi4.weights import base_folder

STATUS_EVERY = 0.1  # seconds


@dataclass
class Reply:
    """Tokens written, and milliseconds to the first readable text and to the end."""

    tokens: int
    first_ms: float
    total_ms: float


class Contestant(Protocol):
    name: str

    async def ask(self, question: str) -> Reply: ...

    async def stop(self) -> None: ...


class Bare:
    """An engine as the server starts it, asked with token ids, nothing between. Its text is parsed as the server
    does, so that both tell the same moment: the first text that a reader sees, behind ``<think>``."""

    def __init__(self, name: str, engine: StreamingEngine, tokenizer: ChatTokenizer, tokens: int) -> None:
        self.name, self._engine, self._tokenizer = name, engine, tokenizer
        self._limits = Limits(tokens, tokenizer.im_end)

    @classmethod
    async def start(cls, name: str, adapter: Adapter, tokens: int) -> Bare:
        engine, tokenizer = open_engine(load_settings({"engine": name}), adapter)
        await engine.start()
        await engine.ready()
        return cls(engine.description.engine, engine, tokenizer, tokens)

    async def ask(self, question: str) -> Reply:
        start, first, parser = time.perf_counter(), 0.0, AnswerStream()
        prompt = self._tokenizer.prompt([Message(role="user", content=question)])
        async for event in self._engine.submit(prompt, self._limits):
            match event:
                case Piece() if not first and parser.feed(event.text):
                    first = time.perf_counter() - start
                case Done():
                    total = time.perf_counter() - start
                    return Reply(event.usage.completion_tokens, (first or total) * 1000, total * 1000)
                case Failed():
                    raise SystemExit(f"{self.name}: {event.message}")
        raise AssertionError("a generation ended without an end")

    async def stop(self) -> None:
        await self._engine.stop()


@dataclass
class Served:
    """``phi4 serve`` in a process of its own, asked over loopback; its status is asked all the while."""

    name: str
    port: int
    process: Process
    folder: tempfile.TemporaryDirectory[str]
    waits: dict[str, list[float]] = field(default_factory=lambda: {"starting": [], "loading": [], "answering": []})
    state: str = "starting"
    _poll: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, name: str, words: list[str], environment: dict[str, str]) -> Served:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folder = tempfile.TemporaryDirectory(prefix="phi4-bench-")
        own = {"PHI4_PORT": str(port), "PHI4_DATABASE_URL": f"sqlite:///{folder.name}/chats.sqlite"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, env={**os.environ, **own, **environment}, stdout=asyncio.subprocess.DEVNULL
        )
        served = cls(name, port, process, folder)
        served._poll = asyncio.create_task(served._watch())
        while served.state != "ready":
            if process.returncode is not None or served.state == "failed":
                raise SystemExit(f"{name}: the server {served.state}")
            await asyncio.sleep(0.05)
        return served

    @classmethod
    async def over(cls, engine: str, adapter: Path, tokens: int, users: int) -> Served:
        """Our server on an adapter, with room for all users."""
        settings = {
            "PHI4_ENGINE": engine, "PHI4_ADAPTER_PATH": str(adapter), "PHI4_MAX_NEW_TOKENS": str(tokens),
            "PHI4_MAX_WAITING": str(users), "PHI4_MAX_PER_CLIENT": str(2 * users),
        }  # fmt: skip
        return await cls.start("server", ["-m", "phi4", "serve"], settings)

    @classmethod
    async def scripted(cls, users: int) -> Served:
        """Our server over a scripted engine: everything but the model."""
        return await cls.start("scripted", [str(Path(__file__).with_name("serving_scripted.py")), str(users)], {})

    async def ask(self, question: str) -> Reply:
        start, first, tokens = time.perf_counter(), 0.0, -1
        async for line in self._lines("POST", "/api/chat", {"message": question, "stream": True}):
            if not first and line in (b"event: reasoning", b"event: content"):
                first = time.perf_counter() - start
            elif line.startswith(b'data: {"id"') and b'"usage"' in line:
                tokens = json.loads(line.removeprefix(b"data: "))["usage"]["completion_tokens"]
            elif line.startswith((b"event: error", b'{"error"')):
                raise SystemExit(f"{self.name}: an error instead of an answer: {line.decode()}")
        total = time.perf_counter() - start
        if tokens < 0:
            raise SystemExit(f"{self.name}: an answer without an end")
        return Reply(tokens, (first or total) * 1000, total * 1000)

    async def stop(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        await self.process.wait()
        self.folder.cleanup()

    async def _watch(self) -> None:
        while True:
            start = time.perf_counter()
            with contextlib.suppress(OSError):
                body = [line async for line in self._lines("GET", "/api/chat/status")][-1]
                took = (time.perf_counter() - start) * 1000
                self.state = json.loads(body)["state"]
                loading = "loading" if self.waits["starting"] else "starting"  # the first waits for Python's imports
                self.waits["answering" if self.state == "ready" else loading].append(took)
            await asyncio.sleep(STATUS_EVERY)

    async def _lines(self, method: str, path: str, body: dict[str, object] | None = None) -> AsyncIterator[bytes]:
        """The lines of an HTTP answer, read as plainly as can be: the generator of load shares the machine."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        sent = json.dumps(body).encode() if body else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(sent)}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\n\r\n".encode() + sent)
        try:
            while line := await reader.readline():
                if line := line.strip():
                    yield line
        finally:
            writer.close()


class Snippet:
    """The manual's Python code, which answers one question after another; without a GPU not in 4 bits."""

    name = "snippet"

    def __init__(self, process: Process) -> None:
        self._process, self._turn = process, asyncio.Lock()

    @classmethod
    async def start(cls, adapter: Adapter, tokens: int) -> Snippet:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            manual_loop(adapter, tokens),
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        snippet = cls(process)
        await snippet._line()
        return snippet

    async def ask(self, question: str) -> Reply:
        start = time.perf_counter()
        async with self._turn:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            tokens = int(await self._line())
        total = (time.perf_counter() - start) * 1000
        return Reply(tokens, total, total)

    async def stop(self) -> None:
        self._process.kill()
        await self._process.wait()

    async def _line(self) -> str:
        """The next line that is ours: the snippet prints its answers too."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            if line.startswith(b"#TOKENS "):
                return line.split()[1].decode()
        raise SystemExit("snippet: it ended")


def manual_loop(adapter: Adapter, tokens: int) -> str:
    """The snippet of README.ko.md with its model loaded once and its last part in a loop, on this machine's device."""
    blocks = re.findall(r"```python\n(.*?)```", (CHECKOUT / "README.ko.md").read_text(encoding="utf-8"), re.DOTALL)
    snippet = next(block for block in blocks if "PeftModel" in block)
    gpu = "__import__('torch').cuda.is_available()"
    for given, here in (
        ('"Qwen/Qwen2.5-3B-Instruct"', repr(str(base_folder(adapter.base_model)))),
        ("quantization_config=bnb_config,", f"quantization_config=bnb_config if {gpu} else None,"),
        ('device_map="auto"', f'device_map="auto" if {gpu} else "cpu"'),
        ('"models/phi-4-3b-reasoning"', repr(str(adapter.folder))),
        ('.to("cuda")', '.to("cuda" if torch.cuda.is_available() else "cpu")'),
        ("max_new_tokens=512", f"max_new_tokens={tokens}, do_sample=False"),
    ):
        assert given in snippet, given
        snippet = snippet.replace(given, here)
    loading, _, asking = snippet.partition("# 추론")
    asking = re.sub(
        r'"<\|im_start\|>user\\n.*?<\|im_end\|>', '"<|im_start|>user\\\\n" + question + "<|im_end|>', asking
    )
    assert "question" in asking
    count = 'print("#TOKENS", outputs.shape[1] - inputs["input_ids"].shape[1], flush=True)'
    loop = "\n".join(f"    {line}" for line in asking.splitlines())
    return (
        f'{loading}\nimport json, sys\nprint("#TOKENS 0", flush=True)\n'
        f"for line in sys.stdin:\n    question = json.loads(line)\n{loop}\n    {count}\n"
    )
