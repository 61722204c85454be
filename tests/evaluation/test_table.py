"""What the terminal shows."""

import re

import pytest

from phi4.evaluation.table import show
from tests.evaluation.sat import small_report


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def printed(report, shown, capsys):
    show(report, shown)
    return capsys.readouterr().out


def test_every_score_is_told_with_its_interval_and_its_change(capsys):
    out = printed(small_report(), [], capsys)
    assert "exam: 3 questions" in out
    lines = [line for line in out.splitlines() if "%" in line and "│" in line]
    assert len(lines) >= 10
    for line in lines:
        for share in re.findall(r"\d+%.{0,3}", line):
            assert "[" in share, line
    assert re.search(r"right, from memory\s+│ 0% \[0–84\]\s+│ 50% \[0–100\]\s+│ \+50 \[\+0,\+100\] p=1.00", out)


def test_a_shown_question_has_every_answer_with_its_mark(capsys):
    out = printed(small_report(), ["a"], capsys)
    assert "Q a은 무엇입니까?   (gold: 응집)" in out
    assert "base  ✗ 모릅니다." in out
    assert "tuned ✓ 응집입니다." in out


def test_an_answer_that_a_judge_left_open_is_neither_right_nor_wrong(capsys):
    report = small_report()
    del report["answers"][0]["answers"]["closed_book"]["bot"]["marks"]["right"]
    assert "tuned ? 응집입니다." in printed(report, ["a"], capsys)


def test_markup_in_an_answer_is_shown_as_it_is(capsys):
    report = small_report()
    report["answers"][0]["answers"]["closed_book"]["bot"]["answer"] = "[/b] 답 [red]"
    assert "[/b] 답 [red]" in printed(report, ["a"], capsys)


def test_answers_that_never_ended_and_judges_out_of_form_are_told(capsys):
    report = small_report()
    report["scores"]["closed_book"]["bot"]["ended"]["value"] = 0.75
    report["judge"] = {"name": "scripted", "judged": 5, "votes": 12, "out_of_form": 2, "undecided": 1}
    out = printed(report, [], capsys)
    assert "bot: 25% of its answers never ended and were cut" in out
    assert "judge scripted: 5 answers, 12 votes, 2 out of form, 1 undecided (not scored)" in out


def test_several_adapters_stand_side_by_side(capsys):
    one, two = small_report("one"), small_report("two")
    for part in ("scores", "comparisons"):
        for condition, models in two[part].items():
            one[part][condition] |= models
    one["models"] |= two["models"]
    out = printed(one, [], capsys)
    assert "change one" in out
    assert "change two" in out
