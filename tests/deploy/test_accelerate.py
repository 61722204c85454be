"""What stands in deploy/accelerate is what accelerate reads, and says what docs/scale.md says."""

from pathlib import Path

import pytest
from accelerate.commands.config.config_args import load_config_from_file

FOLDER = Path(__file__).parents[2] / "deploy" / "accelerate"
PROCESSES = {"two-gpus": (2, 1), "eight-gpus": (8, 1), "two-machines": (4, 2), "two-processes-cpu": (2, 1)}


def test_every_file_is_known_here():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(PROCESSES)


@pytest.mark.parametrize("name", PROCESSES)
def test_accelerate_reads_it_and_starts_so_many(name):
    read = load_config_from_file(str(FOLDER / f"{name}.yaml"))  # raises for a key that it does not know
    assert (read.num_processes, read.num_machines) == PROCESSES[name]
    assert read.mixed_precision == "no"


@pytest.mark.parametrize("name", PROCESSES)
def test_a_step_has_eight_rows_as_its_first_line_is_typed(name):
    lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    (typed,) = [line for line in lines if line.startswith("#") and "accelerate launch" in line]
    accumulation = int(typed.split("--gradient_accumulation_steps ")[1])
    assert accumulation * PROCESSES[name][0] == (4 if name == "two-processes-cpu" else 8)
