"""A whole report of a small exam, as ``examine`` writes it."""

from copy import deepcopy

from phi4.evaluation import report as reports
from tests.evaluation.test_report import FACT, NUMBER, SAT, STRANGE


def small_report(name="bot", when="2026-01-01 10:00", rows=10):
    """The report of ``SAT``, whose adapter is called ``name``."""
    sat = [one if one.model == "base" else one.__class__(**{**vars(one), "model": name}) for one in SAT]
    return {
        "when": when,
        "base_model": "small",
        "models": {
            "base": {},
            name: {"base_model": "small", "data": {"sha256": "ab", "rows": rows}, "settings": {"r": 16}},
        },
        "settings": {"max_new_tokens": 64, "system_prompt": ""},
        "exam": reports.exam_hash([FACT, NUMBER, STRANGE]),
        "questions": 3,
        "judge": None,
        "scores": reports.summary(sat),
        "comparisons": reports.comparisons(sat),
        "kept": reports.kept_from_open_book(sat),
        "by_kind": reports.by_group(sat, "kind"),
        "by_file": reports.by_group(sat, "file"),
        "answers": reports.rows(deepcopy(sat), {"a": ["아스피린은 <혈소판>의 응집을 억제합니다."]}),
    }
