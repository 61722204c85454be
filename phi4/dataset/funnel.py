"""How many drafts went in, how many came out, and what stopped the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from phi4.dataset.verbatim import WRITER
from phi4.records import Example, Rejected

SAMPLES = 3


def funnel(accepted: Iterable[Example], rejected: Iterable[Rejected]) -> dict[str, Any]:
    """The funnel as data: counts by reason, the most frequent first, with three samples each. Walks once.

    A draft is counted once, however often it was tried; what was stopped in review had been accepted before.
    """
    rows: Counter[str] = Counter()
    for example in accepted:
        rows.update({"all": 1, "by_rule": example.asked_by == "rule", "verbatim": example.teacher == WRITER})
    reasons: Counter[str] = Counter()
    unheard = 0  # drafts, tries and verdicts that a failure of the teacher cost: the same command may still get them
    samples: dict[str, list[dict[str, str]]] = {}
    for item in rejected:
        rows[item.stage] += 1
        unheard += item.reason == "teacher"
        if item.stage == "try":
            continue
        reasons[item.reason] += 1
        if reasons[item.reason] <= SAMPLES:
            told = {"file": item.draft.source.file, "question": item.draft.question, "detail": item.detail}
            samples.setdefault(item.reason, []).append(told)
    return {
        "drafts": rows["all"] + rows["draft"],
        "accepted": rows["all"],
        "by_rule": rows["by_rule"],
        "verbatim": rows["verbatim"],
        "tries": rows["try"],
        "unheard": unheard,
        "rejected": dict(reasons.most_common()),
        "samples": {reason: samples[reason] for reason, _ in reasons.most_common()},
    }


def funnel_lines(report: dict[str, Any]) -> list[str]:
    """The funnel for a person."""
    total = report["drafts"]
    lines = [f"   drafts {total}  →  accepted {report['accepted']} ({_share(report['accepted'], total)})"]
    if report.get("by_rule"):
        lines.append(
            f"   worded   {report['by_rule']:>4}  of the accepted: the question was made by rule from its sentence"
        )
    if report.get("verbatim"):
        lines.append(
            f"   verbatim {report['verbatim']:>4}  of the accepted: in the passage's own words; "
            f"of the teacher's drafts {_share(*from_teacher(report))} passed"
        )
    if report.get("mended"):
        lines.append(
            f"   mended   {report['mended']:>4}  of the accepted: a step was replaced by the sentence it cites"
        )
    if report.get("revised"):
        lines.append(f"   revised  {report['revised']:>4}  drafts that were put right after a critique")
    if report.get("tries"):
        lines.append(f"   tries    {report['tries']:>4}  that failed before or after a critique, in rejected.jsonl too")
    if report.get("held_out"):
        lines.append(f"   held out {report['held_out']:>4}  of the accepted: an exam question or its wording")
    if report.get("refusals"):
        lines.append(f"   refusals {report['refusals']:>4}  added: questions that the seeds do not answer")
    if report.get("exam_questions"):
        lines.append(f"   exam     {report['exam_questions']:>4}  questions in exam.jsonl, never trained on")
    for reason, count in report["rejected"].items():
        samples = report["samples"][reason]
        lines.append(f"   rejected {count:>4}  {reason:<12} e.g. {samples[0]['detail'][:70]}")
    return lines


def from_teacher(report: dict[str, Any]) -> tuple[int, int]:
    """The accepted among the teacher's drafts and their wordings, and all of these: what a teacher is judged by."""
    return report["accepted"] - report.get("verbatim", 0), report["drafts"] - report.get("verbatim", 0)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
