"""How many drafts went in, how many came out, and what stopped the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from phi4.records import Example, Rejected

SAMPLES = 3


def funnel(accepted: Iterable[Example], rejected: Iterable[Rejected]) -> dict[str, Any]:
    """The funnel as data: counts by reason, the most frequent first, with three samples each. Walks once."""
    by_rule = Counter(example.asked_by == "rule" for example in accepted)
    reasons: Counter[str] = Counter()
    samples: dict[str, list[dict[str, str]]] = {}
    for item in rejected:
        reasons[item.reason] += 1
        if reasons[item.reason] <= SAMPLES:
            told = {"file": item.draft.source.file, "question": item.draft.question, "detail": item.detail}
            samples.setdefault(item.reason, []).append(told)
    return {
        "drafts": by_rule.total() + reasons.total(),
        "accepted": by_rule.total(),
        "by_rule": by_rule[True],
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
    if report.get("mended"):
        lines.append(
            f"   mended   {report['mended']:>4}  of the accepted: a step was replaced by the sentence it cites"
        )
    if report.get("revised"):
        lines.append(f"   revised  {report['revised']:>4}  drafts that were put right after a critique")
    for reason, count in report["rejected"].items():
        samples = report["samples"][reason]
        lines.append(f"   rejected {count:>4}  {reason:<12} e.g. {samples[0]['detail'][:70]}")
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
