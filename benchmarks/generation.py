"""What the data engine adds to its teacher, in time and in memory: ``python benchmarks/generation.py``.

Two tables, and ``benchmarks/results/generation.json``:

- ``flow``: rows a second with a teacher that answers at once, peak memory by the number of seeds, and what it
  costs to run it again: finished, and from kept answers (as after a crash, or with new gates; ``--kept`` seeds at
  most, as it takes as long as the first time). Each runs in a process of its own; the seeds are made up.
- ``engine`` (``--engine``; wants the embedded teacher's model): tokens written a second in a whole dataset of
  ``--files`` seeds (rounds, gates, revisions, judges), over those of the bare engine with the very same requests, as
  many at once; and the bare engine with the same requests in shuffled order, so that it reads a passage anew for each.

Sizes are given by ``--sizes 100 10000 1000000``. A million seeds of one sentence (``--sentences 1``) take about an hour
of one core and 8 GB of disk; of four sentences, three hours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from phi4 import seeds
from phi4.dataset import Bounds, BuildOptions, build_dataset, finished, remember_finished
from phi4.paths import Workspace, find_workspace
from phi4.pipeline.inputs import dataset_inputs
from phi4.records import Message
from phi4.settings import load_settings
from phi4.teachers import Sampling, ScriptedTeacher, Teacher, TeacherAnswer, open_teacher

RESULTS = Path(__file__).parent / "results" / "generation.json"
SAMPLING = Sampling(temperature=0.3, max_tokens=512, seed=0, context=8192)
# Each with a question that it answers.
SENTENCES = (
    ("{name}은 비타민 K의 작용을 막아 혈액 응고를 늦추는 항응고제입니다.", "{name}은 비타민 K에 어떤 작용을 합니까?"),
    ("{name}의 시작 용량은 보통 하루 {number} mg입니다.", "{name}의 시작 용량은 보통 하루에 몇 mg입니까?"),
    ("{name}을 아스피린과 함께 복용하면 출혈 위험이 커집니다.", "{name}을 아스피린과 함께 복용하면 어떻게 됩니까?"),
    ("{name}은 간에서 대사되기 때문에 오래 남습니다.", "{name}은 어디에서 대사되기 때문에 오래 남습니까?"),
)
_SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"
_FOCUS = re.compile(r"\"(.+?)\"의 내용을 묻습니다")
_LINE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


def made_up(number: int, sentences: int = len(SENTENCES)) -> str:
    """The text of the ``number``-th seed; no two name the same drug."""
    name, rest = "", number
    while rest or len(name) < 4:
        rest, digit = divmod(rest, len(_SYLLABLES))
        name += _SYLLABLES[digit]
    return "\n".join(sentence.format(name=f"{name}신", number=5 + number % 90) for sentence, _ in SENTENCES[:sentences])


def write_seeds(folder: Path, count: int, sentences: int = len(SENTENCES)) -> None:
    """``count`` files, a thousand a folder."""
    for number in range(count):
        path = folder / f"{number // 1000:04}" / f"{number:07}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made_up(number, sentences), encoding="utf-8")


def obedient(messages: Sequence[Message], schema: dict[str, Any]) -> str:
    """A teacher that knows the made-up seeds: says the sentence, asks its question, votes yes."""
    wanted, text = schema["properties"], next(turn.content for turn in reversed(messages) if "본문:" in turn.content)
    if "verdict" in wanted:
        return '{"reason": "본문에 있습니다.", "verdict": "예"}'
    lines = dict(_LINE.findall(text))
    if "steps" not in wanted:  # a blind answer: from the sentence that its question was made of
        asked = text.rpartition("질문: ")[2]
        told = (line for line in lines.values() if question_of(line) == asked)
        return json.dumps({"answer": next(told, "알 수 없습니다.")}, ensure_ascii=False)
    sentence = _FOCUS.search(text)[1]  # type: ignore[index]
    steps = {number: lines[number] for number in wanted["steps"]["properties"]}
    return json.dumps({"steps": steps, "answer": sentence, "question": question_of(sentence)}, ensure_ascii=False)


def question_of(sentence: str) -> str:
    """The question that a made-up sentence answers."""
    name = re.match(r"[가-힣]+?신(?=[은의을])", sentence)[0]  # type: ignore[index]
    number = re.search(r"하루 (\d+) mg", sentence)
    known = {told.format(name=name, number=number and number[1]): asked for told, asked in SENTENCES}
    return known[sentence].format(name=name)


def run_once(root: Path, per_seed: int) -> dict[str, float]:
    """One run over the seeds below ``root``, as ``phi4 generate`` makes it: its rows, requests and seconds."""
    workspace, settings = Workspace(root), load_settings({"home": str(root), "per_seed": per_seed})
    start, worked = time.perf_counter(), time.process_time()
    with redirect_stdout(StringIO()):
        folder = seeds.read_seeds(workspace.seeds)
        inputs = dataset_inputs(settings, workspace, folder)
        if (report := finished(workspace, inputs)) is None:
            options = BuildOptions(Bounds(per_seed=per_seed), 0.0, SAMPLING)
            teacher = ScriptedTeacher(obedient, remember=False)
            report = build_dataset(workspace, seeds.Documents(folder), teacher, options)
            remember_finished(workspace, inputs, report)
    seconds = time.perf_counter() - start
    told = {name: report[key] for name, key in (("rows", "accepted"), ("drafts", "drafts"), ("requests", "requests"))}
    return {**told, "seconds": seconds, "cpu_seconds": time.process_time() - worked}


def _measured(root: Path, per_seed: int) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # of the start: interpreter and imports
    told = run_once(root, per_seed)
    return {**told, "start_mb": peak / 1024, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def in_own_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Called in a fresh process, so that its peak memory is its own; what it raises is raised here."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def flow(sizes: Sequence[int], per_seed: int, sentences: int, kept: int) -> list[dict[str, float]]:
    """The first table."""
    heads = (("seeds", 9), ("rows", 9), ("seconds", 9), ("CPU s", 8), ("rows/s", 8), ("peak MB", 9))
    print("".join(f"{head:>{width}}" for head, width in heads) + "   again, finished   again, from kept answers")
    table = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_seeds(Workspace(root).seeds, size, sentences)
            first, again = (in_own_process(_measured, root, per_seed) for _ in range(2))
            (Workspace(root).synthetic / "finished.json").unlink()
            resumed = in_own_process(_measured, root, per_seed) if size <= kept else None
        table.append({"seeds": size, "first": first, "finished": again, "resumed": resumed})
        rate = first["rows"] / first["seconds"]
        print(
            f"{size:>9}{first['rows']:>9}{first['seconds']:>9.1f}{first['cpu_seconds']:>8.1f}{rate:>8.0f}{first['peak_mb']:>9.0f}"
            f"{_told(again):>18}{_told(resumed):>26}",
            flush=True,
        )
    return table


def _told(again: dict[str, float] | None) -> str:
    return f"{again['seconds']:.1f} s, {again['requests']} asked" if again else "–"


class Watched:
    """A teacher that keeps what it was asked, and for how long it worked."""

    def __init__(self, teacher: Teacher) -> None:
        self.name, self.at_once, self._teacher = teacher.name, teacher.at_once, teacher
        self.identity = teacher.identity
        self.requests: list[tuple[Any, ...]] = []
        self.answers: list[TeacherAnswer] = []

    def ask(self, *request: Any) -> TeacherAnswer:
        """See ``Teacher.ask``."""
        answer = self._teacher.ask(*request)
        self.requests.append(request)
        self.answers.append(answer)
        return answer

    def close(self) -> None:
        """See ``Teacher.close``."""
        self._teacher.close()


def engine(name: str, files: int) -> dict[str, float]:
    """The second table: tokens a second through ``phi4 generate``, bare in the same order, bare and shuffled."""
    settings = load_settings({})
    bounds = Bounds(wordings=settings.wordings, revisions=settings.revisions)
    from phi4.weights import gguf_file

    def opened() -> Watched:
        teacher = open_teacher(name, find_gguf=gguf_file, ollama_url="", api_key="", context=8192, timeout=600)
        return Watched(teacher)

    def pace(answers: Sequence[TeacherAnswer], seconds: float) -> float:
        return sum(answer.completion_tokens for answer in answers) / seconds

    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, closing(opened()) as teacher:
        documents = seeds.Documents(seeds.read_seeds(find_workspace().seeds, files))
        start = time.perf_counter()
        with redirect_stdout(StringIO()):
            build_dataset(
                Workspace(Path(folder)), documents, teacher, BuildOptions(bounds, 0.0, SAMPLING, settings.votes)
            )
        found["pipeline"] = pace(teacher.answers, time.perf_counter() - start)
    orders = {
        "bare": teacher.requests,
        "bare_shuffled": random.Random(0).sample(teacher.requests, len(teacher.requests)),
    }
    for label, order in orders.items():
        with closing(opened()) as bare:  # a new process: nothing of the last one's cache
            start = time.perf_counter()
            with ThreadPoolExecutor(bare.at_once) as pool:
                answers = list(pool.map(lambda request: bare.ask(*request), order))
            found[label] = pace(answers, time.perf_counter() - start)
    found["utilisation"] = found["pipeline"] / found["bare"]
    for label, value in found.items():
        print(f"{label:<14}{value:.1%}" if label == "utilisation" else f"{label:<14}{value:.2f} tokens/s")
    return found


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 10_000], help="numbers of seeds")
    parser.add_argument("--per-seed", type=int, default=0, help="drafts a seed; 0: one per sentence")
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="of a seed, at most %(default)s")
    parser.add_argument("--kept", type=int, default=10_000, help="most seeds to run again from kept answers")
    parser.add_argument("--engine", metavar="TEACHER", nargs="?", const="embedded", help="measure an engine as well")
    parser.add_argument("--files", type=int, default=2, help="seeds that the engine is asked about")
    told = parser.parse_args()
    result: dict[str, Any] = {"flow": flow(told.sizes, told.per_seed, told.sentences, told.kept)}
    if told.engine:
        result["engine"] = engine(told.engine, told.files)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
