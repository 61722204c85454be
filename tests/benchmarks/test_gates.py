"""The labelled set is whole, and the benchmark counts as it says."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from phi4.records import Passage

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gates.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("benchmarks_gates", SCRIPT)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PASSAGE = Passage(
    file="a.txt",
    sha256="0" * 64,
    first=1,
    sentences=("보온병은 물의 온도를 6시간 동안 지킵니다.", "보온병은 끓는 물로 씻지 않습니다."),
    headings=("", ""),
)


def case(label, **changes):
    good = {
        "id": "a-1",
        "label": label,
        "passage": "a",
        "focus": 1,
        "question": "보온병은 물의 온도를 몇 시간 동안 지킵니까?",
        "steps": {"2": PASSAGE.sentences[1], "1": PASSAGE.sentences[0]},
        "answer": PASSAGE.sentences[0],
    }
    return good | changes


def test_every_draft_is_about_a_sentence_of_its_passage(bench):
    passages = bench.read_passages()
    cases = bench.read_lines("drafts.jsonl")
    assert len({told["id"] for told in cases}) == len(cases)
    for told in cases:
        held = passages[told["passage"]].numbers
        assert told["focus"] in held
        assert {int(cite) for cite in told["steps"]} <= set(held)
        assert str(told["focus"]) in told["steps"]
        assert str(told.get("bad_step", told["focus"])) in told["steps"]
        assert told["label"] == "good" or told["fault"]


def test_every_label_has_enough_drafts(bench):
    counts = Counter(told["label"] for told in bench.read_lines("drafts.jsonl"))
    assert set(counts) == set(bench.LABELS)
    assert counts["good"] >= 110
    assert min(counts.values()) >= 18
    assert counts.total() >= 240


def test_a_good_draft_that_passes_and_a_faulty_one_that_is_stopped_are_right(bench):
    cut = case("unfinished", finish_reason="length")
    verdicts = [bench.judge(told, PASSAGE) for told in (case("good"), cut)]
    assert [(verdict.outcome, verdict.is_wrong) for verdict in verdicts] == [("passes", False), ("stopped", False)]
    assert bench.by_gate(verdicts)["finished"] | {"recall": None} == {
        "stopped": 1, "good": 0, "precision": 1.0, "alone": 1, "alone_good": 0, "recall": None,
    }  # fmt: skip


def test_a_fault_that_passes_and_a_good_draft_that_is_lost_are_wrong(bench):
    verdicts = [bench.judge(told, PASSAGE) for told in (case("swapped"), case("good", finish_reason="length"))]
    assert [(verdict.outcome, verdict.is_wrong) for verdict in verdicts] == [("passes", True), ("stopped", True)]
    assert bench.by_gate(verdicts)["finished"]["precision"] == 0.0


def test_a_wrong_step_that_is_mended_is_put_right(bench):
    steps = {"2": PASSAGE.sentences[1], "1": "보온병은 물의 온도를 60시간 동안 지킵니다."}
    for label in ("good", "wrong_number"):
        verdict = bench.judge(case(label, steps=steps, bad_step=1), PASSAGE)
        assert (verdict.outcome, verdict.is_wrong) == ("put right", False)


def test_an_answer_that_the_parser_refuses_is_counted_as_such(bench):
    verdict = bench.judge(case("unfinished", answer=""), PASSAGE)
    assert verdict.objection[0] == "schema"
    assert bench.by_gate([verdict])["schema"]["stopped"] == 1
