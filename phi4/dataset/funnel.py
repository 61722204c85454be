"""How many drafts went in, how many came out, and what stopped the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from phi4.records import Example, Rejected

SAMPLES = 3


def funnel(accepted: Sequence[Example], rejected: Sequence[Rejected]) -> dict[str, Any]:
    """The funnel as data: counts by reason, the most frequent first, with three samples each."""
    reasons = Counter(item.reason for item in rejected)
    return {
        "drafts": len(accepted) + len(rejected),
        "accepted": len(accepted),
        "by_rule": sum(example.asked_by == "rule" for example in accepted),
        "rejected": dict(reasons.most_common()),
        "samples": {
            reason: [
                {"file": item.draft.source.file, "question": item.draft.question, "detail": item.detail}
                for item in rejected
                if item.reason == reason
            ][:SAMPLES]
            for reason, _ in reasons.most_common()
        },
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
    for reason, count in report["rejected"].items():
        samples = report["samples"][reason]
        lines.append(f"   rejected {count:>4}  {reason:<12} e.g. {samples[0]['detail'][:70]}")
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
