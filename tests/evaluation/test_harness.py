"""The public benchmarks: what is said when they cannot be had, and how their results are told."""

import importlib.util
import sys
from types import ModuleType

import pytest

from phi4.errors import EngineError, ExamError, UsageError
from phi4.evaluation import run_harness
from phi4.paths import Workspace
from tests.evaluation.test_candidates import adapter


@pytest.fixture
def workspace(tmp_path, tiny_base):
    place = Workspace(tmp_path)
    adapter(place, "bot", base=str(tiny_base))
    return place


@pytest.fixture
def harness(monkeypatch):
    """lm-eval's two names that we use, scripted; ``asked`` is what it was called with."""
    package, tasks = ModuleType("lm_eval"), ModuleType("lm_eval.tasks")
    package.asked = []

    def simple_evaluate(**stated):
        package.asked.append(stated)
        if package.failure:
            raise package.failure
        result = {"acc,none": 0.5, "acc_stderr,none": 0.1, "alias": "kobest"}
        return {"results": dict.fromkeys(stated["tasks"], result)}

    package.failure = None
    package.simple_evaluate = simple_evaluate
    tasks.TaskManager = lambda: type("Manager", (), {"all_tasks": ["kobest", "haerae"]})()
    package.__spec__ = importlib.util.spec_from_loader("lm_eval", None)
    monkeypatch.setitem(sys.modules, "lm_eval", package)
    monkeypatch.setitem(sys.modules, "lm_eval.tasks", tasks)
    return package


def run(workspace, *tasks):
    return run_harness(workspace, ["bot"], tasks, base_model="", limit=0)


def test_without_the_extra_it_says_what_to_install(workspace, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="not installed") as caught:
        run(workspace, "kmmlu")
    assert 'pip install "phi4[harness]"' in caught.value.hint


def test_an_unknown_task_is_wrong_use(workspace, harness):
    with pytest.raises(UsageError, match="no task 'kmlu'"):
        run(workspace, "kmlu")


def test_data_that_cannot_be_loaded_are_told_as_such(workspace, harness):
    harness.failure = ConnectionError("Couldn't reach 'skt/kobest_v1' on the Hub")
    with pytest.raises(ExamError, match="data of kobest cannot be loaded: Couldn't reach") as caught:
        run(workspace, "kobest")
    assert "Hugging Face" in caught.value.hint


def test_an_error_without_words_is_told_by_its_name(workspace, harness):
    harness.failure = ConnectionError()
    with pytest.raises(ExamError, match="data of kobest cannot be loaded: ConnectionError"):
        run(workspace, "kobest")


def test_a_full_gpu_is_not_told_as_missing_data(workspace, harness):
    import torch

    harness.failure = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    with pytest.raises(EngineError, match="lm-eval stopped at kobest: CUDA out of memory") as caught:
        run(workspace, "kobest")
    assert "nvidia-smi" in caught.value.hint
    harness.failure = ValueError("bad task")
    with pytest.raises(EngineError, match="lm-eval stopped at kobest: bad task"):
        run(workspace, "kobest")


def test_base_and_adapter_are_handed_over_and_told_with_intervals(workspace, harness, tiny_base, capsys):
    found = run(workspace, "kobest")
    assert [call["model_args"].get("peft", "") for call in harness.asked] == ["", str(workspace.models / "bot")]
    assert {call["model_args"]["pretrained"] for call in harness.asked} == {str(tiny_base)}
    assert found["bot"]["kobest"]["acc"] == {"value": 0.5, "low": pytest.approx(0.304), "high": pytest.approx(0.696)}
    assert "50% [30–70]" in capsys.readouterr().out
    assert (workspace.models / "bot" / "evaluation_harness.json").is_file()
