"""What more than one process costs and gives: ``python -m benchmarks.scale``.

Three tables, and ``benchmarks/results/scale.json``:

- ``generate``: the same made-up seeds by one process, and on a Ray cluster of this machine with one worker and with
  two: rows a second, seconds of processor, and whether the rows are the same. The teacher waits ``--wait`` seconds
  before it answers, as a service does; with 0 the gates are all the work, and two workers want more than two
  processors, since Ray and the merge take some of a third.
- ``near``: time and memory of finding near questions on disk (``phi4.scale.near_questions``), by the number of rows.
- ``exam``: questions a second that are compared with an exam of 1,000.

    python -m benchmarks.scale --seeds 10000 --rows 10000 100000 1000000

``--compare`` adds LSH indexes in memory (datasketch, rensa) to the second table, where they are installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout, suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.generation import SAMPLING, in_own_process, obedient, write_seeds
from phi4 import seeds
from phi4.dataset import Bounds, BuildOptions, build_dataset
from phi4.dataset.decontamination import Exam, content_of
from phi4.paths import CHECKOUT, Workspace
from phi4.records import Message
from phi4.scale import generate_on, near_questions
from phi4.teachers import Sampling, TeacherAnswer

RESULTS = Path(__file__).parent / "results" / "scale.json"
AT_ONCE = 16
_WORD = re.compile(r"\b[가-힣]{2,5}\b")


class Waiting:
    """A teacher that knows the made-up seeds and takes its time, many requests at once."""

    name = identity = "waiting"
    at_once = AT_ONCE

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        time.sleep(self._seconds)
        return TeacherAnswer(obedient(messages, schema))

    def close(self) -> None:
        """See ``Teacher.close``."""


def run_once(root: Path, workers: int, wait: float) -> dict[str, Any]:
    """One run over the seeds below ``root``, in this process (0) or on a cluster of so many workers."""
    from benchmarks.scale import Waiting  # by its own name: workers know nothing of __main__

    workspace = Workspace(root)
    folder = seeds.read_seeds(workspace.seeds)
    options = BuildOptions(Bounds(wordings=2), 0.0, SAMPLING)
    if workers:
        _start_ray(workers)
    start = time.perf_counter()
    with redirect_stdout(StringIO()):
        if workers:
            report = generate_on("ray", workspace, folder, partial(Waiting, wait), options)
        else:
            report = build_dataset(workspace, seeds.Documents(folder), Waiting(wait), options)
    seconds = time.perf_counter() - start
    lines = sorted(workspace.train_file.read_text(encoding="utf-8").splitlines())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "workers": workers,
        "rows": report["accepted"],
        "seconds": seconds,
        "rows_per_second": report["accepted"] / seconds,
        "here_cpu_seconds": usage.ru_utime + usage.ru_stime,
        "here_peak_mb": usage.ru_maxrss / 1024,
        "rows_sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }


def _start_ray(workers: int) -> None:
    """A cluster of so many processors; starting it is not part of what is measured."""
    os.environ.setdefault("RAY_worker_niceness", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ray
        import ray.data

        ray.init(address="local", num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="ERROR")


def generate(count: int, wait: float) -> list[dict[str, Any]]:
    """The first table."""
    print(f"{'workers':>8}{'rows':>9}{'seconds':>9}{'rows/s':>8}{'CPU s here':>12}{'MB here':>9}  {count} seeds")
    table = []
    with tempfile.TemporaryDirectory() as folder:
        for workers in (0, 1, 2):
            root = Path(folder) / str(workers)
            write_seeds(Workspace(root).seeds, count)
            row = in_own_process(run_once, root, workers, wait)
            table.append(row)
            print(
                f"{workers or 'none':>8}{row['rows']:>9}{row['seconds']:>9.1f}{row['rows_per_second']:>8.0f}"
                f"{row['here_cpu_seconds']:>12.1f}{row['here_peak_mb']:>9.0f}",
                flush=True,
            )
    plain, one, two = table
    same = len({row["rows_sha256"] for row in table}) == 1
    print(f"the same rows: {'yes' if same else 'NO'}", end="; ")
    print(f"one worker over plain: {one['seconds'] / plain['seconds'] - 1:+.0%}", end="; ")
    print(f"two workers over one: {one['seconds'] / two['seconds']:.2f}x")
    return table


def questions(count: int) -> Iterator[tuple[str, str]]:
    """Questions of words of the shipped seeds; every twentieth has those of an earlier one in another order."""
    texts = sorted((CHECKOUT / "Phi-4" / "data" / "seeds").rglob("*.txt"))
    words = sorted({word for path in texts for word in _WORD.findall(path.read_text(encoding="utf-8"))})
    for number in range(count):
        again = number % 20 == 19
        about = random.Random(-number).randrange(number) // 20 * 20 if again else number
        chosen = random.Random(about).sample(words, 6)
        if again:
            random.Random(number).shuffle(chosen)
        yield str(number), f"{' '.join(chosen)} 무엇입니까?"


def near(count: int) -> dict[str, Any]:
    """Near questions on disk."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    pairs = sum(1 for _ in near_questions(questions(count)))
    return _measured("here, on disk", count, pairs, start, before)


def near_in_memory(library: str, count: int) -> dict[str, Any]:
    """The same proposals by an index in memory, without the exact comparison."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, pairs = time.perf_counter(), 0
    if library == "datasketch":
        from datasketch import MinHash, MinHashLSH

        index: Any = MinHashLSH(num_perm=128, params=(32, 4))
        make: Callable[[list[str]], Any] = lambda words: _datasketch(MinHash, words)  # noqa: E731
    else:
        from rensa import RMinHash, RMinHashLSH

        index = RMinHashLSH(threshold=0.65, num_perm=128, num_bands=32)
        make = lambda words: _rensa(RMinHash, words)  # noqa: E731
    for number, (_, question) in enumerate(questions(count)):
        made = make(sorted(content_of(question)))
        pairs += len(index.query(made))
        index.insert(number, made)
    return _measured(library, count, pairs, start, before)


def _datasketch(kind: Any, words: list[str]) -> Any:
    made = kind(num_perm=128)
    made.update_batch([word.encode() for word in words])
    return made


def _rensa(kind: Any, words: list[str]) -> Any:
    made = kind(num_perm=128, seed=0)
    made.update(words)
    return made


def _measured(way: str, count: int, pairs: int, start: float, before: int) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.perf_counter() - start
    return {
        "way": way, "rows": count, "pairs": pairs, "seconds": seconds, "rows_per_second": count / seconds,
        "start_mb": before / 1024, "peak_mb": peak / 1024,
    }  # fmt: skip


def exam(count: int) -> dict[str, Any]:
    """How fast questions are compared with an exam of 1,000."""
    asked = [question for _, question in questions(1000 + count)]
    known = Exam(asked[:1000])
    start = time.perf_counter()
    found = sum(known.asks(question) is not None for question in asked[1000:])
    seconds = time.perf_counter() - start
    return {"exam": 1000, "rows": count, "asked": found, "rows_per_second": count / seconds}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=1000, help="seeds of the first table; 0: leave it out")
    parser.add_argument("--wait", type=float, default=0.05, help="seconds that the teacher takes")
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000], help="rows of the second table")
    parser.add_argument("--compare", action="store_true", help="with datasketch and rensa")
    told = parser.parse_args()
    result: dict[str, Any] = {"cores": os.cpu_count()}
    if told.seeds:
        result["generate"] = generate(told.seeds, told.wait)
    print(f"{'near':<14}{'rows':>9}{'pairs':>8}{'seconds':>9}{'rows/s':>8}{'MB at start':>13}{'peak MB':>9}")
    result["near"] = []
    for count in told.rows:
        ways = [partial(near, count)]
        if told.compare:
            ways += [partial(near_in_memory, library, count) for library in ("datasketch", "rensa")]
        for way in ways:
            row = in_own_process(way)
            result["near"].append(row)
            print(
                f"{row['way']:<14}{row['rows']:>9}{row['pairs']:>8}{row['seconds']:>9.1f}{row['rows_per_second']:>8.0f}"
                f"{row['start_mb']:>13.0f}{row['peak_mb']:>9.0f}",
                flush=True,
            )
    result["exam"] = exam(2000)
    print(f"exam of {result['exam']['exam']}: {result['exam']['rows_per_second']:.0f} rows/s compared")
    with suppress(FileExistsError):
        RESULTS.parent.mkdir()
    RESULTS.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
