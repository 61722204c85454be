"""``kill -9`` at any moment: the same rows in the end, and nothing that was answered is asked again."""

import os
import random
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from phi4.errors import WorkspaceError
from phi4.paths import Workspace, exclusive
from tests.dataset import interrupted

KILLS = 20
FILES = ("train.jsonl", "rejected.jsonl", "preference.jsonl", "exam.jsonl")


def stored(root):
    """The keys of the answers on disk."""
    path = root / "data" / "synthetic" / "cache.sqlite"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master").fetchall()
        return {key for (key,) in database.execute("SELECT key FROM answers")} if tables else set()


def asked(root):
    log = root / "asked.log"
    return log.read_text(encoding="ascii").split() if log.exists() else []


def made(root):
    return {name: (Workspace(root).synthetic / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """By requests at once: what a run makes that nobody ends, and how long it takes."""
    interrupted.start(tmp_path_factory.mktemp("warm"), 1).join()  # the fork server loads its imports
    found = {}
    for at_once in (1, 8):
        root = tmp_path_factory.mktemp("undisturbed")
        start = time.monotonic()
        process = interrupted.start(root, at_once)
        process.join()
        assert process.exitcode == 0
        assert len(asked(root)) == len(set(asked(root)))
        found[at_once] = made(root), time.monotonic() - start
    return found


def test_many_requests_at_once_make_the_same_rows_as_one_after_the_other(undisturbed):
    alone, together = (
        {name: sorted(text.split(b"\n")) for name, text in undisturbed[at_once][0].items()} for at_once in (1, 8)
    )
    assert alone == together
    assert all(len(lines) > 1 for name, lines in alone.items() if name != "rejected.jsonl")


@pytest.mark.parametrize("trial", range(KILLS))
def test_killed_at_a_random_moment_it_goes_on_to_the_same_rows(undisturbed, trial, tmp_path):
    at_once = 8 if trial % 2 else 1
    rows, seconds = undisturbed[at_once]
    moment = random.Random(trial).uniform(0.0, seconds)
    process = interrupted.start(tmp_path, at_once)
    process.join(moment)
    process.kill()
    process.join()
    before, known = asked(tmp_path), stored(tmp_path)
    assert len(before) - len(known) <= at_once, "more than the requests under way was lost"

    again = interrupted.start(tmp_path, at_once)
    again.join()
    assert again.exitcode == 0
    assert made(tmp_path) == rows
    assert not known & set(asked(tmp_path)[len(before) :]), "an answered request was asked again"
    assert not list(Workspace(tmp_path).synthetic.glob(".*.part"))


def test_a_finished_run_asks_nothing_again(tmp_path):
    interrupted.start(tmp_path, 1).join()
    before = asked(tmp_path)
    interrupted.start(tmp_path, 1).join()
    assert asked(tmp_path) == before


def test_ctrl_c_ends_a_run_at_once_and_keeps_its_answers(tmp_path):
    process = interrupted.start(tmp_path, 8, interrupted.SLOW)
    while not stored(tmp_path):
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGINT)
    process.join(10)
    assert process.exitcode not in (None, 0)
    assert not Workspace(tmp_path).train_file.exists()
    assert not list(Workspace(tmp_path).synthetic.glob(".*.part"))
    known, before = stored(tmp_path), asked(tmp_path)
    interrupted.start(tmp_path, 8).join()
    assert not known & set(asked(tmp_path)[len(before) :])


def test_two_runs_at_once_do_not_pay_twice(tmp_path):
    with exclusive(Workspace(tmp_path).synthetic, "phi4 generate"):
        second = interrupted.start(tmp_path, 1)
        second.join()
        assert second.exitcode == 1
        with pytest.raises(WorkspaceError, match="another phi4 generate is at work"):
            interrupted.run(tmp_path, 1)
    assert asked(tmp_path) == []
