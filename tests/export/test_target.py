"""A folder appears whole or not at all, and what is there stays unless it is an export and may go."""

import json

import pytest
from safetensors import SafetensorError

from phi4.errors import ExportError, WorkspaceError
from phi4.export import target as module
from phi4.export.target import check_room, check_target, placed


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "export.json").write_text("{}", encoding="utf-8")
    return folder


def test_a_free_place_and_an_empty_folder_are_taken(tmp_path):
    check_target(tmp_path / "free", force=False)
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / "empty", force=False)


def test_an_export_that_is_there_is_kept_unless_forced(made):
    with pytest.raises(ExportError, match="it is kept") as caught:
        check_target(made, force=False)
    assert "--force" in caught.value.hint
    check_target(made, force=True)


def test_what_is_no_export_is_never_replaced(tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"three years")
    for place in (tmp_path, tmp_path / "thesis.docx"):
        with pytest.raises(ExportError, match="is no export"):
            check_target(place, force=True)


def test_the_folder_is_there_when_all_of_it_is(made):
    with placed(made) as part:
        (part / "model").write_text("new", encoding="utf-8")
        assert not (made / "model").exists()
    assert [path.name for path in made.iterdir()] == ["model"]
    assert [path.name for path in made.parent.iterdir()] == ["made"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_failure_leaves_what_was_there_and_nothing_else(made, error):
    def interrupted():
        with placed(made) as part:
            (part / "half").write_text("half", encoding="utf-8")
            raise error

    with pytest.raises(error):
        interrupted()
    assert [path.name for path in made.iterdir()] == ["export.json"]
    assert [path.name for path in made.parent.iterdir()] == ["made"]


def test_two_exports_do_not_write_into_one_another(made):
    with placed(made) as part:
        (part / "model").write_text("first", encoding="utf-8")
        with pytest.raises(WorkspaceError, match="another phi4 export is at work"), placed(made):
            raise AssertionError
    assert (made / "model").read_text(encoding="utf-8") == "first"


def test_what_a_killed_export_left_is_thrown_away(made):
    left = made.with_name(".made.part")
    (left / "folder").mkdir(parents=True)
    (left / "half").write_text("half", encoding="utf-8")
    with placed(made) as part:
        (part / "model").write_text("new", encoding="utf-8")
    assert [path.name for path in made.iterdir()] == ["model"]
    assert [path.name for path in made.parent.iterdir()] == ["made"]


def test_a_full_disk_is_told_with_what_to_do(made):
    full = [OSError(28, "No space left on device"), SafetensorError("I/O error: No space left on device")]
    for error in full:
        with pytest.raises(ExportError, match="No space left on device") as caught, placed(made):
            raise error
    assert "free some disk space" in caught.value.hint
    assert json.loads((made / "export.json").read_text(encoding="utf-8")) == {}


def test_too_little_disk_is_told_before_anything_is_done(tmp_path):
    with pytest.raises(ExportError, match="GiB free") as caught:
        check_room(tmp_path / "a" / "b", disk=1 << 60, memory=0)
    assert "--to" in caught.value.hint


def test_too_little_memory_is_told_before_anything_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "available_memory", lambda: 2 << 30)
    with pytest.raises(ExportError, match=r"2\.0 GiB of memory are free, 7\.0 GiB are needed"):
        check_room(tmp_path / "x", disk=1, memory=7 << 30)
    check_room(tmp_path / "x", disk=1, memory=2 << 30)
    assert "needs 2.0 GiB of memory" in capsys.readouterr().out
