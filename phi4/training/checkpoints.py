"""A training that can be interrupted anywhere: its folder, what it was started with, where to go on.

``models/.NAME.run/`` holds ``run.json`` (everything that shapes the result) and the Trainer's
checkpoints while a training is unfinished, and is gone when the adapter is in place.
"""

from __future__ import annotations

import json
import math
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phi4.errors import TrainingError, first_line
from phi4.paths import Workspace, atomic_write, only_maker
from phi4.training.processes import number

RECORD, STATE = "run.json", "trainer_state.json"


def run_folder(workspace: Workspace, adapter: str) -> Path:
    """Where the unfinished training of an adapter is kept."""
    return workspace.models / f".{adapter}.run"


@contextmanager
def only_training(workspace: Workspace, adapter: str) -> Iterator[None]:
    """One training at a time makes an adapter: a second would delete the checkpoints of the first.

    Of processes that train together the first answers for all. Raises ``WorkspaceError`` when another is at work.
    """
    if number():
        yield
        return
    hint = "wait until it has ended, or train one of another name: phi4 train --adapter NAME"
    with only_maker(workspace.models / adapter, f"training of the adapter '{adapter}'", hint):
        yield


def open_run(folder: Path, shape: dict[str, Any], fresh: bool) -> Path | None:
    """The checkpoint to go on from, or None to begin; ``shape`` is what the result follows from.

    Its ``device`` is a device and a number format; an unfinished training goes on in the format that it began with
    (``number_format``), whatever is fastest now.

    Raises ``TrainingError`` when an unfinished training of another shape is there: going on would
    mix two, starting over would throw hours away, so the user says which. Raises ``WorkspaceError``
    when the folder cannot be written.
    """
    record = folder / RECORD
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    before = _read(record)
    checkpoint = newest_complete(folder, int(before.get("processes", 1)))
    if checkpoint is None:
        shutil.rmtree(folder, ignore_errors=True)
        with atomic_write(record) as file:
            json.dump(shape, file, ensure_ascii=False, indent=1)
        return None
    if differences := _differences(before, json.loads(json.dumps(shape))):
        raise TrainingError(
            f"an unfinished training is in '{folder}', started with other settings: {'; '.join(differences)}",
            "give the same settings to go on with it, or start over with: phi4 train --fresh",
        )
    return checkpoint


def number_format(folder: Path) -> str:
    """The name of the number format that the training in this folder computes in, from beginning to end; empty on a
    machine that does not see the first one's folder."""
    return str(_read(folder / RECORD).get("device", "")).partition(" ")[2]


def newest_complete(folder: Path, processes: int = 1) -> Path | None:
    """The newest checkpoint whose files can all be read; broken ones are said and removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    while found:
        checkpoint = found.pop()
        if (fault := _fault(checkpoint, processes)) is None:
            return checkpoint
        instead = "the one before it is used" if found else "starting over"
        print(f"⚠️ {checkpoint.name} is incomplete ({fault}): {instead}")
        shutil.rmtree(checkpoint)
    return None


def is_finished(checkpoint: Path) -> bool:
    """Whether it is of a training's last step: the planned one, or where the held-out loss had stopped falling."""
    state = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
    stopping = state["stateful_callbacks"].get("EarlyStoppingCallback")
    patience = stopping["args"]["early_stopping_patience"] if stopping else math.inf
    waited = stopping["attributes"]["early_stopping_patience_counter"] if stopping else 0
    return bool(state["global_step"] >= state["max_steps"] or waited >= patience)


def _fault(checkpoint: Path, processes: int) -> str | None:
    """What is wrong with a checkpoint. The Trainer writes them in place, ``trainer_state.json`` last."""
    from safetensors import SafetensorError, safe_open

    try:
        json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
        with safe_open(checkpoint / "adapter_model.safetensors", "pt") as file:
            file.keys()
        noise = [f"rng_state_{n}.pth" for n in range(processes)] if processes > 1 else ["rng_state.pth"]
        for name in ("optimizer.pt", "scheduler.pt", *noise):
            with zipfile.ZipFile(checkpoint / name) as archive:
                if archive.testzip() is not None:
                    return f"{name} is damaged"
    except (OSError, ValueError, SafetensorError, zipfile.BadZipFile) as error:
        return first_line(error)
    return None


def _read(record: Path) -> dict[str, Any]:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [
        f"{key} {_compared(key, before)} → {_compared(key, now)}"
        for key in sorted({*before, *now})
        if _compared(key, before) != _compared(key, now)
    ]


def _compared(key: str, shape: dict[str, Any]) -> Any:
    """What must agree of an entry. On a CPU the number format hangs on a timing: nobody could make it agree."""
    return str(shape.get(key)).partition(" ")[0] if key == "device" else shape.get(key)
