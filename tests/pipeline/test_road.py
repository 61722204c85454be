"""The road: stages in order, each done once as long as nothing it depends on changes."""

import json

import pytest

from phi4.errors import YieldError
from phi4.paths import Workspace
from phi4.pipeline import road, stages
from phi4.settings import load_settings


@pytest.fixture
def workspace(tmp_path):
    place = Workspace(tmp_path)
    place.seeds.mkdir(parents=True)
    (place.seeds / "a.txt").write_text("가나다", encoding="utf-8")
    return place


@pytest.fixture
def done(monkeypatch, workspace):
    """Stages that write their artefacts and remember that they were called."""
    calls = []

    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def generate(settings):
        calls.append("generate")
        write(workspace.train_file, f"rows of {(workspace.seeds / 'a.txt').read_text(encoding='utf-8')}")

    def train(settings, unchecked=False):
        calls.append("train")
        write(
            workspace.models / settings.adapter / "adapter_model.safetensors",
            workspace.train_file.read_text(encoding="utf-8"),
        )

    def evaluate(settings):
        calls.append("evaluate")
        write(workspace.models / settings.adapter / "evaluation.json", "{}")
        write(workspace.models / settings.adapter / "phi4.json", '{"evaluation": {}}')  # the scores go in there

    for stage in (generate, train, evaluate):
        monkeypatch.setattr(stages, stage.__name__, stage)
    return calls


def run(workspace, **stated):
    return road.run(load_settings({"home": str(workspace.root), "profile": "cpu", **stated}))


def test_the_stages_run_in_order_and_are_remembered(workspace, done, capsys):
    facts = run(workspace)
    assert done == ["generate", "train", "evaluate"]
    assert list(facts) == ["1/3 dataset", "2/3 training", "3/3 exam"]
    assert json.loads((workspace.synthetic / "run.json").read_text(encoding="utf-8")) == facts
    out = capsys.readouterr().out
    assert f"PHI4_ADAPTER_PATH={workspace.models / 'phi-4-3b-reasoning'}" in out
    assert "phi4 serve\n" in out
    assert f'ask "질문" --home {workspace.root}' in out


def test_a_second_run_does_nothing_again(workspace, done):
    run(workspace)
    run(workspace)
    assert done == ["generate", "train", "evaluate"]


def test_a_changed_seed_runs_everything_again(workspace, done):
    run(workspace)
    (workspace.seeds / "a.txt").write_text("라마바", encoding="utf-8")
    run(workspace)
    assert done == ["generate", "train", "evaluate"] * 2


def test_a_changed_training_setting_leaves_the_dataset(workspace, done):
    run(workspace)
    run(workspace, learning_rate="1e-3")
    assert done.count("generate") == 1
    assert done.count("train") == 2


def test_a_missing_artefact_is_made_again(workspace, done):
    run(workspace)
    workspace.train_file.unlink()
    run(workspace)
    assert done.count("generate") == 2
    assert done.count("train") == 1, "the same rows need no second training"


def test_after_a_failure_the_road_goes_on_where_it_stopped(workspace, done, monkeypatch):
    train = stages.train

    def fails(settings, unchecked=False):
        raise YieldError("no")

    monkeypatch.setattr(stages, "train", fails)
    with pytest.raises(YieldError):
        run(workspace)
    monkeypatch.setattr(stages, "train", train)
    run(workspace)
    assert done == ["generate", "train", "evaluate"]
