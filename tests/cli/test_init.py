"""``phi4 init``: a workspace to begin with, and nothing overwritten."""

import json

import pytest

from phi4.cli import main
from phi4.paths import find_workspace
from phi4.seeds import read_seeds


def test_a_new_workspace_is_found_and_its_example_is_a_seed_that_is_not_among_the_seeds(tmp_path, capsys):
    root = tmp_path / "내 봇"
    assert main(["init", str(root)]) == 0
    workspace = find_workspace(start=root)
    assert workspace.root == root
    assert all(folder.is_dir() for folder in (workspace.exam, workspace.synthetic, workspace.models))
    assert list(workspace.seeds.iterdir()) == []
    found = read_seeds(root / "data")
    assert [seed.file for seed in found.seeds] == ["example.txt"]
    assert found.refused == ()
    assert str(root) in capsys.readouterr().out


def test_an_installed_package_without_its_checkout_has_an_example_too(tmp_path, monkeypatch):
    monkeypatch.setattr("phi4.cli.init.CHECKOUT", tmp_path / "no checkout")
    assert main(["init", str(tmp_path)]) == 0
    assert len(read_seeds(tmp_path / "data").seeds) == 1


def test_a_run_without_seeds_says_how_they_come_in(tmp_path, capsys):
    assert main(["init", str(tmp_path)]) == 0
    assert main(["generate", "--home", str(tmp_path), "--teacher", "embedded:qwen2.5-coder-1.5b"]) == 1
    told = capsys.readouterr().err
    assert f"no seed file (*.txt) in '{tmp_path / 'data' / 'seeds'}'" in told
    assert "phi4 import" in told


def test_without_a_folder_it_is_the_current_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"workspace": str(tmp_path)}
    assert (tmp_path / "data" / "seeds").is_dir()


def test_files_that_are_there_stay_as_they_are(tmp_path):
    own = tmp_path / "data" / "seeds" / "deep" / "나의 글.txt"
    for file in (own, tmp_path / "data" / "example.txt"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("내 글", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    assert set((tmp_path / "data").rglob("*.txt")) == {tmp_path / "data" / "example.txt", own}
    assert all(file.read_text(encoding="utf-8") == "내 글" for file in (tmp_path / "data").rglob("*.txt"))


@pytest.mark.parametrize("below", ["", "deep"])
def test_a_file_in_the_way_is_a_failure_that_names_it(below, tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path / "file" / below)]) == 1
    assert f"cannot make a workspace in '{tmp_path / 'file' / below}'" in capsys.readouterr().err


def test_a_file_where_the_seeds_should_be_is_a_failure(tmp_path, capsys):
    (tmp_path / "data").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 1
    assert "cannot make a workspace" in capsys.readouterr().err
