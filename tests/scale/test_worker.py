"""One worker and one unit: what it writes, what it sets aside, what it survives."""

import json
import os
import sqlite3
import uuid
from dataclasses import replace

import pytest

from phi4 import seeds
from phi4.dataset import Bounds, Ceiling, Prices
from phi4.errors import ClusterError, TeacherUnavailable
from phi4.paths import Workspace
from phi4.program import program
from phi4.scale.journal import lines_of
from phi4.scale.shard import read_shard, shard_file
from phi4.scale.units import read_unit, write_units
from phi4.scale.worker import CULPRIT, DEATHS, TOGETHER, Job, Worker
from tests.scale.crowd import SAMPLING, Noting, teacher, write_seeds


@pytest.fixture
def job(tmp_path):
    workspace = Workspace(tmp_path)
    write_seeds(workspace.seeds, 3)
    made = Job(
        workspace, workspace.seeds, teacher(tmp_path / "log"), Bounds(wordings=1), SAMPLING, 0, (), Prices(), Ceiling(),
        uuid.uuid4().hex,
    )  # fmt: skip
    made.shards.mkdir(parents=True)
    write_units(made.plan, seeds.read_seeds(workspace.seeds), 3, 0, made.journals)
    return made


def work(job):
    told = json.loads(Worker(job, program())({"place": [0]})["told"][0])
    return told, read_shard(shard_file(job.shards, 0)) if "number" in told else None


def journal(job):
    return job.journals / read_unit(job.plan, 0).journal


def refused(shard):
    return {document.file: document.refused for document in shard.document if document.refused}


def test_a_passage_that_our_code_cannot_bear_is_set_aside_by_name_and_the_others_go_on(job, monkeypatch):
    cut = seeds.cut

    def crash(found):
        if found.file == "001.txt":
            raise RecursionError("too deep")
        return cut(found)

    monkeypatch.setattr("phi4.scale.worker.seeds.cut", crash)
    _, shard = work(job)
    assert refused(shard) == {"001.txt": "it cannot be worked on: RecursionError: too deep"}
    assert {row.source.file for row in shard.row} == {"000.txt", "002.txt"}


class Died(BaseException):
    """Stands for the end of the process: nothing after it runs."""


def worked_until_it_ended(job):
    """What the worker told at last, its shard, and how often the process ended before."""
    for ended in range(20):
        try:
            return *work(job), ended
        except Died:
            pass
    pytest.fail("it begins again for ever")


def test_a_passage_that_ends_the_process_each_time_is_found_and_set_aside_until_the_next_run(job, monkeypatch):
    cut = seeds.cut

    def crash(found):
        if found.file == "001.txt":
            raise Died
        return cut(found)

    monkeypatch.setattr("phi4.scale.worker.seeds.cut", crash)
    monkeypatch.setattr("phi4.scale.journal.Journal.end", ends_only_alive)
    told, shard, ended = worked_until_it_ended(job)
    assert ended == DEATHS + CULPRIT
    assert told["deadly"] == ["001.txt"]
    assert list(refused(shard)) == ["001.txt"]
    assert f"ended the process that worked on it, {CULPRIT} times" in refused(shard)["001.txt"]
    assert {row.source.file for row in shard.row} == {"000.txt", "002.txt"}
    monkeypatch.undo()  # a machine with more memory
    told, shard = work(replace(job, run="another"))
    assert told["deadly"] == []
    assert not refused(shard)
    assert {row.source.file for row in shard.row} == {"000.txt", "001.txt", "002.txt"}


def test_documents_that_end_the_process_only_together_are_named_after_a_few_tries(job, monkeypatch):
    ask = Worker._ask

    def too_large(worker, documents, unit, journal):
        if len(documents) > 1:
            raise Died
        return ask(worker, documents, unit, journal)

    monkeypatch.setattr(Worker, "_ask", too_large)
    monkeypatch.setattr("phi4.scale.journal.Journal.end", ends_only_alive)
    told, _, ended = worked_until_it_ended(job)
    assert ended == DEATHS + TOGETHER
    kind, message, hint = told["error"]
    assert kind == "ClusterError"
    assert f"'000.txt' to '002.txt' ended the process that worked on all of them {TOGETHER} times" in message
    assert "more memory" in hint
    assert not shard_file(job.shards, 0).exists()
    monkeypatch.undo()
    _, shard = work(replace(job, run="another"))
    assert len({row.source.file for row in shard.row}) == 3


@pytest.mark.parametrize(
    "fault",
    [
        OSError(28, "No space left on device"),
        ImportError("No module named 'kiwipiepy'"),
        sqlite3.OperationalError("locked"),
        RuntimeError("can't start new thread"),
    ],
)
def test_a_fault_of_the_machine_is_no_documents_fault(job, monkeypatch, fault):
    def fail(found):
        raise fault

    monkeypatch.setattr("phi4.scale.worker.seeds.cut", fail)
    told, _ = work(job)
    kind, message, hint = told["error"]
    assert kind == "ClusterError"
    assert f"{type(fault).__name__}: {fault}".removesuffix(": ") in message
    assert "nothing done is lost" in hint
    assert not shard_file(job.shards, 0).exists()


def test_a_document_that_takes_all_memory_is_named(job, monkeypatch):
    cut = seeds.cut

    def fail(found):
        if found.file == "002.txt":
            raise MemoryError
        return cut(found)

    monkeypatch.setattr("phi4.scale.worker.seeds.cut", fail)
    told, _ = work(job)
    kind, message, hint = told["error"]
    assert kind == "ClusterError"
    assert "no memory left for '002.txt' alone" in message
    assert "take the file out of the seeds" in hint
    assert not shard_file(job.shards, 0).exists()
    monkeypatch.undo()
    _, shard = work(job)
    assert not refused(shard)
    assert len({row.source.file for row in shard.row}) == 3


def test_a_till_that_is_gone_ends_the_run_and_blames_no_document(job):
    def gone(method):
        raise ClusterError("Ray could not go on: the actor died", "type it again")

    worker = Worker(replace(job, ceiling=Ceiling(calls=5)), program(), gone)
    told = json.loads(worker({"place": [0]})["told"][0])
    assert told["error"] == ["ClusterError", "Ray could not go on: the actor died", "type it again"]
    assert not shard_file(job.shards, 0).exists()


def ends_only_alive(journal, what):
    """``Journal.end``, but for a process that is dying."""
    import sys

    if sys.exc_info()[0] is None:
        journal._begun[what] = 0
        journal._write({"ended": what})


def test_an_answer_that_was_kept_is_not_asked_again_and_still_counted_for_this_run(job):
    told, _ = work(job)
    shard_file(job.shards, 0).unlink()  # the process ended before it was written
    again, _ = work(job)
    assert again == told
    asked = (job.workspace.root / "log").read_text().splitlines()
    assert len(asked) == len(set(asked)) == told["asked"]["calls"] > 0
    other_run, _ = work(replace(job, run="another"))
    assert other_run["asked"]["calls"] == 0


def test_a_shard_that_is_half_written_or_of_other_settings_is_made_anew(job):
    _, whole = work(job)
    path = shard_file(job.shards, 0)
    text = path.read_text("utf-8")
    path.write_text(text[: len(text) // 2], "utf-8")
    assert work(job)[1] == whole
    more = work(replace(job, bounds=Bounds(wordings=0)))[1]
    assert len(more.row) < len(whole.row)


def test_a_shard_of_another_model_under_the_same_name_is_made_anew(job, monkeypatch):
    first, _ = work(job)
    assert work(job)[0]["asked"]["calls"] == first["asked"]["calls"]
    monkeypatch.setattr(Noting, "identity", "noting, trained on")
    assert work(replace(job, run="next"))[0]["asked"]["calls"] == first["asked"]["calls"]
    assert len((job.workspace.root / "log").read_bytes().split()) == 2 * first["asked"]["calls"]


def test_a_line_that_was_torn_costs_its_own_request_and_no_other(job):
    work(job)
    path = journal(job)
    lines = path.read_bytes().splitlines(keepends=True)
    last = max(place for place, line in enumerate(lines) if b'"key"' in line)
    path.write_bytes(b"".join(lines[:last]) + lines[last][:40])
    shard_file(job.shards, 0).unlink()
    before = (job.workspace.root / "log").read_text().splitlines()
    work(job)
    after = (job.workspace.root / "log").read_text().splitlines()
    assert len(after) == len(before) + 1
    assert sum("key" in line for line in lines_of(path)) == len(before)


def test_another_version_on_a_machine_and_a_dead_teacher_are_told_as_they_are(job):
    told = json.loads(Worker(job, "another")({"place": [0]})["told"][0])
    assert told["error"][0] == "ClusterError"
    assert "another version of phi4" in told["error"][1]

    def gone():
        raise TeacherUnavailable("nobody answers", "start it")

    assert work(replace(job, open_teacher=gone))[0] == {"error": ["TeacherUnavailable", "nobody answers", "start it"]}


def test_a_disk_that_refuses_is_an_error_that_says_where(job):
    work(job)
    journal(job).unlink()
    journal(job).mkdir()
    told, _ = work(job)
    assert told["error"][0] == "WorkspaceError"
    assert os.fspath(journal(job)) in told["error"][1]
