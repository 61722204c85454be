"""The verb of the stage: walk the documents, make rows, write.

Nothing is kept of a document that is done but its rows on disk, so memory does not grow with their number.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phi4.cards import dataset_card
from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache, Answers
from phi4.dataset.contents import gather
from phi4.dataset.decontamination import Exam
from phi4.dataset.finish import Finish, Finishing, write_exam
from phi4.dataset.funnel import from_teacher, funnel_lines
from phi4.dataset.lines import greet, tell
from phi4.dataset.meter import Ceiling, Meter, Prices
from phi4.dataset.report_page import report_page
from phi4.dataset.rounds import Bounds, Rounds
from phi4.dataset.scratch import Shelf
from phi4.dataset.sorting import Dataset
from phi4.dataset.walk import Walk
from phi4.errors import TeacherUnavailable, YieldError
from phi4.jsonl import JsonlWriter
from phi4.paths import Workspace, atomic_write
from phi4.records import Document, Example, Preference, Rejected, Walkable
from phi4.teachers import Sampling, Teacher


@dataclass(frozen=True)
class BuildOptions:
    """How much to ask for, what it may cost, and what counts as too little."""

    bounds: Bounds
    min_yield: float
    sampling: Sampling
    votes: int = 0
    prices: Prices = field(default_factory=Prices)
    ceiling: Ceiling = field(default_factory=Ceiling)
    finishing: Finishing = field(default_factory=Finishing)


def build_dataset(
    workspace: Workspace,
    documents: Walkable[Document],
    teacher: Teacher,
    options: BuildOptions,
    exam: Collection[str] = (),
    *,
    answers: Answers | None = None,
    rounds: Callable[..., Rounds] = Rounds,
) -> dict[str, Any]:
    """Make ``train.jsonl``, ``exam.jsonl``, ``rejected.jsonl``, ``preference.jsonl`` and a report; returns that.

    ``documents`` are walked more than once, and need not fit in memory. ``exam`` are questions that must not be
    trained on. ``answers`` and ``rounds`` are others when the rounds were walked elsewhere (``phi4.scale``).
    Raises ``YieldError`` when too little passes, or no row is left: earlier rows then stay as they were.
    """
    start = time.monotonic()
    greet(workspace, len(documents))
    with (
        closing(answers or AnswerCache(workspace.synthetic / "cache.sqlite")) as cache,
        _Rows(workspace.train_file, Example) as rows,
        _Rows(workspace.rejected_file, Rejected) as rejected,
        _Rows(workspace.preference_file, Preference) as preferences,
    ):
        asker = Asker(teacher, cache, Meter(options.prices, options.ceiling))
        accepted, pairs = Shelf(Example), Shelf(Preference)
        dataset = Dataset(Exam(exam), accepted, rejected, pairs)
        bounds = replace(options.bounds, rows=options.finishing.answers(options.bounds.rows))
        walk = Walk(documents, asker, dataset, bounds, options.sampling, options.votes, rounds)
        finish = Finish(documents, dataset, accepted, pairs, options.finishing, walk.rounds.judge)
        _walk_until_enough(walk, finish, bounds.rows)
        facts, questions = finish.write(rows, preferences)
        contents = gather(rows, documents)
        report = walk.report() | facts | contents.record()
        report |= {**_bound(report, options.bounds.rows, len(rows)), "seconds": round(time.monotonic() - start, 1)}
        rejected.publish()
        _write_text(workspace.report_file, json.dumps(report, ensure_ascii=False, indent=1))
        _refuse_too_little(workspace, report, options.min_yield)
        rows.publish()
        preferences.publish()
        write_exam(workspace, questions)
        page = report_page(report, len(rows), contents)
    _write_pages(workspace, page, dataset_card(report))
    tell(workspace, report, len(documents))
    return report


def _walk_until_enough(walk: Walk, finish: Finish, answers: int) -> None:
    """Walk, and choose the exam; what that takes of the ``answers`` wanted is made up for."""
    walk.all()
    finish.set_exam()
    while answers > (left := finish.answers() if answers else 0) and walk.more(answers - left):
        finish.set_exam()


def _bound(report: dict[str, Any], wanted: int, made: int) -> dict[str, Any]:
    """How many rows were wanted, and what ended the run."""
    reached = f"--rows {wanted}" if wanted and made >= wanted else ""
    return {"rows_wanted": wanted, "stopped_at": report["stopped_at"] or reached}


class _Rows(JsonlWriter[Any]):
    """A file of rows that is thrown away unless it was published."""

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def _refuse_too_little(workspace: Workspace, report: dict[str, Any], min_yield: float) -> None:
    passed, drafts = from_teacher(report)
    if drafts and report["rejected"].get("teacher") == drafts and not report["stopped_at"]:  # else nobody asked it
        why = report["samples"]["teacher"][0]["detail"]
        raise TeacherUnavailable(f"the teacher answered none of {drafts} requests: {why}", "look at the teacher")
    if not passed or passed < min_yield * drafts:
        if report["stopped_at"].startswith("--max"):
            raise YieldError(
                f"stopped at {report['stopped_at']}, before enough drafts were judged to make a dataset",
                "the same command with a higher limit goes on from here; what was answered is kept",
            )
        raise YieldError(
            "too few drafts passed the gates:\n" + "\n".join(funnel_lines(report)),
            f"read the reasons in {workspace.show(workspace.rejected_file)}, use a stronger --teacher, "
            "or lower --min-yield",
        )
    if not report["rows"]:  # people and the exam left none of those that passed
        raise YieldError(
            f"no row is left to train on: {report['accepted']} passed the gates, of which people rejected "
            f"{report['reviewed']['rejected']} and the exam took {report['held_out']}",
            f"delete decisions in {workspace.show(workspace.review_file)}, lower --exam-share, or add seeds",
        )


def _write_pages(workspace: Workspace, page: str, card: str) -> None:
    _write_text(workspace.synthetic / "report.html", page)
    _write_text(workspace.synthetic / "README.md", card)


def _write_text(path: Path, text: str) -> None:
    with atomic_write(path) as file:
        file.write(text)
