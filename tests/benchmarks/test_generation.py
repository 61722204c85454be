"""The benchmark's made-up seeds and its teacher are good ones: what it measures is the engine, not rejections."""

import importlib.util
import sys
from pathlib import Path

import pytest

from phi4.dataset.plan import plan
from phi4.paths import Workspace
from phi4.seeds import Documents, read_seeds

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "generation.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("benchmarks_generation", SCRIPT)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_two_seeds_are_alike(bench):
    texts = {bench.made_up(number) for number in range(3000)}
    assert len(texts) == 3000


def test_every_sentence_of_a_seed_has_its_question(bench):
    for number in (0, 7, 123_456, 999_999):
        for sentence in bench.made_up(number).split("\n"):
            assert bench.question_of(sentence).endswith("까?")


def test_most_of_what_its_teacher_writes_passes_and_a_second_run_asks_nothing(bench, tmp_path):
    bench.write_seeds(Workspace(tmp_path).seeds, 5)
    documents = Documents(read_seeds(Workspace(tmp_path).seeds))
    requests = sum(len(plan(document.passages)) for document in documents)
    first, again = bench.run_once(tmp_path, 0), bench.run_once(tmp_path, 0)
    assert first["requests"] >= requests == 5 * len(bench.SENTENCES)
    assert first["rows"] >= 0.8 * requests
    assert (again["requests"], again["rows"]) == (0, first["rows"])
