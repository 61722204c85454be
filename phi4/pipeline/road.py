"""``phi4 run``: the whole road on one screen. A stage whose inputs did not change is not done again."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from phi4 import __version__, prompts
from phi4.paths import Workspace, atomic_write, find_workspace
from phi4.pipeline import stages
from phi4.pipeline.choose import completed
from phi4.pipeline.inputs import dataset_inputs, exams, inputs_of
from phi4.progress import clock
from phi4.settings import Settings
from phi4.weights.bases import check_base

RECORD = "run.json"  # in data/synthetic: what was done, from what, in which time


def run(settings: Settings, unchecked: bool = False) -> dict[str, Any]:
    """Seeds → dataset → adapter → before/after answers; returns times and artefacts of the stages."""
    from phi4.seeds import read_seeds

    if not settings.stated("profile"):
        settings = settings.model_copy(update={"profile": "auto"})
    settings = completed(settings)
    if not unchecked:
        check_base(settings.model_name)
    workspace = find_workspace(settings.home)
    folder = read_seeds(stages.seeds_place(settings, workspace), settings.limit)
    adapter = workspace.models / settings.adapter
    maker = f"{__version__} {prompts.version('draft')} {prompts.version('judge')}"  # no change of it costs a training

    road = _Road(workspace)
    key = dataset_inputs(settings, workspace, folder)
    road.stage("1/3 dataset", lambda: stages.generate(settings), [workspace.train_file], key)
    key = inputs_of(settings, ("training",), maker, workspace.root, [workspace.train_file])
    road.stage("2/3 training", lambda: stages.train(settings, unchecked=unchecked), [adapter], key)
    weights = adapter / "adapter_model.safetensors"  # not phi4.json, which the exam writes its scores into
    asked_of = [weights, *exams(workspace), workspace.synthetic_exam]
    key = inputs_of(settings, ("answers", "exam"), maker, workspace.root, asked_of)
    road.stage("3/3 exam", lambda: stages.evaluate(settings), [adapter / "evaluation.json"], key)

    road.close(settings)
    return road.done


class _Road:
    """Does the stages in order and remembers them in ``run.json``."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._file = workspace.synthetic / RECORD
        self.done: dict[str, Any] = {}
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self._before = found if isinstance(found, dict) else {}

    def stage(self, name: str, work: Callable[[], object], artefacts: list[Path], key: str) -> None:
        """Do one stage, unless it was done from the same inputs and its artefacts are still there."""
        before = self._before.get(name, {})
        shown = ", ".join(self._workspace.show(path) for path in artefacts)
        if key and before.get("key") == key and all(path.exists() for path in artefacts):
            print(f"── {name}: already done ({clock(before['seconds'])}), nothing it depends on changed → {shown}")
            self.done[name] = before
            return
        print(f"── {name}", flush=True)
        start = time.monotonic()
        work()
        seconds = time.monotonic() - start
        self.done[name] = {"key": key, "seconds": round(seconds, 1), "artefacts": shown}
        with atomic_write(self._file) as file:
            json.dump({**self._before, **self.done}, file, ensure_ascii=False, indent=1)
        print(f"── {name}: {clock(seconds)} → {shown}", flush=True)

    def close(self, settings: Settings) -> None:
        """The last lines: time of each stage, and what to type next."""
        times = " · ".join(f"{name.partition(' ')[2]} {clock(entry['seconds'])}" for name, entry in self.done.items())
        print(f"\n✅ {times}")
        # Installed in a folder that is not on PATH, the module still answers.
        phi4 = "phi4" if shutil.which("phi4") else f"{shlex.quote(sys.executable)} -m phi4"
        home, adapter = self._workspace.root, self._workspace.models / settings.adapter
        print(f"serve: PHI4_ADAPTER_PATH={shlex.quote(str(adapter))} {phi4} serve")
        print(f"       then open http://{settings.host}:{settings.port}/")
        print(f'ask:   {phi4} ask "질문" --home {shlex.quote(str(home))} --adapter {settings.adapter}')
