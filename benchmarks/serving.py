"""How fast are many users answered at once, and what does the server itself cost?

    python benchmarks/serving.py --adapter FOLDER                      # bare engine, our server, the manual's snippet
    python benchmarks/serving.py --adapter FOLDER --ask llamacpp,openvino,transformers --rounds 3   # engines alone

Asked are, in turns within a round, so that a machine that slows down slows them all: an engine as `phi4 serve`
starts it with nothing between; `phi4 serve` over HTTP; the manual's Python snippet. Greedy, Korean questions of
different lengths; the tokens that came are counted, an answer may end before its limit. First text is what a reader
sees first, behind `<think>`. The snippet answers one question after another however many ask: it is asked `--snippet`
questions at a time. The status of the server is asked ten times a second while it loads and while it answers; the
first of these requests waits for the start of the server's process, and is told apart. `--apart` gives engines one
half of the processors and everything else the other: what the server adds where it takes no time from the engine.
Then a server over a scripted engine answers 1,000 requests, twice, and its memory is read when all is quiet again.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from serving_contestants import Bare, Contestant, Reply, Served, Snippet

from phi4.chat import Adapter, read_adapter
from phi4.server.answers import RESUME_SECONDS
from phi4.server.engine import LAUNCHES, choose

DRUGS = ("아스피린", "와파린", "메트포르민", "세티리진", "오메프라졸", "로사르탄", "살부타몰", "이부프로펜")
QUESTIONS = (
    "은 어떻게 작용합니까?",
    "을 먹으면 안 되는 사람은 누구이며, 그 까닭을 근거와 함께 차례로 설명해 주십시오.",
)
ASKED = [drug + question for drug in DRUGS for question in QUESTIONS]
USERS = "1,4,16"
PROCESSORS = sorted(os.sched_getaffinity(0))
MANY = 1000  # requests between two looks at the memory


@dataclass
class Run:
    """One contestant, so many users at once, one round."""

    name: str
    users: int
    round: int
    seconds: float
    replies: list[Reply]

    @property
    def rate(self) -> float:
        return sum(reply.tokens for reply in self.replies) / self.seconds


async def measure(one: Contestant, users: int, number: int, asked: int) -> Run:
    start = time.perf_counter()
    replies = await asyncio.gather(*(one.ask(question) for question in ASKED[:asked]))
    run = Run(one.name, users, number, time.perf_counter() - start, list(replies))
    print(f"{one.name}, {users} at once, round {number + 1}: {run.rate:.1f} tokens/s", file=sys.stderr)
    return run


async def begin(name: str, adapter: Adapter, engine: str, tokens: int, users: int) -> Contestant:
    start = time.perf_counter()
    if name == "server":
        made: Contestant = await Served.over(engine, adapter.folder, tokens, users)
    elif name == "snippet":
        made = await Snippet.start(adapter, tokens)
    else:
        made = await Bare.start(name, adapter, tokens)
    print(f"{name}: ready after {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return made


async def benchmark(args: argparse.Namespace, users: list[int]) -> tuple[list[Run], dict[str, list[float]]]:
    """Everybody is loaded once; only one is asked at a time, and in the other order every second round."""
    adapter = read_adapter(args.adapter.resolve())
    engine = choose(adapter)[0] if args.engine == "auto" else args.engine
    asked: list[Contestant] = []
    runs: list[Run] = []
    try:
        for name in args.ask.replace("engine", engine).split(","):  # one after another, and all of them are ended
            with apart() if args.apart else nullcontext():
                asked.append(await begin(name, adapter, engine, args.tokens, max(users)))
        for number, many in itertools.product(range(args.rounds), users):
            for one in asked[:: -1 if number % 2 else 1]:
                questions = min(many, args.snippet) if one.name == "snippet" else many
                runs.append(await measure(one, many, number, questions))
        return runs, next((one.waits for one in asked if isinstance(one, Served)), {})
    finally:
        for one in asked:
            await one.stop()


@contextmanager
def apart() -> Iterator[None]:
    """What is started within has the first half of the processors. Afterwards its engines keep that half; everything
    else, this process too, moves to the other."""
    half = len(PROCESSORS) // 2
    engines, rest = set(PROCESSORS[:half]), set(PROCESSORS[half:])
    if not engines:
        raise SystemExit("--apart: one processor cannot be shared out")
    os.sched_setaffinity(0, engines)
    yield
    here = psutil.Process()
    for process in (here, *here.children(recursive=True)):
        if not any("phi4.engines." in word for word in process.cmdline()):
            for thread in process.threads():
                os.sched_setaffinity(thread.id, rest)


async def memory(requests: int, users: int) -> list[float]:
    """Resident MiB of a server over a scripted engine: warm, and after each of two times ``requests``."""
    served = await Served.scripted(users)
    seen = []
    try:
        for count in (requests // 2, requests, requests):
            gate = asyncio.Semaphore(users)

            async def one(number: int, gate: asyncio.Semaphore = gate) -> None:
                async with gate:
                    await served.ask(ASKED[number % len(ASKED)])

            process = psutil.Process(served.process.pid)
            start, before = time.perf_counter(), process.cpu_times()
            await asyncio.gather(*map(one, range(count)))
            rate, after = count / (time.perf_counter() - start), process.cpu_times()
            busy = (after.user + after.system - before.user - before.system) / count * 1000
            await asyncio.sleep(RESUME_SECONDS + 2)  # answers are kept so long for readers who come back
            seen.append(process.memory_info().rss / 2**20)
            print(
                f"scripted: {count} requests at {rate:.0f}/s, {busy:.1f} ms of processor each, then {seen[-1]:.1f} MiB",
                file=sys.stderr,
            )
        return seen
    finally:
        await served.stop()


def at(values: list[float], share: float) -> float:
    """The value that a share of all does not exceed."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def table(runs: list[Run]) -> str:
    """One line for each contestant and number of users: the median rate of the rounds, times of all answers."""
    lines = ["who           users  tokens/s   first text ms p50    p90    p99     total s p50   p90   p99"]
    for name, users in dict.fromkeys((run.name, run.users) for run in sorted(runs, key=lambda run: run.users)):
        mine = [run for run in runs if (run.name, run.users) == (name, users)]
        first = [reply.first_ms for run in mine for reply in run.replies]
        total = [reply.total_ms / 1000 for run in mine for reply in run.replies]
        lines.append(
            f"{name:12}  {users:5}  {statistics.median(run.rate for run in mine):8.1f}"
            f"  {at(first, 0.5):18.0f} {at(first, 0.9):6.0f} {at(first, 0.99):6.0f}"
            f"  {at(total, 0.5):14.2f} {at(total, 0.9):5.2f} {at(total, 0.99):5.2f}"
        )
    return "\n".join(lines)


def verdict(runs: list[Run], users: list[int]) -> str:
    """The server beside the bare engine and the snippet, from the pairs of each round."""
    rate = {(run.name, run.users, run.round): run.rate for run in runs}
    first = {(run.name, run.users, run.round): statistics.median(r.first_ms for r in run.replies) for run in runs}
    bare = next((run.name for run in runs if run.name not in ("server", "snippet")), "")
    lines = []
    for many, other in itertools.product(users, (bare, "snippet")):
        pairs = [n for n in {run.round for run in runs} if {("server", many, n), (other, many, n)} <= set(rate)]
        if pairs:
            share = statistics.median(rate["server", many, n] / rate[other, many, n] for n in pairs)
            later = statistics.median(first["server", many, n] - first[other, many, n] for n in pairs)
            lines.append(f"{many:3} users: {share:6.3f} × the tokens/s of {other}; first text {later:+.1f} ms")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--engine", default="auto", help=f"of the server and bare: auto, {', '.join(LAUNCHES)}")
    parser.add_argument("--ask", default="engine,server,snippet", help="who: engine, server, snippet, engines by name")
    parser.add_argument("--users", default=USERS)
    parser.add_argument("--tokens", type=int, default=96, help="longest answer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--snippet", type=int, default=2, help="questions that the snippet is asked at a time")
    parser.add_argument("--apart", action="store_true", help="engines on processors of their own")
    parser.add_argument("--requests", type=int, default=MANY, help="for the memory; 0: not looked at")
    parser.add_argument("--json", type=Path, help="write everything here")
    args = parser.parse_args()
    users = [int(number) for number in args.users.split(",")]
    runs, waits = asyncio.run(benchmark(args, users))
    print(table(runs), verdict(runs, users), sep="\n\n")
    for when, times in waits.items():
        if times:
            print(f"status while {when}: p50 {at(times, 0.5):.1f}  p99 {at(times, 0.99):.1f}  of {len(times)} (ms)")
    kept = asyncio.run(memory(args.requests, max(users))) if args.requests and waits else []
    if kept:
        print(f"memory: {' → '.join(f'{mib:.1f}' for mib in kept)} MiB, after {args.requests} requests each")
    if args.json:
        told = {"runs": [asdict(run) for run in runs], "status_ms": waits, "memory_mib": kept}
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
