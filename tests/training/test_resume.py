"""A real training that is killed, or asked to stop, and called again: the losses are those of an undisturbed one."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from phi4.training import train_adapter
from tests.training.kit import make_workspace, options

STEPS = 30  # a checkpoint after every sixth
CHANGES = {"lora_dropout": 0.1, "num_train_epochs": 5.0, "held_out": 0.2, "learning_rate": 0.002}
WORDS = [word for name, value in CHANGES.items() for word in (f"--{name}", str(value))]


def make(root):
    return make_workspace(root, facts=5, wordings=3)  # 15 rows, 3 of them held out: 6 steps an epoch


def losses(workspace):
    lines = (workspace.models / "bot" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [(entry["step"], entry.get("loss", entry.get("eval_loss"))) for entry in map(json.loads, lines)]


@pytest.fixture(scope="module")
def undisturbed(tiny_base, tmp_path_factory):
    workspace = make(tmp_path_factory.mktemp("undisturbed"))
    train_adapter(workspace, options(tiny_base, **CHANGES))
    return losses(workspace)


@pytest.fixture
def start(tiny_base, tmp_path):
    """Starts ``phi4 train`` as a process of its own."""
    workspace, children = make(tmp_path), []
    words = ["--model_name", str(tiny_base), "--gradient_accumulation_steps", "2", "--adapter", "bot", *WORDS]

    def run():
        environment = {**os.environ, "PHI4_HOME": str(workspace.root), "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        children.append(subprocess.Popen([sys.executable, "-m", "phi4", "train", *words], env=environment, **pipes))
        return workspace, children[-1]

    yield run
    for child in children:
        child.kill()
        child.communicate()


def wait_for_step(workspace, child, step):
    """Until the training has done that step."""
    path = workspace.models / ".bot.run" / "metrics.jsonl"
    while child.poll() is None:
        if path.is_file() and f'"step": {step},' in path.read_text(encoding="utf-8"):
            return
        time.sleep(0.005)
    raise AssertionError(f"the training ended by itself: {child.communicate()}")


def finish(start):
    workspace, child = start()
    said, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    assert not list(workspace.models.glob(".*"))
    return losses(workspace), said


def test_after_a_kill_the_losses_are_those_of_an_undisturbed_training(start, undisturbed):
    workspace, child = start()
    wait_for_step(workspace, child, 9)
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert not (workspace.models / "bot").exists()
    found, said = finish(start)
    assert re.search(r"going on from step (6|12|18|24) of an interrupted training", said)
    assert found == undisturbed


def test_asked_to_stop_it_saves_says_the_step_and_goes_on_from_there(start, undisturbed):
    workspace, child = start()
    wait_for_step(workspace, child, 8)
    child.terminate()
    said, complaint = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "run the same command to go on" in complaint
    (step,) = re.findall(rf"stopped at step (\d+) of {STEPS}, saved: the same command goes on", said)
    found, said = finish(start)
    assert f"going on from step {step} of an interrupted training" in said
    assert found == undisturbed
