"""What the gates let through and what they cost: ``python benchmarks/gates.py``.

Every draft of a labelled set, written by hand for this, is mended and checked as a run does it
(``phi4/dataset/sorting.py``, without the wordings made by rule). Prints a table by label and one by
gate, every faulty draft that passes and every good one that is dropped, and the two shares that
count; writes ``benchmarks/results/gates.json``. No model, no network, the same every time.

``benchmarks/labelled/passages.jsonl``, a passage a line:
    id, domain, first (number of its first sentence), sentences

``benchmarks/labelled/drafts.jsonl``, on which the gates were tuned; ``held_out.jsonl``, on other passages, written
before the gates were, whose faults were mended after their first figures had been taken (``docs/log.md``); and
``held_out_2.jsonl``, on others again, judged once and not tuned on. A draft a line, as a teacher of 1.5B to 7B writes:
    id, label (one of ``LABELS``), passage (its id), focus (the sentence asked about),
    question, steps ({number of the cited sentence: step}), answer,
    fault (what is wrong, in a few words; absent where nothing is),
    bad_step (where the fault is in one step alone: the number it cites. Such a draft is right once
    that step is mended, so a good draft may have one),
    finish_reason (where it is not "stop")
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4.dataset.gates import GATES, check
from phi4.dataset.mend import mend_steps
from phi4.dataset.schemas import parse_draft
from phi4.records import Draft, Passage, Source

HERE = Path(__file__).parent
LABELS = (
    "good",
    "hallucinated",
    "swapped",
    "wrong_number",
    "wrong_polarity",
    "leak",
    "unfinished",
    "not_stand_alone",
    "bad_question",
    "off_focus",
    "repeated",
)
# What each gate is there to stop.
MEANT_FOR = {
    "finished": ("unfinished",),
    "korean": ("leak",),
    "leak": ("leak",),
    "register": ("unfinished",),  # a cut sentence has lost its polite ending
    "stand_alone": ("not_stand_alone",),
    "question": ("bad_question",),
    "support": ("hallucinated",),
    "numbers": ("wrong_number",),
    "fits": ("bad_question",),
    "polarity": ("wrong_polarity",),
    "roles": ("swapped",),
    "additions": ("hallucinated",),
    "unit": ("wrong_number",),
    "focus": ("off_focus",),
    "repetition": ("repeated",),  # most are put right before: a step that says another sentence becomes its own
}
FALSE_FACTS = ("hallucinated", "wrong_number")
PARTS = ("drafts", "held_out", "held_out_2")  # files of benchmarks/labelled
MOST_FALSE, MOST_DROPPED = 0.03, 0.10  # the reach


@dataclass(frozen=True)
class Verdict:
    """One labelled draft and what became of it."""

    case: dict[str, Any]
    objection: tuple[str, str] | None  # of the first gate, as a run records it
    alone: frozenset[str]  # every gate that objects, each asked alone
    put_right: bool  # its one wrong step was mended away

    @property
    def label(self) -> str:
        return self.case["label"]

    @property
    def outcome(self) -> str:
        if self.objection:
            return "stopped"
        return "put right" if self.put_right else "passes"

    @property
    def is_wrong(self) -> bool:
        """Whether a good draft is lost or a fault gets through."""
        if self.label == "good":
            return self.outcome != ("put right" if "bad_step" in self.case else "passes")
        return self.outcome == "passes"


def read_lines(name: str) -> list[dict[str, Any]]:
    """The objects of one JSONL file of the labelled set."""
    text = (HERE / "labelled" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read_passages() -> dict[str, Passage]:
    """The passages by their id."""
    return {
        told["id"]: Passage(
            file=f"{told['id']}.txt",
            sha256="0" * 64,
            first=told["first"],
            sentences=tuple(told["sentences"]),
            headings=("",) * len(told["sentences"]),
        )
        for told in read_lines("passages.jsonl")
    }


def as_draft(case: dict[str, Any], passage: Passage) -> Draft | str:
    """The draft as it leaves the parser, or what the parser has against it."""
    parsed = parse_draft(json.dumps({key: case[key] for key in ("steps", "answer", "question")}, ensure_ascii=False))
    if isinstance(parsed, str):
        return parsed
    steps = parsed.cited_steps()
    cited = sorted({step.cite for step in steps} - {case["focus"]})
    return Draft(
        id=case["id"],
        question=parsed.question,
        steps=steps,
        answer=parsed.answer,
        kind="fact",
        difficulty="A",
        source=Source(file=passage.file, sha256=passage.sha256, sentences=(*cited, case["focus"])),
        teacher="by hand",
        prompt_version="draft-0",
        finish_reason=case.get("finish_reason", "stop"),
    )


def judge(case: dict[str, Any], passage: Passage) -> Verdict:
    """Mend and check one draft."""
    draft = as_draft(case, passage)
    if isinstance(draft, str):
        return Verdict(case, ("schema", draft), frozenset({"schema"}), put_right=False)
    mended = mend_steps(draft, passage)
    alone = frozenset(name for name, gate in GATES if gate(mended, passage))
    wrong = [step for step in draft.steps if step.cite == case.get("bad_step")]
    put_right = bool(wrong) and not set(wrong) & set(mended.steps)
    return Verdict(case, check(mended, passage), alone, put_right)


def by_label(verdicts: list[Verdict]) -> dict[str, dict[str, float]]:
    """Of each label that occurs: how many drafts, and what became of them."""
    table = {}
    for label in LABELS:
        outcomes = Counter(verdict.outcome for verdict in verdicts if verdict.label == label)
        count = outcomes.total()
        if not count:
            continue
        table[label] = {
            "drafts": count,
            "stopped": outcomes["stopped"],
            "put_right": outcomes["put right"],
            "pass": outcomes["passes"],
            "share": outcomes["passes"] / count,
        }
    return table


def by_gate(verdicts: list[Verdict]) -> dict[str, dict[str, float | None]]:
    """Of each gate: how many it stopped first and how many of these were good; what it sees when asked alone."""
    table: dict[str, dict[str, float | None]] = {}
    for name in ("schema", *(name for name, _ in GATES)):
        stopped = [verdict for verdict in verdicts if verdict.objection and verdict.objection[0] == name]
        good = sum(verdict.label == "good" for verdict in stopped)
        seen = [verdict.label for verdict in verdicts if name in verdict.alone]
        meant = [verdict for verdict in verdicts if verdict.label in MEANT_FOR.get(name, ())]
        caught = sum(name in verdict.alone for verdict in meant)
        table[name] = {
            "stopped": len(stopped),
            "good": good,
            "precision": 1 - good / len(stopped) if stopped else None,
            "alone": len(seen),
            "alone_good": seen.count("good"),
            "recall": caught / len(meant) if meant else None,
        }
    return table


def headline(verdicts: list[Verdict]) -> dict[str, float]:
    """The shares that the reach is about, and how clean what passes is."""

    def share(of: Iterable[Verdict]) -> float:
        chosen = [verdict.is_wrong for verdict in of]
        return sum(chosen) / len(chosen)

    return {
        "false_facts_that_pass": share(verdict for verdict in verdicts if verdict.label in FALSE_FACTS),
        "good_dropped": share(verdict for verdict in verdicts if verdict.label == "good"),
        "all_faults_that_pass": share(verdict for verdict in verdicts if verdict.label != "good"),
        "faulty_among_passed": sum(v.is_wrong for v in verdicts if v.outcome == "passes")
        / sum(verdict.outcome != "stopped" for verdict in verdicts),
    }


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def report(verdicts: list[Verdict]) -> dict[str, Any]:
    """Print everything; the numbers as they are written to the result."""
    labels, gates, shares = by_label(verdicts), by_gate(verdicts), headline(verdicts)
    print(f"{'label':<16}{'drafts':>8}{'stopped':>9}{'put right':>11}{'pass':>6}{'share':>8}")
    for name, row in labels.items():
        counts = f"{row['drafts']:>8}{row['stopped']:>9}{row['put_right']:>11}{row['pass']:>6}"
        print(f"{name:<16}{counts}{_percent(row['share']):>8}")
    print(f"\n{'gate':<14}{'stopped':>8}{'good':>6}{'precision':>11}{'alone':>7}{'good':>6}{'recall':>8}  meant for")
    for name, row in gates.items():
        counts = f"{row['stopped']:>8}{row['good']:>6}{_percent(row['precision']):>11}{row['alone']:>7}"
        recall = f"{row['alone_good']:>6}{_percent(row['recall']):>8}"
        print(f"{name:<14}{counts}{recall}  {', '.join(MEANT_FOR.get(name, ()))}")
    wrong = [verdict for verdict in verdicts if verdict.is_wrong]
    print("\nfaulty, and pass:")
    for label in LABELS:
        for case in (v.case for v in wrong if v.label == label and v.outcome == "passes"):
            print(f"  {label:<16}{case['id']:<25}{case.get('fault', '')}")
    print("\ngood, and dropped:")
    for verdict in wrong:
        if verdict.objection:
            print(f"  {verdict.case['id']:<25}{': '.join(verdict.objection)}")
    print(f"\nhallucinated or wrong in a number, and pass: {shares['false_facts_that_pass']:.1%} (≤ {MOST_FALSE:.0%})")
    print(f"good, and dropped: {shares['good_dropped']:.1%} (≤ {MOST_DROPPED:.0%})")
    print(f"any fault, and pass: {shares['all_faults_that_pass']:.1%}")
    print(f"faulty among what passes: {shares['faulty_among_passed']:.1%}")
    told = {verdict.case["id"]: verdict.objection[0] if verdict.objection else "passes" for verdict in wrong}
    return {"headline": shares, "labels": labels, "gates": gates, "wrong": told}


def main() -> None:
    """Judge, print, write."""
    passages = read_passages()
    result = {}
    for part in PARTS:
        print(f"\n── {part} ──")
        result[part] = report([judge(case, passages[case["passage"]]) for case in read_lines(f"{part}.jsonl")])
    target = HERE / "results" / "gates.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
