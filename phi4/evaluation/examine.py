"""The verb of the stage: ask base and adapter the exam's questions, score, show, write."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from statistics import mean
from typing import Any

from phi4.chat import Chatbot, Reply, open_chatbot, read_adapter
from phi4.errors import WorkspaceError
from phi4.evaluation.scores import character_f1, contains_gold
from phi4.paths import Workspace, atomic_write
from phi4.progress import Progress
from phi4.records import ExamQuestion, Message, read_jsonl

BATCH = 16  # questions answered at once
SHOWN = 3  # questions shown with both answers


def load_exam(workspace: Workspace, files: Sequence[str]) -> list[ExamQuestion]:
    """The exam questions about the seed files that an adapter was trained on.

    Raises ``WorkspaceError`` when the workspace has no exam, or none about these files.
    """
    papers = sorted(workspace.exam.glob("*.jsonl")) if workspace.exam.is_dir() else []
    if not papers:
        raise WorkspaceError(
            f"there is no exam (*.jsonl) in '{workspace.exam}'",
            'write one, a line a question: {"id": "1", "question": "…", "answers": ["…"], "source": {"file": "…"}}',
        )
    questions = [question for paper in papers for question in read_jsonl(paper, ExamQuestion)]
    chosen = [question for question in questions if question.source.file in set(files) and question.answerable]
    if not chosen:
        raise WorkspaceError(
            f"none of the {len(questions)} exam questions is about the {len(files)} trained seed files",
            f"add questions about them to '{workspace.exam}'",
        )
    return chosen


def spread(questions: list[ExamQuestion], count: int) -> list[ExamQuestion]:
    """``count`` questions taken evenly over the seed files, in the exam's order; 0: all."""
    if not count or count >= len(questions):
        return questions
    turn: dict[str, int] = {}
    ranked = []
    for place, question in enumerate(questions):
        turn[question.source.file] = turn.get(question.source.file, 0) + 1
        ranked.append((turn[question.source.file], place))
    return [questions[place] for _, place in sorted(sorted(ranked)[:count], key=lambda pair: pair[1])]


def examine(
    workspace: Workspace,
    adapter_name: str,
    *,
    base_model: str,
    system_prompt: str,
    max_new_tokens: int,
    questions: int,
) -> dict[str, Any]:
    """Closed-book exam of base and adapter; prints a table, writes ``evaluation.json``, returns it."""
    adapter = read_adapter(workspace.models / adapter_name, base_model)
    exam = spread(load_exam(workspace, adapter.facts["data"]["files"]), questions)
    start = time.monotonic()
    with open_chatbot(adapter, system_prompt, max_new_tokens) as bot, Progress("exam", 2 * len(exam), "answers") as bar:
        answers = {name: _answers(bot, exam, name == "tuned", bar) for name in ("base", "tuned")}
    report = {
        "adapter": adapter.name,
        "base_model": adapter.base_model,
        "questions": len(exam),
        "seconds": round(time.monotonic() - start, 1),
        "scores": {name: _scores(exam, replies) for name, replies in answers.items()},
        "answers": [_row(q, b, t) for q, b, t in zip(exam, answers["base"], answers["tuned"], strict=True)],
    }
    target = adapter.folder / "evaluation.json"
    with atomic_write(target) as file:
        json.dump(report, file, ensure_ascii=False, indent=1)
    show(report)
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


def show(report: dict[str, Any]) -> None:
    """The table, and some questions with both answers."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("", "base", "tuned", title=f"exam: {report['questions']} questions, closed book")
    names = {
        "match": "right (gold in the answer)",
        "character_f1": "character F1",
        "reasoned": "shows reasoning",
        "ended": "ends by itself",
    }
    for key, label in names.items():
        table.add_row(label, *(f"{report['scores'][who][key]:.0%}" for who in ("base", "tuned")))
    console.print(table)
    best_first = sorted(report["answers"], key=lambda row: row["base"]["match"] - row["tuned"]["match"])
    for row in best_first[:SHOWN]:
        console.print(f"\n[bold]Q[/] {row['question']}   [dim](gold: {' / '.join(row['gold'])})[/]")
        for who in ("base", "tuned"):
            mark = "✓" if row[who]["match"] else "✗"
            console.print(f"  [bold]{who:<5}[/] {mark} {_one_line(row[who]['answer'])}", markup=True)


def _one_line(text: str, width: int = 160) -> str:
    from rich.markup import escape

    joined = " ".join(text.split()) or "(no answer)"
    return escape(joined if len(joined) <= width else joined[: width - 1] + "…")
