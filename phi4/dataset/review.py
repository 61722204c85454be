"""``phi4 inspect --edit``: a person walks through the rows and says what stays, what goes and what is put right."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from phi4.dataset.decisions import (
    decided,
    keep_decision,
    objection_to,
    passage_of,
    read_decisions,
    row_key,
    still_chosen,
)
from phi4.dataset.decontamination import Exam
from phi4.errors import UsageError
from phi4.jsonl import read_exam, read_jsonl, write_jsonl
from phi4.korean import squeeze
from phi4.origins import citation
from phi4.paths import Workspace
from phi4.records import Decision, Example, ExamQuestion, Passage, Preference, Rejected

KEYS = "[a] 통과  [r] 거절  [e] 고치기  [s] 건너뛰기  [b] 뒤로  [q] 끝내기"
_MARKS = ("질문:", "풀이:", "답:")

Ask = Callable[[str], str]


def review(
    workspace: Workspace, passages: Sequence[Passage], ask: Ask = input, against: Sequence[str] = ()
) -> dict[str, Any]:
    """Ask about every row without a decision; afterwards ``train.jsonl`` is as the person wants it.

    No row can be edited into a question of the workspace's exams, of ``against`` or of another row. Each decision is
    on disk before the next row is shown, so an interruption loses none. Raises ``UsageError`` without a terminal.
    """
    if ask is input and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "inspect --edit asks a person and needs a terminal", "without one, read the rows with: phi4 inspect"
        )
    rows = read_jsonl(workspace.train_file, Example, "type: phi4 generate")
    before = read_decisions(workspace.review_file)
    known = {*before, *(row_key(one.edited) for one in before.values() if one.edited)}
    left = [row for row in rows if row_key(row) not in known]
    print(f"{len(rows)} rows, {len(rows) - len(left)} decided, {len(left)} left. {KEYS}")
    exam = _exam(workspace, against)
    try:
        _walk(left, {row_key(row): row.question for row in rows}, passages, exam, workspace, ask)
    except (EOFError, KeyboardInterrupt):
        print()
    finally:
        facts = apply_decisions(workspace, passages, exam)
    print(
        f"{facts['rejected']} rejected, {facts['edited']} edited, {facts['rows']} rows in "
        f"{workspace.show(workspace.train_file)}; decisions: {workspace.show(workspace.review_file)}"
    )
    return facts


def _exam(workspace: Workspace, against: Sequence[str]) -> Exam:
    """The hand-written exams and the one that was made for these rows."""
    questions = [*read_exam(workspace.exam), *_lines(workspace.synthetic_exam, ExamQuestion)]
    return Exam([*(one.question for one in questions), *against])


def apply_decisions(workspace: Workspace, passages: Sequence[Passage], exam: Exam) -> dict[str, int]:
    """Bring ``train.jsonl``, ``rejected.jsonl`` and ``preference.jsonl`` up to date with the decisions."""
    rows = read_jsonl(workspace.train_file, Example)
    decisions = read_decisions(workspace.review_file)
    kept, rejected, preferences = decided(rows, decisions, passages, exam)
    edited = sum(row_key(new) not in {row_key(old) for old in rows} for new in kept)
    if rejected or edited:
        if not kept:
            raise UsageError("every row is rejected: train.jsonl stays as it was", "accept some, or delete a decision")
        write_jsonl(workspace.rejected_file, [*_lines(workspace.rejected_file, Rejected), *rejected])
        pairs = [*_lines(workspace.preference_file, Preference), *preferences]
        write_jsonl(workspace.preference_file, still_chosen(pairs, kept))
        write_jsonl(workspace.train_file, kept)
    return {"rows": len(kept), "rejected": len(rejected), "edited": edited}


def _lines(path: Path, kind: Any) -> list[Any]:
    return read_jsonl(path, kind) if path.is_file() and path.stat().st_size else []


def _walk(
    rows: Sequence[Example],
    asked: dict[str, str],
    passages: Sequence[Passage],
    exam: Exam,
    workspace: Workspace,
    ask: Ask,
) -> None:
    """Ask about ``rows``; ``asked`` are the questions of all rows by their keys, kept up to date."""
    place = 0
    while place < len(rows):
        row = rows[place]
        _show(row, passages, workspace.seeds, f"{place + 1}/{len(rows)}")
        said = ask(f"{KEYS} > ").strip().lower()[:1]
        if said == "q":
            return
        if said == "b":
            place = max(0, place - 1)
            continue
        if said == "s":
            place += 1
            continue
        decision = _decision(said, row, passages, exam, asked, ask)
        if decision is not None:
            keep_decision(workspace.review_file, decision)
            asked[decision.key] = "" if decision.verdict == "reject" else (decision.edited or row).question
            place += 1


def _decision(
    said: str, row: Example, passages: Sequence[Passage], exam: Exam, asked: Mapping[str, str], ask: Ask
) -> Decision | None:
    """The decision that a key means; None where it means none, or the person gave up editing.

    ``asked`` are the questions of all rows by their keys.
    """
    key, question = row_key(row), row.question
    if said == "a":
        return Decision(key=key, verdict="accept", question=question)
    if said == "r":
        return Decision(key=key, verdict="reject", question=question, reason=ask("이유 > ").strip())
    if said != "e":
        return None
    edited = edit(row, ask)
    if edited is None:
        return None
    objection = objection_to(edited, passages, exam)
    if squeeze(edited.question) in {squeeze(told) for other, told in asked.items() if other != key}:
        objection = "duplicate", f"another row asks: {edited.question}"
    if objection:
        print(f"✗ {objection[0]}: {objection[1]}")
        return None
    return Decision(key=key, verdict="edit", question=question, edited=edited)


def _show(row: Example, passages: Sequence[Passage], seeds: Path, place: str) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    origin = citation(seeds, row.source) if row.source else "-"
    console.print(f"\n[bold]── {place}[/]  [dim]{escape(origin)} · {row.kind} · {row.asked_by}[/]")
    passage = passage_of(row, passages)
    for number in row.source.sentences if row.source and passage else ():
        if passage and number in passage.numbers:
            console.print(f"[dim]{escape(f'[{number}]')} {escape(passage.sentence(number))}[/]")
    console.print(f"[bold]Q[/] {escape(row.question)}")
    for number, step in enumerate(row.reasoning_steps, start=1):
        console.print(f"  {number}. {escape(step)}")
    console.print(f"[bold]A[/] {escape(row.answer)}")


def edit(row: Example, ask: Ask) -> Example | None:
    """The row as the person wrote it, in ``$VISUAL`` or ``$EDITOR``, else line by line; None: unchanged, or no row."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    text = _in_editor(editor, as_text(row)) if editor else _by_line(row, ask)
    edited = from_text(text, row) if text is not None else None
    if edited is None:
        print(f"✗ 형식: {' … '.join(_MARKS)} 아래에 각각 한 줄 이상이 있어야 합니다")
        return None
    return edited if row_key(edited) != row_key(row) else None


def as_text(row: Example) -> str:
    """The row as a person edits it: a step a line."""
    parts = (row.question, "\n".join(row.reasoning_steps), row.answer)
    return "\n".join(f"{mark}\n{part}\n" for mark, part in zip(_MARKS, parts, strict=True))


def from_text(text: str, row: Example) -> Example | None:
    """The row with the content of an edited text; None when a part is missing."""
    parts: dict[str, list[str]] = {}
    into: list[str] | None = None
    for line in (raw.strip() for raw in text.splitlines()):
        if line in _MARKS:
            into = parts.setdefault(line, [])
        elif line and into is not None:
            into.append(line)
    if any(not parts.get(mark) for mark in _MARKS):
        return None
    question, steps, answer = (parts[mark] for mark in _MARKS)
    content = {"question": " ".join(question), "reasoning_steps": tuple(steps), "answer": " ".join(answer)}
    return row.model_copy(update=content)


def _by_line(row: Example, ask: Ask) -> str:
    print("빈 줄: 그대로 둡니다")
    question = ask(f"질문 [{row.question}] > ").strip() or row.question
    steps = [ask(f"풀이 {n} [{step}] > ").strip() or step for n, step in enumerate(row.reasoning_steps, start=1)]
    answer = ask(f"답 [{row.answer}] > ").strip() or row.answer
    return as_text(row.model_copy(update={"question": question, "reasoning_steps": tuple(steps), "answer": answer}))


def _in_editor(editor: str, text: str) -> str | None:
    """The text after the person closed the editor; None when the editor failed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "row.txt"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except OSError as error:
            print(f"✗ {editor}: {error.strerror}")
            return None
        return path.read_text(encoding="utf-8") if done.returncode == 0 else None
