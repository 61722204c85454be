"""The verb of the stage: plan, ask, gate, write. Prints the manual's lines."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from phi4.dataset.cache import AnswerCache
from phi4.dataset.funnel import funnel, funnel_lines
from phi4.dataset.gates import check
from phi4.dataset.generator import Generator
from phi4.dataset.mend import mend_steps
from phi4.dataset.plan import Request, plan
from phi4.errors import TeacherFailed, TeacherUnavailable, YieldError
from phi4.korean import squeeze
from phi4.paths import Workspace, atomic_write
from phi4.progress import Progress
from phi4.records import Draft, Example, Passage, Rejected, Source, write_jsonl
from phi4.teachers import Sampling, Teacher

FAILURES_IN_A_ROW = 3  # then the teacher is not there, whatever it says


@dataclass(frozen=True)
class BuildOptions:
    """How much to ask for, and what counts as too little."""

    per_seed: int
    rows: int
    min_yield: float
    sampling: Sampling


@dataclass
class Dataset:
    """What a run made."""

    accepted: list[Example] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    mended: int = 0  # accepted rows with a step that was replaced by its sentence
    files: dict[str, int] = field(default_factory=dict)  # accepted rows by seed file
    report: dict[str, Any] = field(default_factory=dict)


def build_dataset(
    workspace: Workspace,
    passages: Sequence[Passage],
    refused: Sequence[tuple[str, str]],
    teacher: Teacher,
    options: BuildOptions,
    exam: Collection[str] = (),
) -> Dataset:
    """Make ``train.jsonl``, ``rejected.jsonl`` and ``report.json`` from passages.

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
    cache = AnswerCache(workspace.synthetic / "cache.sqlite")
    try:
        generator = Generator(teacher, cache, options.sampling)
        barred = frozenset(squeeze(question) for question in exam)
        dataset = _ask_all(generator, requests, options.rows, barred, first=len(refused) + 1, total=total)
    finally:
        cache.close()
    dataset.report = {
        **funnel(dataset.accepted, dataset.rejected),
        "mended": dataset.mended,
        "files": dataset.files,
        "refused": dict(refused),
        "teacher": teacher.name,
        "prompt_version": generator.prompt_version,
        "requests": generator.asked,
        "completion_tokens": generator.completion_tokens,
        "seconds": round(time.monotonic() - start, 1),
    }
    _write(workspace, dataset, options.min_yield, total)
    return dataset


def _ask_all(
    generator: Generator, requests: list[Request], rows: int, barred: frozenset[str], first: int, total: int
) -> Dataset:
    """Every request through teacher and gates, one line a file; ``rows`` are shared out over the files."""
    dataset = Dataset()
    seen: set[str] = set()
    failures = 0
    files = len({request.passage.file for request in requests})
    with Progress("drafts", len(requests)) as bar:
        for done, (file, group) in enumerate(groupby(requests, key=lambda r: r.passage.file)):
            before = len(dataset.accepted)
            share = math.ceil((rows - before) / (files - done)) if rows else len(requests)
            for request in group:
                if len(dataset.accepted) - before >= share:
                    break
                try:
                    result: Draft | Rejected = generator.draft(request)
                    failures = 0
                except TeacherFailed as error:
                    failures += 1
                    if failures >= FAILURES_IN_A_ROW:
                        raise TeacherUnavailable(
                            f"{failures} requests in a row failed: {error.message}",
                            "look at the teacher, then run the same command again; answers so far are kept",
                        ) from error
                    result = _failed(generator, request, error)
                _sort(result, request.passage, seen, barred, dataset)
                bar.step(note=f"· {len(dataset.accepted)} accepted")
            bar.clear()
            dataset.files[file] = len(dataset.accepted) - before
            print(f"[{first + done}/{total}] Processing: {_short(file)}... {_verdict(dataset, file)}", flush=True)
    return dataset


def _sort(result: Draft | Rejected, passage: Passage, seen: set[str], barred: frozenset[str], dataset: Dataset) -> None:
    """Put one draft where it belongs."""
    if isinstance(result, Rejected):
        dataset.rejected.append(result)
        return
    result = mend_steps(result, passage)
    key = squeeze(result.question)
    objection = check(result, passage)
    if key in seen or key in barred:
        objection = objection or ("exam" if key in barred else "duplicate", result.question)
    if objection:
        dataset.rejected.append(Rejected(reason=objection[0], detail=objection[1], draft=result))
        return
    seen.add(key)
    dataset.mended += bool(result.mended)
    dataset.accepted.append(
        Example(
            question=result.question,
            reasoning_steps=tuple(step.step for step in result.steps),
            answer=result.answer,
            id=result.id,
            source=result.source,
            kind=result.kind,
            difficulty=result.difficulty,
            teacher=result.teacher,
            prompt_version=result.prompt_version,
        )
    )


def _failed(generator: Generator, request: Request, error: TeacherFailed) -> Rejected:
    passage = request.passage
    draft = Draft(
        id=request.id,
        kind=request.kind,
        difficulty=request.difficulty,
        source=Source(file=passage.file, sha256=passage.sha256, sentences=(request.focus,)),
        teacher=generator.teacher.name,
        prompt_version=generator.prompt_version,
        finish_reason="error",
    )
    return Rejected(reason="teacher", detail=error.message, draft=draft)


def _write(workspace: Workspace, dataset: Dataset, min_yield: float, total: int) -> None:
    report = dataset.report
    write_jsonl(workspace.rejected_file, dataset.rejected)
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
    good = sum(1 for count in dataset.files.values() if count)
    print("🎉 Generation Complete!")
    print(f"📊 Success Rate: {good}/{total}")
    print(f"💾 Saved to: {workspace.show(workspace.train_file)}")
    print("\n".join(lines))


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _verdict(dataset: Dataset, file: str) -> str:
    if dataset.files[file]:
        return "✅ Done"
    stopped = sorted({item.reason for item in dataset.rejected if item.draft.source.file == file})
    return f"❌ no draft passed ({', '.join(stopped)})" if stopped else "⏭️ not asked, there are rows enough"
