"""Every answer that was paid for is on disk, under everything that shaped it."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from phi4.dataset.cache import AnswerCache, request_key, set_answers_aside
from phi4.errors import WorkspaceError
from phi4.records import Message
from phi4.teachers import Sampling, TeacherAnswer

SAMPLING = Sampling(temperature=0.5, max_tokens=100, seed=1)
MESSAGES = [Message(role="user", content="와파린?")]
ANSWER = TeacherAnswer('{"답": "👩‍⚕️\u2028"}', "length", 10, 20, 1.5)


@pytest.fixture
def cache(tmp_path):
    opened = AnswerCache(tmp_path / "synthetic" / "cache.sqlite")
    yield opened
    opened.close()


def test_an_answer_comes_back_as_it_was(cache):
    assert cache.get("a") is None
    cache.put("a", ANSWER)
    assert cache.get("a") == ANSWER
    assert cache.get("b") is None


def test_a_new_answer_replaces_the_old_one(cache):
    cache.put("a", ANSWER)
    cache.put("a", TeacherAnswer("둘"))
    assert cache.get("a") == TeacherAnswer("둘")


def test_an_answer_is_on_disk_before_the_cache_is_closed(tmp_path, cache):
    cache.put("a", ANSWER)
    other = AnswerCache(tmp_path / "synthetic" / "cache.sqlite")  # as after kill -9
    assert other.get("a") == ANSWER
    other.close()


def test_the_same_request_has_the_same_key():
    assert request_key("t", MESSAGES, {"a": 1, "b": 2}, SAMPLING) == request_key(
        "t", MESSAGES, {"b": 2, "a": 1}, SAMPLING
    )


@pytest.mark.parametrize(
    "changed",
    [
        ("u", MESSAGES, {}, SAMPLING),
        ("t", [Message(role="system", content="와파린?")], {}, SAMPLING),
        ("t", [Message(role="user", content="와파린!")], {}, SAMPLING),
        ("t", [*MESSAGES, *MESSAGES], {}, SAMPLING),
        ("t", MESSAGES, {"type": "object"}, SAMPLING),
        ("t", MESSAGES, {}, Sampling(temperature=0.6, max_tokens=100, seed=1)),
        ("t", MESSAGES, {}, Sampling(temperature=0.5, max_tokens=101, seed=1)),
        ("t", MESSAGES, {}, Sampling(temperature=0.5, max_tokens=100, seed=2)),
    ],
)
def test_whatever_shapes_an_answer_changes_the_key(changed):
    assert request_key(*changed) != request_key("t", MESSAGES, {}, SAMPLING)


def test_a_damaged_file_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(WorkspaceError, match=r"cannot open .*cache\.sqlite") as caught:
        AnswerCache(path)
    assert caught.value.hint.startswith("delete it")


def test_a_file_with_another_table_is_named_too(tmp_path):
    path = tmp_path / "cache.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE answers (other TEXT)")
    database.close()
    cache = AnswerCache(path)
    with pytest.raises(WorkspaceError, match=r"cannot read .*cache\.sqlite") as caught:
        cache.get("a")
    assert caught.value.hint.startswith("delete it")
    with pytest.raises(WorkspaceError, match=r"cannot write .*cache\.sqlite"):
        cache.put("a", ANSWER)
    cache.close()


def test_a_folder_that_cannot_be_made_is_a_workspace_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="cannot open"):
        AnswerCache(tmp_path / "file" / "cache.sqlite")


def test_a_full_disk_is_a_workspace_error(tmp_path):
    cache = AnswerCache(tmp_path / "cache.sqlite")
    pages = cache._database.execute("PRAGMA page_count").fetchone()[0]
    cache._database.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own way to a full disk
    with pytest.raises(WorkspaceError, match="full") as caught:
        cache.put("a", TeacherAnswer("가" * 100_000))
    assert "free some disk space" in caught.value.hint
    assert cache.get("a") is None
    cache.close()


def test_answers_of_a_killed_run_are_set_aside_whole(tmp_path, cache):
    cache.put("a", ANSWER)
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "synthetic", killed)  # the answer lies in the log beside the file
    path = killed / "cache.sqlite"
    set_answers_aside(path)
    with closing(AnswerCache(path)) as fresh:
        assert fresh.get("a") is None
    path.with_name("cache.sqlite.old").replace(path)
    with closing(AnswerCache(path)) as old:
        assert old.get("a") == ANSWER


def test_a_file_without_an_answer_does_not_take_the_place_of_those_set_aside_before(tmp_path):
    path = tmp_path / "cache.sqlite"
    with closing(AnswerCache(path)) as paid:
        paid.put("a", ANSWER)
    set_answers_aside(path)
    AnswerCache(path).close()  # of a run whose teacher was away
    set_answers_aside(path)
    path.with_name("cache.sqlite.old").replace(path)
    with closing(AnswerCache(path)) as old:
        assert old.get("a") == ANSWER


def test_a_damaged_file_of_answers_can_be_set_aside_as_well(tmp_path):
    path = tmp_path / "cache.sqlite"
    set_answers_aside(path)  # nothing there yet
    path.write_text("no database at all" * 100, encoding="utf-8")
    set_answers_aside(path)
    assert not path.exists()
    with closing(AnswerCache(path)) as fresh:
        fresh.put("a", ANSWER)
        assert fresh.get("a") == ANSWER
