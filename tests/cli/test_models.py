"""``phi4 models``: what there is, and where it lies."""

import json

import pytest

from phi4.cli import main
from phi4.weights import catalogue, models_dir


def test_the_list_names_every_model_its_size_and_the_folder(capsys):
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    for model in catalogue():
        assert model.name in out
        assert f"{model.bytes >> 20} MB" in out
    assert str(models_dir()) in out
    assert "✓" not in out


def test_a_pulled_model_has_a_tick(capsys):
    model = catalogue()[0]
    models_dir().mkdir(parents=True)
    with (models_dir() / model.file).open("wb") as file:
        file.truncate(model.bytes)  # as large as the real one, without its blocks
    (models_dir() / f"{model.file}.verified").write_text(model.sha256, encoding="utf-8")
    assert main(["models", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {entry["name"] for entry in found if entry["here"]} == {model.name}
    assert main(["models"]) == 0
    assert f"✓ {model.name}" in capsys.readouterr().out


def test_the_path_of_a_pulled_model_is_printed_alone(capsys):
    model = catalogue()[0]
    models_dir().mkdir(parents=True)
    with (models_dir() / model.file).open("wb") as file:
        file.truncate(model.bytes)
    (models_dir() / f"{model.file}.verified").write_text(model.sha256, encoding="utf-8")
    assert main(["models", "path", model.name]) == 0
    assert capsys.readouterr().out == f"{models_dir() / model.file}\n"


@pytest.mark.parametrize("action", ["pull", "path"])
def test_pull_and_path_want_a_name(action, capsys):
    assert main(["models", action]) == 2
    assert f"phi4 models {action}: which model?" in capsys.readouterr().err


def test_a_local_file_may_be_named_too(tmp_path, capsys):
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    assert main(["models", "path", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(path)}
