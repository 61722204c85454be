"""The verb of the stage: ask base and adapter the exam's questions, score, show, write."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from statistics import mean
from typing import Any

from phi4.chat import Chatbot, Reply, open_chatbot, read_adapter
from phi4.evaluation.exam import HOW_TO_WRITE, load_exam, practice, spread
from phi4.evaluation.scores import character_f1, contains_gold
from phi4.paths import Workspace, atomic_write
from phi4.progress import Progress
from phi4.records import ExamQuestion, Message

BATCH = 32  # questions answered at once: on a CPU reading the weights costs more than the answers do
SHOWN = 3  # questions shown with both answers, spread over the seeds
LABELS = {
    "match": "right (gold in the answer)",
    "character_f1": "character F1",
    "reasoned": "shows reasoning",
    "ended": "ends by itself",
}


def examine(
    workspace: Workspace,
    adapter_name: str,
    *,
    base_model: str,
    system_prompt: str,
    max_new_tokens: int,
    questions: int,
) -> dict[str, Any]:
    """Closed-book exam of base and adapter; prints a table, writes ``evaluation.json``, returns it.

    Without an exam about the trained seeds, base and adapter answer some training questions, which
    are shown and not scored.
    """
    adapter = read_adapter(workspace.models / adapter_name, base_model)
    exam = spread(load_exam(workspace, adapter.trained_files), questions)
    scored = bool(exam)
    exam = exam or practice(workspace)
    print(f"loading {adapter.base_model} and {adapter.name} …", file=sys.stderr)
    start = time.monotonic()
    with open_chatbot(adapter, system_prompt, max_new_tokens) as bot, Progress("exam", 2 * len(exam), "answers") as bar:
        answers = {name: _answers(bot, exam, name == "tuned", bar) for name in ("base", "tuned")}
    report = {
        "adapter": adapter.name,
        "base_model": adapter.base_model,
        "questions": len(exam) if scored else 0,
        "seconds": round(time.monotonic() - start, 1),
        "scores": {name: _scores(exam, replies) for name, replies in answers.items()} if scored else {},
        "answers": [_row(q, b, t) for q, b, t in zip(exam, answers["base"], answers["tuned"], strict=True)],
    }
    target = adapter.folder / "evaluation.json"
    with atomic_write(target) as file:
        json.dump(report, file, ensure_ascii=False, indent=1)
    show(report, [question.id for question in spread(exam, SHOWN)])
    if not scored:
        where = workspace.show(workspace.exam)
        print(f"no exam about these seeds yet: training questions, not scored. Write {where}/*.jsonl, a line each:")
        print(f"  {HOW_TO_WRITE}")
    print(f"💾 Saved to: {workspace.show(target)}")
    return report


def _answers(bot: Chatbot, exam: list[ExamQuestion], tuned: bool, bar: Progress) -> list[Reply]:
    replies: list[Reply] = []
    for start in range(0, len(exam), BATCH):
        batch = [[Message(role="user", content=question.question)] for question in exam[start : start + BATCH]]
        replies += bot.replies(batch, tuned=tuned)
        bar.step(len(batch))
    return replies


def _scores(exam: list[ExamQuestion], replies: list[Reply]) -> dict[str, float]:
    """Shares of all questions, 0 to 1; only the answer counts, never the reasoning."""
    pairs = list(zip(exam, replies, strict=True))
    return {
        "match": mean(contains_gold(reply.answer, question.answers) for question, reply in pairs),
        "character_f1": mean(character_f1(reply.answer, question.answers) for question, reply in pairs),
        "reasoned": mean(bool(reply.reasoning_steps) for reply in replies),
        "ended": mean(reply.finish_reason == "stop" for reply in replies),
        "tokens": mean(reply.completion_tokens for reply in replies),
    }


def _row(question: ExamQuestion, base: Reply, tuned: Reply) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.question,
        "gold": list(question.answers),
        "file": question.source.file,
        "base": {"answer": base.answer, "match": contains_gold(base.answer, question.answers)},
        "tuned": {
            "answer": tuned.answer,
            "reasoning_steps": list(tuned.reasoning_steps),
            "match": contains_gold(tuned.answer, question.answers),
        },
    }


def show(report: dict[str, Any], shown: Sequence[str]) -> None:
    """The table of scores, and the questions whose ids are ``shown`` with both answers."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if report["scores"]:
        table = Table("", "base", "tuned", title=f"exam: {report['questions']} questions, closed book")
        for key, label in LABELS.items():
            table.add_row(label, *(f"{report['scores'][who][key]:.0%}" for who in ("base", "tuned")))
        console.print(table)
    for row in (row for row in report["answers"] if row["id"] in shown):
        gold = escape(" / ".join(row["gold"]))
        console.print(f"\n[bold]Q[/] {escape(row['question'])}   [dim](gold: {gold})[/]")
        for who in ("base", "tuned"):
            mark = ("✓" if row[who]["match"] else "✗") if report["scores"] else " "
            console.print(f"  [bold]{who:<5}[/] {mark} {escape(_one_line(row[who]['answer']))}")


def _one_line(text: str, width: int = 160) -> str:
    joined = " ".join(text.split()) or "(no answer)"
    return joined if len(joined) <= width else joined[: width - 1] + "…"
