"""The page: whole, self-contained, and nothing of an answer runs in it."""

import re
from html.parser import HTMLParser

from phi4.evaluation.history import entry
from phi4.evaluation.page import evaluation_page
from tests.evaluation.sat import small_report

VOID = {"meta", "br"}


class Checked(HTMLParser):
    """Every tag that is opened is closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(report=None, history=()):
    return evaluation_page(report or small_report(), list(history))


def test_the_page_is_well_formed_and_asks_nothing_of_the_network():
    told = page()
    checked = Checked(told)
    assert checked.open == []
    assert not re.search(r"https?:|src=|@import|url\(", told)
    assert "script" not in {tag for tag, _ in checked.seen}


def test_every_score_has_a_bar_with_its_interval():
    told = page()
    assert "맞힘 (기억으로)" in told
    assert "50% [0–100]" in told
    assert '<i class="m-0" style="width:50.0%"></i><u style="left:0.0%;width:100.0%"></u>' in told


def test_the_verdict_does_not_claim_what_chance_could_have_done():
    assert "학습의 효과가 있다고 말할 수 없습니다" in page()
    report = small_report()
    report["comparisons"]["closed_book"]["bot"]["right"] |= {"p": 0.001}
    assert "학습이 도움이 되었습니다" in page(report)
    report["comparisons"]["closed_book"]["bot"]["right"] |= {"difference": -0.5}
    assert "학습이 오히려 해가 되었습니다" in page(report)


def test_groups_cases_and_their_passages_are_shown():
    told = page()
    assert "사실 <small>1문제</small>" in told
    assert "b.txt" in told
    improved, worst = told.split("가장 나아진 답")[1].split("가장 나쁜 답")
    assert "a은 무엇입니까?" in improved
    assert "b은 무엇입니까?" not in improved
    assert "b은 무엇입니까?" in worst
    assert "아스피린은 &lt;혈소판&gt;의 응집을 억제합니다." in improved


def test_an_answer_that_a_judge_left_open_is_neither_right_nor_wrong():
    report = small_report()
    told = {"answer": "글쎄요.", "reasoning_steps": [], "marks": {}}
    report["models"]["second"] = {}
    report["answers"][0]["answers"]["closed_book"]["second"] = told
    article = next(part for part in page(report).split("<article>") if "글쎄요." in part)
    second = article.split("second")[1]
    assert "? 채점하지 못함" in second
    assert "✗ 틀림" not in second


def test_an_answer_cannot_write_into_the_page():
    report = small_report("<b>bot")
    report["answers"][0]["answers"]["closed_book"]["<b>bot"]["answer"] = "<script>alert(1)</script>"
    told = page(report)
    assert "<script>" not in told
    assert "<b>bot" not in told
    assert Checked(told).open == []


def test_earlier_exams_are_shown_with_what_changed():
    history = [entry(small_report(rows=rows), "bot") for rows in (10, 20)]
    assert "rows: 10 → 20" in page(history=history)
    assert "지난 시험" not in page(history=history[:1])
