"""The calibration of the thresholds against known questions."""

import json

from benchmarks.decontamination import PAIRS, measure
from phi4.dataset.decontamination import NEAR, RUN


def test_the_thresholds_in_use_find_most_and_accuse_few():
    chosen = measure(NEAR, RUN)
    assert chosen["recall"] >= 0.85
    assert chosen["false_alarms"] <= 0.1


def test_the_pairs_are_many_and_of_many_kinds_of_text():
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    assert len(pairs) >= 60
    assert len({pair["domain"] for pair in pairs}) >= 6
