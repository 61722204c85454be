"""The verb of the stage: plan, ask, gate, write. Prints the manual's lines."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from phi4.dataset.cache import AnswerCache
from phi4.dataset.card import dataset_card
from phi4.dataset.decontamination import Exam
from phi4.dataset.funnel import funnel, funnel_lines
from phi4.dataset.generator import Generator
from phi4.dataset.meter import Ceiling, Circuit, Meter, Prices
from phi4.dataset.plan import Request, plan
from phi4.dataset.report_page import report_page
from phi4.dataset.sorting import Dataset
from phi4.errors import TeacherFailed, TeacherUnavailable, YieldError
from phi4.paths import Workspace, atomic_write
from phi4.progress import Progress
from phi4.records import Draft, Passage, Rejected, write_jsonl
from phi4.teachers import Sampling, Teacher


@dataclass(frozen=True)
class BuildOptions:
    """How much to ask for, what it may cost, and what counts as too little."""

    per_seed: int
    rows: int
    wordings: int
    min_yield: float
    sampling: Sampling
    prices: Prices = field(default_factory=Prices)
    ceiling: Ceiling = field(default_factory=Ceiling)


def build_dataset(
    workspace: Workspace,
    passages: Sequence[Passage],
    refused: Sequence[tuple[str, str]],
    teacher: Teacher,
    options: BuildOptions,
    exam: Collection[str] = (),
) -> Dataset:
    """Make ``train.jsonl``, ``rejected.jsonl``, ``preference.jsonl`` and ``report.json`` from passages.

    ``refused`` are seed files that could not be used; they are counted and shown. ``exam`` are
    questions that must not be trained on. Raises
    ``YieldError`` when too little passes: an earlier ``train.jsonl`` then stays as it was.
    """
    start = time.monotonic()
    requests = plan(passages, options.per_seed)
    total = len({passage.file for passage in passages}) + len(refused)
    print(f"📂 Found {total} seed files in '{workspace.show(workspace.seeds)}'")
    print("🚀 Starting batch generation... (This may take time)")
    for number, (name, reason) in enumerate(refused, start=1):
        print(f"[{number}/{total}] Processing: {_short(name)}... ❌ {reason}")
    meter = Meter(options.prices, options.ceiling)
    cache = AnswerCache(workspace.synthetic / "cache.sqlite")
    try:
        generator = Generator(teacher, cache, options.sampling, meter)
        dataset = _ask_all(generator, requests, options, Exam(exam), first=len(refused) + 1, total=total)
    finally:
        cache.close()
    dataset.report = {
        **funnel(dataset.accepted, dataset.rejected),
        "mended": dataset.mended,
        "files": dataset.files,
        "refused": dict(refused),
        "teacher": teacher.name,
        "prompt_version": generator.prompt_version,
        "requests": meter.calls,
        "prompt_tokens": meter.prompt_tokens,
        "completion_tokens": meter.completion_tokens,
        "cost": round(meter.cost, 4),
        "stopped_at": meter.spent(),
        "seconds": round(time.monotonic() - start, 1),
    }
    _write(workspace, dataset, passages, options.min_yield, total)
    return dataset


def _ask_all(
    generator: Generator, requests: list[Request], options: BuildOptions, exam: Exam, first: int, total: int
) -> Dataset:
    """Every request through teacher and gates, one line a file; ``rows`` are shared out over the files."""
    dataset, circuit = Dataset(exam), Circuit()
    files = len({request.passage.file for request in requests})
    with Progress("drafts", len(requests)) as bar:
        for done, (file, group) in enumerate(groupby(requests, key=lambda r: r.passage.file)):
            before = len(dataset.accepted)
            share = math.ceil((options.rows - before) / (files - done)) if options.rows else sys.maxsize
            again = list(_ask(generator, group, options, circuit, dataset, before + share, bar))
            for request in again:  # a last round for what failed alone
                dataset.take(_answered(generator, request), request.passage, options.wordings)
            bar.clear()
            dataset.files[file] = len(dataset.accepted) - before
            print(f"[{first + done}/{total}] Processing: {_short(file)}... {_verdict(dataset, file)}", flush=True)
    return dataset


def _ask(
    generator: Generator,
    group: Iterable[Request],
    options: BuildOptions,
    circuit: Circuit,
    dataset: Dataset,
    enough: int,
    bar: Progress,
) -> Iterator[Request]:
    """Ask until ``dataset`` has ``enough`` rows or the limit is reached; gives the requests that failed."""
    for request in group:
        if len(dataset.accepted) >= enough:
            return
        if generator.meter.spent() and generator.known(request) is None:
            continue
        try:
            result = generator.draft(request)
            circuit.succeeded()
        except TeacherFailed as error:
            circuit.failed(error)
            yield request
        else:
            dataset.take(result, request.passage, options.wordings, enough - len(dataset.accepted))
        bar.step(note=f"· {len(dataset.accepted)} rows accepted")


def _answered(generator: Generator, request: Request) -> Draft | Rejected:
    try:
        return generator.draft(request)
    except TeacherFailed as error:
        return Rejected(reason="teacher", detail=error.message, draft=generator.blank(request))


def _write(workspace: Workspace, dataset: Dataset, passages: Sequence[Passage], min_yield: float, total: int) -> None:
    report = dataset.report
    write_jsonl(workspace.rejected_file, dataset.rejected)
    write_jsonl(workspace.preference_file, dataset.preferences)
    with atomic_write(workspace.synthetic / "report.json") as file:
        json.dump(report, file, ensure_ascii=False, indent=1)
    lines = funnel_lines(report)
    if report["drafts"] and report["rejected"].get("teacher") == report["drafts"]:
        why = report["samples"]["teacher"][0]["detail"]
        raise TeacherUnavailable(
            f"the teacher answered none of {report['drafts']} requests: {why}", "look at the teacher"
        )
    if not dataset.accepted or report["accepted"] < min_yield * report["drafts"]:
        raise YieldError(
            "too few drafts passed the gates:\n" + "\n".join(lines),
            f"read the reasons in {workspace.show(workspace.rejected_file)}, use a stronger --teacher, "
            "or lower --min-yield",
        )
    write_jsonl(workspace.train_file, dataset.accepted)
    _write_text(workspace.synthetic / "report.html", report_page(report, dataset.accepted, passages))
    _write_text(workspace.synthetic / "README.md", dataset_card(report))
    good = sum(1 for count in dataset.files.values() if count)
    print("🎉 Generation Complete!")
    print(f"📊 Success Rate: {good}/{total}")
    print(f"💾 Saved to: {workspace.show(workspace.train_file)}")
    print("\n".join(lines))
    if report["stopped_at"]:
        print(f"⏸️ stopped at {report['stopped_at']}: the same command with a higher limit goes on from here")


def _write_text(path: Path, text: str) -> None:
    with atomic_write(path) as file:
        file.write(text)


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _verdict(dataset: Dataset, file: str) -> str:
    if dataset.files[file]:
        return "✅ Done"
    stopped = sorted({item.reason for item in dataset.rejected if item.draft.source.file == file})
    return f"❌ no draft passed ({', '.join(stopped)})" if stopped else "⏭️ not asked, there are rows enough"
