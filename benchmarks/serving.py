"""How fast is each engine, bare: tokens per second and time to the first token, at 1, 4 and 16 requests.

    python benchmarks/serving.py --adapter FOLDER [--engines llamacpp,openvino] [--tokens 128] [--rounds 3]

Each engine is the one that `phi4 serve` starts, asked over the same protocol and nothing between.
The engines take turns within a round, so that a machine that slows down slows them all. Greedy, Korean
questions of different lengths; the tokens that came are counted, an answer may end before its limit.
A second time over the questions shows what a kept prompt saves: the first round is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from phi4.chat import read_adapter
from phi4.chat_format import ChatTokenizer
from phi4.engines.protocol import Done, Failed, Limits, Piece, StreamingEngine
from phi4.records import Message
from phi4.server.engine import LAUNCHES, open_engine
from phi4.settings import load_settings

DRUGS = ("아스피린", "와파린", "메트포르민", "세티리진", "오메프라졸", "로사르탄", "살부타몰", "이부프로펜")
QUESTIONS = (
    "은 어떻게 작용합니까?",
    "을 먹으면 안 되는 사람은 누구이며, 그 까닭을 근거와 함께 차례로 설명해 주십시오.",
)
USERS = (1, 4, 16)


@dataclass
class Run:
    """One engine, so many users at once, one round."""

    engine: str
    users: int
    round: int
    tokens: int
    seconds: float
    first_token_ms: list[float]

    @property
    def rate(self) -> float:
        return self.tokens / self.seconds


def prompts(tokenizer: ChatTokenizer) -> list[list[int]]:
    """Sixteen prompts, no two alike."""
    asked = [drug + question for drug in DRUGS for question in QUESTIONS]
    return [tokenizer.prompt([Message(role="user", content=one)]) for one in asked]


async def ask(engine: StreamingEngine, prompt: list[int], limits: Limits) -> tuple[int, float]:
    """Tokens and milliseconds to the first of them."""
    start, first = time.perf_counter(), 0.0
    async for event in engine.submit(prompt, limits):
        match event:
            case Piece() if not first:
                first = time.perf_counter() - start
            case Done():
                return event.usage.completion_tokens, first * 1000
            case Failed():
                raise SystemExit(f"{engine.description.engine}: {event.message}")
    raise AssertionError("a generation ended without an end")


async def measure(engine: StreamingEngine, users: int, number: int, asked: list[list[int]], limits: Limits) -> Run:
    start = time.perf_counter()
    done = await asyncio.gather(*(ask(engine, prompt, limits) for prompt in asked[:users]))
    seconds = time.perf_counter() - start
    tokens = sum(count for count, _ in done)
    run = Run(engine.description.engine, users, number, tokens, seconds, [ms for _, ms in done])
    print(f"{run.engine}, {users} at once, round {number + 1}: {run.rate:.1f} tokens/s", file=sys.stderr)
    return run


async def benchmark(names: list[str], folder: Path, tokens: int, rounds: int, users: list[int]) -> list[Run]:
    """Every engine is loaded once; only one is asked at a time."""
    adapter = read_adapter(folder)
    engines: list[StreamingEngine] = []
    try:
        for name in names:
            start = time.perf_counter()
            engine, tokenizer = open_engine(load_settings({"engine": name}), adapter)
            engines.append(engine)
            await engine.start()
            await engine.ready()
            print(f"{name}: ready after {time.perf_counter() - start:.1f} s", file=sys.stderr)
        asked, limits = prompts(tokenizer), Limits(tokens, tokenizer.im_end)
        turns = itertools.product(range(rounds), users, engines)
        return [await measure(engine, many, number, asked, limits) for number, many, engine in turns]
    finally:
        for engine in engines:
            await engine.stop()


def table(runs: list[Run]) -> str:
    """One line for each engine and number of users: medians over the rounds."""
    lines = ["engine        users   tokens/s   first token p50   p90 (ms)   first round tokens/s"]
    for name, users in dict.fromkeys((run.engine, run.users) for run in runs):
        mine = [run for run in runs if (run.engine, run.users) == (name, users)]
        firsts = sorted(ms for run in mine for ms in run.first_token_ms)
        lines.append(
            f"{name:12}  {users:5}  {statistics.median(run.rate for run in mine):9.1f}"
            f"  {statistics.median(firsts):16.0f}  {firsts[int(0.9 * (len(firsts) - 1))]:9.0f}  {mine[0].rate:21.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--engines", default="llamacpp,openvino,transformers", help=f"of: {', '.join(LAUNCHES)}")
    parser.add_argument("--users", default=",".join(map(str, USERS)))
    parser.add_argument("--tokens", type=int, default=128, help="longest answer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write every run here")
    args = parser.parse_args()
    users = [int(number) for number in args.users.split(",")]
    runs = asyncio.run(benchmark(args.engines.split(","), args.adapter, args.tokens, args.rounds, users))
    print(table(runs))
    if args.json:
        args.json.write_text(json.dumps([asdict(run) for run in runs], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
