"""The scorers agree with a person on the labelled answers, and the benchmark counts as it says."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "scorers.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("benchmarks_scorers", SCRIPT)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rated(bench):
    return bench.rate(bench.read_labelled())


def test_the_labelled_set_is_large_and_balanced(bench):
    cases = bench.read_labelled()
    assert len({case["id"] for case in cases}) == len(cases) >= 200
    right = Counter(case["right"] for case in cases if "right" in case)
    assert min(right[True], right[False]) >= 100
    assert sum(bool(case.get("refused")) for case in cases) >= 10


@pytest.mark.parametrize(
    ("scorer", "floor"),
    [("right, short gold", 0.95), ("right, long gold", 0.80), ("right, all", 0.95), ("refusal", 0.90)],
)
def test_a_scorer_agrees_with_the_person(bench, rated, scorer, floor):
    cases, told = rated[scorer]
    assert bench.agreement([bench.label(case, scorer) for case in cases], told).kappa >= floor


def test_kappa_is_what_is_left_over_chance(bench):
    found = bench.agreement([True] * 25 + [False] * 25, [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15)
    assert found.agreement == 0.7  # the textbook's table: 20, 5, 10, 15
    assert found.kappa == pytest.approx(0.4)
    assert (found.yes_yes, found.yes_no, found.no_yes, found.no_no) == (20, 5, 10, 15)


def test_the_judges_prompt_is_tried_on_the_long_answers(bench, monkeypatch):
    """With a judge that says what the person said: every labelled pair fits its prompt and is counted."""
    import json

    from phi4.teachers import ScriptedTeacher

    cases = bench.read_labelled()
    labels = {f"채점 대상 답안: {case['answer']}\n": case["right"] for case in cases if "right" in case}

    def says(messages, schema):
        told = next(right for answer, right in labels.items() if answer in messages[-1].content + "\n")
        return json.dumps({"reason": "", "verdict": "맞음" if told else "틀림"})

    monkeypatch.setattr("phi4.teachers.open_teacher", lambda name, **stated: ScriptedTeacher(says))
    decided, verdicts, tally = bench.judged(cases, "scripted")
    assert verdicts == [case["right"] for case in decided]
    assert tally == {"judged": len(decided), "undecided": 0, "votes": 2 * len(decided), "out_of_form": 0}
