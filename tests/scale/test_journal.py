"""A journal keeps every answer that was whole, and knows what never ended."""

import json
import os
from dataclasses import replace

import pytest

from phi4.dataset.cache import AnswerCache
from phi4.dataset.meter import Usage
from phi4.scale.journal import Both, Journal, JournalsByDocument, Known, journal_file
from phi4.teachers import TeacherAnswer

ONE, OTHER = TeacherAnswer("하나", prompt_tokens=3, completion_tokens=1), TeacherAnswer("둘", completion_tokens=2)


@pytest.fixture
def path(tmp_path):
    return journal_file(tmp_path, ["a.txt", "b.txt"])


def opened(path, run="r1", earlier=()):
    return Journal(path, ["a.txt", "b.txt"], run, earlier)


def test_what_was_put_is_there_again_also_after_a_death_without_close(path):
    opened(path).put("k", ONE)
    assert opened(path).get("k") == ONE
    assert opened(path).get("other") is None


def test_it_counts_what_this_run_asked_and_nothing_of_an_earlier_one(path):
    first = opened(path, "r1")
    first.put("k", ONE)
    second = opened(path, "r2")
    second.put("l", OTHER)
    again = opened(path, "r2")  # the process was lost meanwhile
    assert (first.asked.calls, second.asked.calls) == (1, 1)
    assert again.asked == second.asked == Usage(calls=1, completion_tokens=2)
    again.put("m", replace(ONE, estimated=True))
    assert (again.asked.calls, again.asked.estimated) == (2, 1)


@pytest.mark.parametrize("left", [1, 20, -1])
def test_a_torn_line_is_passed_over_and_the_next_one_is_whole(path, left):
    opened(path).put("k", ONE)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines) + lines[-1][:left])
    journal = opened(path)
    journal.put("l", OTHER)
    assert (opened(path).get("k"), opened(path).get("l")) == (ONE, OTHER)


def test_what_began_and_never_ended_is_counted_over_processes(path):
    assert [opened(path).begin("x") for _ in range(3)] == [0, 1, 2]
    journal = opened(path)
    journal.begin("x")
    journal.end("x")
    assert opened(path).begin("x") == 0


def test_who_ended_an_earlier_run_accuses_nothing(path):
    opened(path, "r1").begin("x")
    opened(path, "r1").begin("x")
    assert opened(path, "r2").begin("x") == 0
    assert opened(path, "r2").begin("x") == 1


def test_a_disk_that_takes_a_part_of_a_line_gets_the_rest(path, monkeypatch):
    journal, write = opened(path), os.write
    monkeypatch.setattr("phi4.scale.journal.os.write", lambda file, data: write(file, bytes(data)[:7]))
    journal.put("k", ONE)
    monkeypatch.undo()
    journal.put("l", OTHER)
    assert (opened(path).get("k"), opened(path).get("l")) == (ONE, OTHER)


def test_answers_of_earlier_journals_are_known_and_not_written_again(path, tmp_path):
    other = tmp_path / "other.jsonl"
    Journal(other, ["a.txt"], "r0").put("k", ONE)
    assert opened(path, earlier=[other, tmp_path / "gone.jsonl"]).get("k") == ONE
    assert "key" not in path.read_text()


def test_the_journals_of_a_document_are_found_by_its_name_whatever_bytes_it_has(tmp_path):
    odd = b"\xff.txt".decode("utf-8", "surrogateescape")
    Journal(tmp_path / "1.jsonl", ["a.txt", odd], "r")
    Journal(tmp_path / "2.jsonl", ["b.txt", "a.txt"], "r")
    (tmp_path / "3.jsonl").write_text("no journal")
    found = JournalsByDocument(tmp_path)
    assert found.of([odd]) == ["1.jsonl"]
    assert found.of(["a.txt", "b.txt"]) == ["1.jsonl", "2.jsonl"]
    assert found.of(["c.txt"]) == []


def test_the_cache_of_one_machine_is_read_and_never_written(path, tmp_path):
    file = tmp_path / "cache.sqlite"
    cache = AnswerCache(file)
    cache.put("k", ONE)
    cache.close()
    before = file.read_bytes()
    both = Both(opened(path), Known(file))
    both.put("l", OTHER)
    assert (both.get("k"), both.get("l"), both.get("m")) == (ONE, OTHER, None)
    both.close()
    assert file.read_bytes() == before
    assert Known(tmp_path / "none.sqlite").get("k") is None


def test_every_line_is_json_of_its_own(path):
    journal = opened(path)
    journal.put("k", ONE)
    journal.close()
    assert all(isinstance(json.loads(line), dict) for line in path.read_text().split("\n") if line)
