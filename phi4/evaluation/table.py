"""What the terminal shows: every score with its interval, a few answers side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phi4.evaluation.candidates import BASE
from phi4.evaluation.conditions import CLOSED
from phi4.evaluation.labels import SCORES, percent

SURE = 0.05
UNCHECKED = (
    "its training rows are not those of data/synthetic/train.jsonl, so nobody checked whether it was trained on this "
    "exam: its scores may be of questions that it knows. Put its rows there, or train it again: phi4 train"
)
_SIGNS = {1.0: "✓", 0.0: "✗", None: "?"}  # the judge left it open


def show(report: dict[str, Any], shown: Sequence[str]) -> None:
    """The table of scores, and the questions whose ids are ``shown`` with every model's answer."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    scored = bool(report["scores"])
    if scored:
        console.print(_table(report))
        for line in _notes(report):
            console.print(line, markup=False)
        for name in report.get("unchecked", ()):
            console.print(f"  {name}: {UNCHECKED}", markup=False, style="bold red")
    for row in (row for row in report["answers"] if row["id"] in shown):
        gold = escape(" / ".join(row["gold"]))
        console.print(f"\n[bold]Q[/] {escape(row['question'])}   [dim](gold: {gold})[/]")
        for model, told in row["answers"][CLOSED].items():
            mark = _SIGNS[told["marks"].get("right")] if scored else " "
            name = escape(_heading(model, report))
            console.print(f"  [bold]{name:<5}[/] {mark} {escape(_one_line(told['answer']))}")


def _table(report: dict[str, Any]) -> Any:
    from rich.table import Table

    models = list(report["models"])
    adapters = [model for model in models if model != BASE]
    headings = [_heading(model, report) for model in models]
    table = Table("", *headings, title=f"exam: {report['questions']} questions, 95% intervals in brackets")
    for adapter in adapters:
        table.add_column("change" if len(adapters) == 1 else f"change {adapter}")
    for score in SCORES:
        found = report["scores"].get(score.condition, {})
        if not any(score.mark in told for told in found.values()):
            continue
        cells = [percent(found.get(model, {}).get(score.mark, {}), score.mark) for model in models]
        changes = [
            _change(report["comparisons"].get(score.condition, {}).get(adapter, {}).get(score.mark), score)
            for adapter in adapters
        ]
        table.add_row(score.label, *cells, *changes)
    if report["kept"]:
        kept = [percent(report["kept"].get(model, {})) for model in models]
        table.add_row("memory ÷ passage", *kept, *("" for _ in adapters))
    return table


def _heading(model: str, report: dict[str, Any]) -> str:
    """An adapter alone is the tuned one; several are told apart by their names."""
    return "tuned" if model != BASE and len(report["models"]) == 2 else model


def _change(found: dict[str, Any] | None, score: Any) -> str:
    """``+31 ↑`` in points; grey words where chance alone could have done it."""
    from rich.markup import escape

    if not found:
        return ""
    scale = 1 if score.mark == "tokens" else 100
    points = f"{scale * found['difference']:+.0f} [{scale * found['low']:+.0f},{scale * found['high']:+.0f}]"
    if found["p"] >= SURE:
        return f"[dim]{escape(points)} p={found['p']:.2f}[/]"
    better = (found["difference"] > 0) == score.more_is_better
    return f"[{'green' if better else 'red'}]{escape(points)} {_small(found['p'])}[/]"


def _small(p: float) -> str:
    return "p<.001" if p < 0.001 else f"p={p:.3f}"


def _notes(report: dict[str, Any]) -> list[str]:
    cut = {model: 1 - told["ended"]["value"] for model, told in report["scores"].get(CLOSED, {}).items()}
    notes = [f"  {model}: {share:.0%} of its answers never ended and were cut" for model, share in cut.items() if share]
    if judged := report.get("judge"):
        notes.append(
            f"  judge {judged['name']}: {judged['judged']} answers, {judged['votes']} votes, "
            f"{judged['out_of_form']} out of form, {judged['undecided']} undecided (not scored)"
        )
    return notes


def _one_line(text: str, width: int = 160) -> str:
    joined = " ".join(text.split()) or "(no answer)"
    return joined if len(joined) <= width else joined[: width - 1] + "…"
