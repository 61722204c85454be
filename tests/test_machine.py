"""A process takes no more of a machine than it was granted."""

import os

import pytest

from phi4.machine import processors


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
