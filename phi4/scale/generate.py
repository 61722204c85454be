"""The verb: cut the list of seeds into units, give them to the workers, merge what they made."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

from phi4.dataset import BuildOptions, build_dataset
from phi4.dataset.cache import AnswerCache, set_answers_aside
from phi4.paths import Workspace, set_aside
from phi4.program import program
from phi4.scale.journal import absorb, holds_answers
from phi4.scale.merge import Gathered, MergedRounds
from phi4.scale.ray_cluster import Cluster, cluster
from phi4.scale.shard import shard_file
from phi4.scale.till import Till
from phi4.scale.units import write_units
from phi4.scale.worker import Job, Worker
from phi4.seeds import SeedFolder
from phi4.teachers import Teacher


def generate_on(
    where: str,
    workspace: Workspace,
    folder: SeedFolder,
    open_teacher: Callable[[], Teacher],
    options: BuildOptions,
    exam: Collection[str] = (),
    fresh: bool = False,
) -> dict[str, Any]:
    """``build_dataset``, walked on the machines of ``where``: the same rows, the same report. With ``try_again`` in it
    where files ended their processes: the machines may be to blame, so the next run tries them again.

    Every worker opens a teacher; so does this process, which asks where units depend on each other. The workspace
    must lie on a disk that all machines see. ``fresh``: answers so far are set aside, once the machines and the
    teacher are there. Raises ``UsageError`` and ``ClusterError`` beside what ``build_dataset`` raises.
    """
    bounds = replace(options.bounds, rows=options.finishing.answers(options.bounds.rows))
    job = Job(
        workspace, folder.place, open_teacher, bounds, options.sampling, options.votes, tuple(exam), options.prices,
        options.ceiling, uuid.uuid4().hex,
    )  # fmt: skip
    with cluster(where) as machines:
        teacher = open_teacher()
        try:
            if fresh:
                set_all_aside(workspace)
            if job.known.exists():
                AnswerCache(job.known).close()  # what a killed run left in its log goes into the file that workers read
            places = write_units(job.plan, folder, teacher.at_once, bounds.rows, job.journals)
            print(f"🌐 Ray: {len(places)} units of up to {teacher.at_once} files, {machines.workers} workers")
            gathered = Gathered(job, places, len(folder), _told(machines, job, places))
            rounds = partial(MergedRounds, gathered)
            report = build_dataset(workspace, gathered, teacher, options, exam, answers=gathered, rounds=rounds)
        finally:
            teacher.close()
    _forget_others(job, len(places))
    return report | ({"try_again": gathered.deadly} if gathered.deadly else {})


def set_all_aside(workspace: Workspace) -> None:
    """Begin with no answers, of one machine or of many, and no units made of them.

    Those so far are kept, as ``cache.sqlite.old`` and ``cache.old``, in the place of those kept before. Where there is
    no answer now, the ones kept before stay: twice in a row is no reason to lose what was paid for.
    """
    shutil.rmtree(workspace.synthetic / "shards", ignore_errors=True)
    set_answers_aside(workspace.synthetic / "cache.sqlite")
    journals = workspace.synthetic / "cache"
    if holds_answers(journals):
        shutil.rmtree(journals.with_name("cache.old"), ignore_errors=True)
        set_aside(journals)


def come_home(workspace: Workspace) -> None:
    """Before a run on this machine alone: what many machines were told goes into its cache."""
    journals = workspace.synthetic / "cache"
    if not any(journals.glob("*.jsonl")):
        return
    with closing(AnswerCache(workspace.synthetic / "cache.sqlite")) as cache:
        count = absorb(journals, cache)
    print(f"📥 {count} answers of an earlier run on many machines")


def _told(machines: Cluster, job: Job, places: Sequence[int]) -> Iterator[dict[str, Any]]:
    """What the workers say of the units, in order."""
    till = None
    if job.ceiling.calls or job.ceiling.cost:
        till = machines.one_for_all(Till, job.ceiling, machines.workers)
    items = [{"place": place} for place in places]
    for row in machines.map_in_order(Worker, (job, program(), till), items):
        yield json.loads(row["told"])


def _forget_others(job: Job, count: int) -> None:
    """Take away the shards of an earlier run with more units."""
    names = {shard_file(job.shards, number).name for number in range(count)}
    for path in job.shards.glob("*.jsonl"):
        if path.name not in names:
            path.unlink(missing_ok=True)
