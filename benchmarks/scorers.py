"""Do the scorers agree with a person? ``python benchmarks/scorers.py [--judge TEACHER]``.

``benchmarks/labelled/answers.jsonl`` holds answers to exam questions as small models write them, each
labelled by hand, a line each: id, question, answers (the golds), passage, answer, and ``right`` (is it?)
or ``refused`` (does it decline to answer?), or both. Prints agreement, Cohen's kappa, and every answer on which
rule and person differ; writes ``benchmarks/results/scorers.json``. No model, no network, the same every
time; with ``--judge`` the teacher of that name grades the long ones too (``phi4/evaluation/judge.py``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from phi4.evaluation.judge import Judge
from phi4.evaluation.refusal import declines
from phi4.evaluation.scores import is_long, is_right

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Agreement:
    """Two raters on the same answers: of ``n``, how many alike; kappa; and the counts that it is made of."""

    n: int
    agreement: float
    kappa: float
    yes_yes: int
    yes_no: int  # the person says yes, the rule no
    no_yes: int
    no_no: int


def agreement(person: Sequence[bool], rule: Sequence[bool]) -> Agreement:
    """Cohen's kappa: agreement over what chance alone would give (Cohen, 1960)."""
    pairs = list(zip(person, rule, strict=True))
    counts = [pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))]
    n, alike = len(pairs), (counts[0] + counts[3]) / len(pairs)
    yes = (sum(person) / n) * (sum(rule) / n)
    chance = yes + (1 - sum(person) / n) * (1 - sum(rule) / n)
    return Agreement(n, alike, (alike - chance) / (1 - chance) if chance < 1 else 1.0, *counts)


def read_labelled() -> list[dict[str, Any]]:
    """The labelled answers."""
    text = (HERE / "labelled" / "answers.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def rate(cases: Sequence[dict[str, Any]]) -> dict[str, tuple[list[dict[str, Any]], list[bool]]]:
    """Scorer → the cases that it is for, and what it says of each."""
    marked = [case for case in cases if "right" in case]
    long = [case for case in marked if is_long(case["answers"][0])]
    short = [case for case in marked if not is_long(case["answers"][0])]
    return {
        "right, short gold": (short, [_is_right(case) for case in short]),
        "right, long gold": (long, [_is_right(case) for case in long]),
        "right, all": (marked, [_is_right(case) for case in marked]),
        "refusal": (list(cases), [_declines(case) for case in cases]),
    }


def label(case: dict[str, Any], scorer: str) -> bool:
    """What the person says; an answer that is not labelled as a refusal is none."""
    return bool(case.get("refused")) if scorer == "refusal" else bool(case["right"])


def judged(cases: Sequence[dict[str, Any]], name: str) -> tuple[list[dict[str, Any]], list[bool], dict[str, int]]:
    """The long cases that the teacher ``name`` decided, its verdicts, and its tally."""
    from phi4 import weights
    from phi4.settings import load_settings
    from phi4.teachers import open_teacher

    settings = load_settings({})
    teacher = open_teacher(
        name,
        find_gguf=weights.gguf_file,
        ollama_url=settings.ollama_url,
        api_key=settings.teacher_api_key.get_secret_value(),
        context=settings.teacher_context,
        timeout=settings.teacher_timeout,
    )
    judge = Judge(teacher)
    decided, verdicts = [], []
    try:
        for case in (case for case in cases if "right" in case and is_long(case["answers"][0])):
            verdict = judge.is_right(case["passage"], case["question"], case["answers"][0], case["answer"])
            if verdict is not None:
                decided.append(case)
                verdicts.append(verdict)
    finally:
        teacher.close()
    return decided, verdicts, judge.tally.as_data()


def main() -> None:
    """Print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judge", default="", help="a teacher's name, to compare with the rule on long golds")
    arguments = parser.parse_args()
    cases = read_labelled()
    rated = rate(cases)
    result: dict[str, Any] = {}
    if arguments.judge:
        decided, verdicts, result["judge"] = judged(cases, arguments.judge)
        rated[f"judge {arguments.judge}"] = (decided, verdicts)
    print(f"{'scorer':<28} {'n':>4} {'agree':>6} {'kappa':>6}   missed  invented")
    for name, (asked, told) in rated.items():
        found = agreement([label(case, name) for case in asked], told)
        result[name] = asdict(found)
        print(
            f"{name:<28} {found.n:>4} {found.agreement:>6.1%} {found.kappa:>6.3f}  {found.yes_no:>7} {found.no_yes:>9}"
        )
        for case, verdict in zip(asked, told, strict=True):
            if verdict != label(case, name) and name != "right, all":
                print(f"    {case['id']} person {label(case, name)}: {case['answer']}   (gold {case['answers']})")
    target = HERE / "results" / "scorers.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _is_right(case: dict[str, Any]) -> bool:
    told = is_right(case["answer"], case["answers"], case["question"], [case["passage"]])
    return told and not _declines(case)


def _declines(case: dict[str, Any]) -> bool:
    return declines(case["answer"], case["answers"], case["question"], [case["passage"]])


if __name__ == "__main__":
    main()
