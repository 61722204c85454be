"""Runs on one machine and on several, to be compared."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from phi4 import seeds
from phi4.dataset import build_dataset
from phi4.paths import Workspace
from phi4.scale import generate_on
from tests.scale.crowd import Noting, here, options, teacher, write_seeds

ROOT = Path(__file__).parents[2]
ALONE = "TESTED_ON_RAY_ALONE"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """A test on a real Ray runs in a process of its own: where Ray loses its raylet as it shuts down, it ends the
    process at once, with the results of all other tests."""
    if "cluster" not in pyfuncitem.keywords or ALONE in os.environ:
        return None
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", pyfuncitem.nodeid]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, ALONE: "1"}, capture_output=True, text=True, check=False
    )
    assert f"{pyfuncitem.nodeid} PASSED" in done.stdout, done.stdout + done.stderr
    return True


FILES = ("train.jsonl", "rejected.jsonl", "preference.jsonl", "exam.jsonl")
TIMES = ("seconds", "requests", "prompt_tokens", "completion_tokens")


@pytest.fixture
def road(tmp_path, monkeypatch):
    """``alone()`` and ``together()`` run over the same seeds; both give files, report and requests."""

    def run(name, count, twins, again=False):
        workspace = Workspace(tmp_path / name)
        if not again:
            write_seeds(workspace.seeds, count, twins)
        return workspace, seeds.read_seeds(workspace.seeds), tmp_path / f"{name}.log"

    def result(workspace, report, log):
        found = {name: workspace.synthetic / name for name in FILES}
        return SimpleNamespace(
            workspace=workspace,
            report={key: value for key, value in report.items() if key not in TIMES},
            files={name: path.read_text(encoding="utf-8") for name, path in found.items() if path.exists()},
            requests=report["requests"],
            asked=log.read_text().splitlines() if log.exists() else [],
        )

    def alone(count=7, twins=(), exam=(), again=False, **chosen):
        workspace, folder, log = run("alone", count, twins, again)
        report = build_dataset(workspace, seeds.Documents(folder), Noting(log), options(**chosen), exam)
        return result(workspace, report, log)

    def together(count=7, twins=(), where="", exam=(), again=False, open_teacher=None, kills=0, fresh=False, **chosen):
        if not where:
            monkeypatch.setattr("phi4.scale.generate.cluster", here)
        workspace, folder, log = run("together", count, twins, again)
        opening = open_teacher or teacher(log, kills=kills)
        report = generate_on(where or "ray", workspace, folder, opening, options(**chosen), exam, fresh)
        return result(workspace, report, log)

    return SimpleNamespace(alone=alone, together=together)
