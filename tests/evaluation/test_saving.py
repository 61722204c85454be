"""Results go to the adapter that sat the exam, and to no other."""

import json

import pytest

from phi4.chat import Adapter, weights_hash
from phi4.evaluation.saving import save
from phi4.paths import Workspace
from tests.evaluation.sat import small_report

FACTS = {"base_model": "small", "settings": {"r": 16}, "data": {"sha256": "ab", "rows": 10}}


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
def bot(workspace):
    folder = workspace.models / "bot"
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"old")
    (folder / "phi4.json").write_text(json.dumps(FACTS), encoding="utf-8")
    return Adapter(folder, "small", FACTS)


def facts(bot):
    return json.loads((bot.folder / "phi4.json").read_text(encoding="utf-8"))


def test_the_results_of_an_adapter_go_into_its_folder(workspace, bot):
    assert save(workspace, [bot], [weights_hash(bot)], small_report()) == []
    assert (bot.folder / "evaluation.json").is_file()
    assert (bot.folder / "evaluation.html").is_file()
    assert facts(bot)["evaluation"]["questions"] == 3


def test_an_adapter_that_was_trained_anew_meanwhile_keeps_its_folder(workspace, bot):
    before = weights_hash(bot)
    (bot.folder / "adapter_model.safetensors").write_bytes(b"new")
    anew = {**FACTS, "data": {"sha256": "cd", "rows": 20}}
    (bot.folder / "phi4.json").write_text(json.dumps(anew), encoding="utf-8")
    assert save(workspace, [bot], [before], small_report()) == ["bot"]
    assert facts(bot) == anew
    assert not (bot.folder / "evaluation.json").exists()
    assert not (bot.folder / "README.md").exists()
    beside = json.loads((workspace.models / "bot.evaluation.json").read_text(encoding="utf-8"))
    assert beside["models"]["bot"]["data"]["sha256"] == "ab"
    assert (workspace.models / "bot.evaluation.html").is_file()


def test_an_adapter_that_is_gone_leaves_its_report(workspace, bot):
    before = weights_hash(bot)
    (bot.folder / "adapter_model.safetensors").unlink()
    assert save(workspace, [bot], [before], small_report()) == ["bot"]
    assert (workspace.models / "bot.evaluation.json").is_file()


def test_only_the_evaluation_of_the_facts_changes(workspace, bot):
    told = {**FACTS, "note": "written while the exam was sat"}
    (bot.folder / "phi4.json").write_text(json.dumps(told), encoding="utf-8")
    save(workspace, [bot], [weights_hash(bot)], small_report())
    found = facts(bot)
    assert found.pop("evaluation")["scores"]
    assert found == told


def test_facts_that_can_no_longer_be_read_are_written_as_they_were(workspace, bot):
    (bot.folder / "phi4.json").write_text("{", encoding="utf-8")
    save(workspace, [bot], [weights_hash(bot)], small_report())
    assert facts(bot)["base_model"] == "small"
