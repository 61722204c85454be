"""Two processes train as one: the same losses, one voice, one stop."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from phi4.errors import TrainingError
from phi4.training import processes, train_adapter
from tests.training.kit import make_workspace, options

CHANGES = {"num_train_epochs": 10.0, "held_out": 0.2, "learning_rate": 0.002, "lora_dropout": 0.0}
DEPLOY = Path(__file__).parents[2] / "deploy" / "accelerate"
LAUNCH = ("accelerate.commands.launch", "--config_file", str(DEPLOY / "two-processes-cpu.yaml"))


def make(root):
    return make_workspace(root, facts=5, wordings=3)  # 15 rows, 3 of them held out


def losses(workspace):
    """Of every step and every evaluation, in order."""
    lines = (workspace.models / "bot" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry.get("loss", entry.get("eval_loss")) for entry in map(json.loads, lines)]


@pytest.fixture
def alone(tiny_base, fp32, tmp_path):
    """One process with four rows a step: three steps an epoch."""
    workspace = make(tmp_path / "alone")
    train_adapter(workspace, options(tiny_base, gradient_accumulation_steps=4, **CHANGES))
    return workspace


@pytest.fixture
def start(tiny_base, tmp_path):
    """Starts the same training as two processes with two rows each."""
    workspace, started = make(tmp_path / "together"), []
    words = ["train", "--model_name", str(tiny_base), "--gradient_accumulation_steps", "2", "--adapter", "bot"]
    words += [word for name, value in CHANGES.items() for word in (f"--{name}", str(value))]
    environment = {
        **os.environ, "PHI4_HOME": str(workspace.root), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "",
        "PYTHONUTF8": "1",
    }  # fmt: skip

    def run():
        command = [sys.executable, "-m", *LAUNCH, str(Path(__file__).with_name("in_fp32.py")), *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        started.append(subprocess.Popen(command, env=environment, **pipes))
        return workspace, started[-1]

    yield run
    for launcher in started:
        launcher.terminate()  # it ends what it started
        launcher.communicate()


def test_two_processes_even_interrupted_give_the_losses_of_one_and_speak_with_one_voice(start, alone):
    workspace, launcher = start()
    path = workspace.models / ".bot.run" / "metrics.jsonl"
    while not (path.is_file() and '"step": 9,' in path.read_text(encoding="utf-8")):
        assert launcher.poll() is None, launcher.communicate()
        time.sleep(0.005)
    launcher.terminate()  # both are asked to stop, each at another moment
    said, _ = launcher.communicate(timeout=60)
    assert launcher.returncode != 0
    assert said.count("📚 12 rows") == 1
    (step,) = re.findall(r"stopped at step (\d+) of 30, saved", said)
    checkpoint = workspace.models / ".bot.run" / f"checkpoint-{step}"
    assert {path.name for path in checkpoint.glob("rng_state*")} == {"rng_state_0.pth", "rng_state_1.pth"}

    workspace, launcher = start()
    said, complaint = launcher.communicate(timeout=120)
    assert launcher.returncode == 0, complaint
    for words in ("📚 12 rows", f"going on from step {step}", "🎉 Training Complete!", "💾 Saved to: models/bot"):
        assert said.count(words) == 1, said
    assert losses(workspace) == pytest.approx(losses(alone), rel=1e-5)
    assert not list(workspace.models.glob(".*"))


def test_alone_a_process_is_the_first_and_waits_for_nobody(capsys):
    with processes.joined("cpu"), processes.first_goes_first() as first:
        print("heard")
        processes.wait()
        assert (first, processes.number(), processes.count()) == (True, 0, 1)
        assert [processes.any_of_us(flag, torch.device("cpu")) for flag in (False, True)] == [False, True]
    assert capsys.readouterr().out == "heard\n"


@pytest.mark.parametrize("name", processes.SHARDING)
def test_a_launch_that_shards_the_base_is_refused_before_anything_is_loaded(monkeypatch, name):
    monkeypatch.setenv(name, "true")
    with pytest.raises(TrainingError, match=name) as caught, processes.joined("cpu"):
        pass
    assert "deploy/accelerate" in caught.value.hint
