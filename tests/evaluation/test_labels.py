"""Names and numbers as people read them."""

from phi4.evaluation.labels import SCORES, percent


def test_no_score_is_named_twice():
    assert len({(score.condition, score.mark) for score in SCORES}) == len(SCORES)
    assert len({score.label for score in SCORES}) == len({score.korean for score in SCORES}) == len(SCORES)


def test_a_score_is_never_told_without_its_interval():
    assert percent({"value": 0.471, "low": 0.36, "high": 0.58}) == "47% [36–58]"
    assert percent({"value": 92.4, "low": 88, "high": 97}, "tokens") == "92 [88–97]"
    assert percent({}) == "–"
