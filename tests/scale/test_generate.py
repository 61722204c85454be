"""The real thing: a Ray cluster of two workers on this machine, and what it survives."""

import gc
import os
import sys
import warnings

import pytest

from phi4.errors import ClusterError, TeacherUnavailable, UsageError, WorkspaceError
from phi4.paths import exclusive
from phi4.pipeline.stages import generate
from phi4.settings import load_settings
from tests.scale.conftest import ALONE
from tests.scale.crowd import here, write_seeds

KILLS = 5


@pytest.fixture(scope="module")
def ray_here(monkeypatch_module):
    """A cluster with two processors, which a run finds open and leaves open."""
    if ALONE not in os.environ:
        yield None  # the test is run by another process, see conftest
        return
    monkeypatch_module.setenv("RAY_worker_niceness", "0")  # Ray's 15 would be never on a busy machine
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ray

        from phi4.scale import cluster  # noqa: F401  # it sets what Ray reads when it starts

        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        yield ray
        gc.collect()  # as in phi4.scale.cluster
        ray.shutdown()


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def dead():
    raise TeacherUnavailable("nobody answers at 10.0.0.7", "start it")


@pytest.mark.cluster
def test_workers_that_are_killed_five_times_lose_nothing_and_ask_nothing_answered_again(ray_here, road):
    alone = road.alone()
    together = road.together(where="ray", kills=KILLS)
    assert together.files == alone.files
    assert together.report == alone.report
    assert (together.workspace.root.parent / "together.kills").stat().st_size >= KILLS
    assert set(together.asked) == set(alone.asked)
    assert len(together.asked) - len(alone.asked) <= KILLS  # the other request that was under way at each end


@pytest.mark.cluster
def test_a_teacher_that_only_the_workers_cannot_reach_is_named(ray_here, road):

    def here_alone():
        import os

        if os.environ.get("RAY_JOB_ID"):
            dead()
        from tests.scale.crowd import Noting

        return Noting("/dev/null")

    with pytest.raises(TeacherUnavailable, match=r"nobody answers at 10\.0\.0\.7"):
        road.together(where="ray", open_teacher=here_alone)


@pytest.fixture
def settings(tmp_path):
    write_seeds(tmp_path / "data" / "seeds", 3)
    return load_settings({"home": str(tmp_path), "teacher": "openai:m@http://127.0.0.1:9/v1"})


def test_a_second_run_on_one_workspace_is_refused(settings, tmp_path):
    busy = pytest.raises(WorkspaceError, match="another phi4 generate is at work")
    with exclusive(tmp_path / "data" / "synthetic", "phi4 generate"), busy:
        generate(settings, on="ray")


def test_the_command_walks_where_it_is_told(settings, monkeypatch):
    monkeypatch.setattr("phi4.scale.generate.cluster", here)
    monkeypatch.setattr("phi4.teachers.retry.PAUSE_SECONDS", 0.0)
    with pytest.raises(TeacherUnavailable, match=r"failed: openai:m@"):  # of the workers' teacher
        generate(settings, on="ray")


def test_a_place_that_nobody_knows_is_refused(settings):
    with pytest.raises(UsageError, match="--on 'slurm'"):
        generate(settings, on="slurm")


@pytest.mark.parametrize(("on", "error"), [("slurm", UsageError), ("ray", ClusterError)])
def test_from_the_start_sets_nothing_aside_where_there_are_no_machines(settings, tmp_path, monkeypatch, on, error):
    monkeypatch.setitem(sys.modules, "ray", None)
    kept = ("cache.sqlite", "cache.sqlite.old", "cache/1.jsonl", "cache.old/2.jsonl", "shards/0000000.jsonl")
    for name in kept:
        path = tmp_path / "data" / "synthetic" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"key": "paid for", "answer": {}}', encoding="utf-8")
    for _ in range(2):
        with pytest.raises(error):
            generate(settings, fresh=True, on=on)
    assert all((tmp_path / "data" / "synthetic" / name).is_file() for name in kept)
