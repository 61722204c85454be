"""Which workspace is in force, and that a file is written whole or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phi4 import paths
from phi4.errors import WorkspaceError
from phi4.paths import Workspace, atomic_write, cache_dir, exclusive, find_workspace, replace_folder, set_aside
from tests.samples import make_workspace


def test_the_folder_that_phi4_home_names_comes_first(tmp_path):
    named, near = make_workspace(tmp_path / "named"), make_workspace(tmp_path / "near")
    assert find_workspace(str(named.root), start=near.root) == Workspace(named.root.resolve())


def test_a_phi4_home_that_is_no_workspace_is_refused_with_what_to_type(tmp_path):
    near = make_workspace(tmp_path / "near")
    with pytest.raises(WorkspaceError, match="is not a workspace: there is no folder") as caught:
        find_workspace(tmp_path / "nowhere", start=near.root)
    assert caught.value.hint == f"type: phi4 init {tmp_path / 'nowhere'}"


def test_a_tilde_in_phi4_home_is_the_users_folder(tmp_path, monkeypatch):
    make_workspace(tmp_path / "bot")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_workspace("~/bot").root == (tmp_path / "bot").resolve()


def test_the_nearest_folder_upward_is_the_workspace(tmp_path):
    make_workspace(tmp_path)
    inner = make_workspace(tmp_path / "a" / "inner")
    deep = inner.synthetic / "deep"
    deep.mkdir(parents=True)
    assert find_workspace(start=deep).root == inner.root.resolve()
    assert find_workspace(start=tmp_path / "a").root == tmp_path.resolve()


def test_the_current_folder_is_where_the_search_starts(tmp_path, monkeypatch):
    make_workspace(tmp_path)
    monkeypatch.chdir(tmp_path / "data")
    assert find_workspace().root == tmp_path.resolve()


def test_the_checkouts_workspace_is_the_last_resort(tmp_path, monkeypatch):
    make_workspace(tmp_path / "checkout" / "Phi-4")
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path / "checkout")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert find_workspace(start=elsewhere).root == tmp_path / "checkout" / "Phi-4"


def test_without_any_workspace_the_error_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path / "site-packages")
    with pytest.raises(WorkspaceError, match="no workspace found") as caught:
        find_workspace(start=tmp_path)
    assert "phi4 init" in caught.value.hint


def test_paths_are_shown_as_the_manual_prints_them(tmp_path):
    workspace = Workspace(tmp_path)
    assert workspace.show(workspace.train_file) == "data/synthetic/train.jsonl"
    assert workspace.show(workspace.rejected_file) == "data/synthetic/rejected.jsonl"
    assert workspace.show(workspace.seeds) == "data/seeds"
    assert workspace.show(workspace.exam) == "data/exam"
    assert workspace.show(workspace.models / paths.DEFAULT_ADAPTER) == "models/phi-4-3b-reasoning"


def test_a_path_outside_the_workspace_is_shown_whole(tmp_path):
    assert Workspace(tmp_path / "bot").show(tmp_path / "other") == str(tmp_path / "other")


def test_the_cache_follows_the_xdg_variable_else_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_dir() == tmp_path / "cache" / "phi4"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_dir() == tmp_path / ".cache" / "phi4"


def test_a_file_is_written_in_utf8_with_its_folders_and_unix_line_ends(tmp_path):
    path = tmp_path / "new" / "folder" / "a.txt"
    with atomic_write(path) as file:
        file.write("와파린\n")
        assert not path.exists()
    assert path.read_bytes() == "와파린\n".encode()
    assert list(path.parent.iterdir()) == [path]


def refuse(number):
    def fsync(descriptor):
        raise OSError(number, os.strerror(number))

    return fsync


def test_on_a_full_disk_the_old_file_stays_and_no_part_is_left(tmp_path, monkeypatch):
    path = tmp_path / "train.jsonl"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", refuse(errno.ENOSPC))
    with (
        pytest.raises(WorkspaceError, match=r"cannot write .*No space left on device") as caught,
        atomic_write(path) as f,
    ):
        f.write("new")
    assert "free some disk space" in caught.value.hint
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_a_workspace_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="cannot write"), atomic_write(tmp_path / "file" / "a.txt") as file:
        file.write("never")


def test_an_interrupted_write_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("old", encoding="utf-8")

    def interrupted():
        with atomic_write(path) as file:
            file.write("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_checkout_is_where_the_package_lies():
    assert (paths.CHECKOUT / "phi4" / "paths.py").samefile(Path(paths.__file__))


HOLD = """
import sys, time
from pathlib import Path
from phi4.paths import exclusive
with exclusive(Path(sys.argv[1]), "test"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_folder_is_worked_on_by_one_process_at_a_time_and_a_killed_one_frees_it(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(WorkspaceError, match="another phi4 generate is at work"),
            exclusive(tmp_path, "phi4 generate"),
        ):
            pass
        other.kill()
    with exclusive(tmp_path, "phi4 generate"):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(WorkspaceError, match="cannot write in"),
        exclusive(tmp_path / "file" / "below", "phi4 generate"),
    ):
        pass


def test_what_is_set_aside_can_be_fetched_back(tmp_path):
    path = tmp_path / "cache.sqlite"
    set_aside(path)
    path.write_text("one", encoding="utf-8")
    set_aside(path)
    assert not path.exists()
    assert (tmp_path / "cache.sqlite.old").read_text(encoding="utf-8") == "one"


def test_a_folder_is_replaced_whole_or_stays(tmp_path, monkeypatch):
    target, part = tmp_path / "made", tmp_path / ".made.part"
    for folder, word in ((target, "old"), (part, "new")):
        folder.mkdir()
        (folder / word).touch()
    right = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, other: _full() if path == part else right(path, other))
    with pytest.raises(OSError, match="No space"):
        replace_folder(part, target)
    assert [path.name for path in target.iterdir()] == ["old"]
    monkeypatch.undo()
    replace_folder(part, target)
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def _full():
    raise OSError(28, "No space left on device")
