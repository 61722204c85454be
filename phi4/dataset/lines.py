"""The manual's lines around a run, and the funnel."""

from __future__ import annotations

from typing import Any

from phi4.dataset.funnel import funnel_lines
from phi4.paths import Workspace


def greet(workspace: Workspace, count: int) -> None:
    """Before the first file."""
    _tell_found(workspace, count)
    print("🚀 Starting batch generation... (This may take time)")


def tell_again(workspace: Workspace, report: dict[str, Any], total: int) -> None:
    """In place of a run that would make the same once more."""
    _tell_found(workspace, total)
    print("♻️ nothing changed since they were last walked: seeds, settings, exam, decisions, program; see --fresh")
    tell(workspace, report, total)


def tell(workspace: Workspace, report: dict[str, Any], total: int) -> None:
    """After the last one of ``total``: what ``report`` says, in short."""
    print("🎉 Generation Complete!")
    print(f"📊 Success Rate: {report['files_with_rows']}/{total}")
    print(f"💾 Saved to: {workspace.show(workspace.train_file)}")
    print("\n".join(funnel_lines(report)))
    if report["requests"]:
        _tell_cost(report)
    wanted, made, stopped = report["rows_wanted"], report["rows"], report["stopped_at"]
    if stopped.startswith("--max"):
        print(f"⏸️ stopped at {stopped}: the same command with a higher limit goes on from here")
    elif wanted and made < wanted:
        print(f"⚠️ {made} of {wanted} rows: nothing more to ask of these seeds (add seeds, --per-seed or --wordings)")
    elif wanted:
        print(f"🏁 {made} rows, as asked for with --rows")


def _tell_found(workspace: Workspace, count: int) -> None:
    print(f"📂 Found {count} seed files in '{workspace.show(workspace.seeds)}'")


def _tell_cost(report: dict[str, Any]) -> None:
    line = f"   asked    {report['requests']:>4}  requests: {report['prompt_tokens']:,} tokens read, "
    line += f"{report['completion_tokens']:,} written"
    if report["cost"]:
        line += f", cost {report['cost']:g}"
    if report["tokens_estimated"]:
        line += f" (estimated for {report['tokens_estimated']} of them: the teacher counts no tokens)"
    print(line)
