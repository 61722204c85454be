"""A process takes no more of a machine than it was granted."""

import os

import pytest

from phi4 import machine
from phi4.machine import available_memory, granted, processors


@pytest.fixture(autouse=True)
def nothing_granted(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


def test_without_a_word_it_has_what_it_may_run_on(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2, 5, 7}, raising=False)
    assert processors() == 3


def test_where_nobody_says_what_it_may_run_on_it_has_them_all(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert processors() == 6


def test_a_worker_has_its_share(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert processors() == 1


@pytest.mark.parametrize("granted", ["0", "", "many", "-1", "2,1"])
def test_a_grant_that_is_no_number_is_none(monkeypatch, granted):
    monkeypatch.setenv("OMP_NUM_THREADS", granted)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert processors() == 2


def test_what_is_granted_is_told_apart_from_what_there_is(monkeypatch):
    assert granted() == 0
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert granted() == 3


def test_a_containers_limit_bounds_the_memory_and_cached_files_count_as_free(monkeypatch, tmp_path):
    whole = available_memory()
    for name, told in (("max", "3000"), ("current", "2500"), ("stat", "anon 1000\ninactive_file 1400\n")):
        (tmp_path / f"memory.{name}").write_text(told, encoding="ascii")
    read = machine._left_to_the_container
    monkeypatch.setattr(machine, "_left_to_the_container", lambda: read(tmp_path))
    assert available_memory() == 1900 < whole
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    assert available_memory() > 1900
