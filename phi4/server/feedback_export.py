"""``phi4 feedback export``: what readers thought of answers, as training data.

``sft``: rows like those of ``train.jsonl``: answers that were liked, and corrections. ``dpo``: pairs like those
of ``preference.jsonl``: a correction and what it corrects; a liked and a disliked answer to the same question.
Only what a reader said is used, never a guess from what a reader did.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

from phi4.errors import WorkspaceError
from phi4.jsonl import write_jsonl
from phi4.korean import nfc
from phi4.paths import find_workspace
from phi4.records import Example, Preference, Record, Told
from phi4.server.failures import StorageDown
from phi4.server.service import database_url
from phi4.server.storage import Database, FeedbackStore
from phi4.server.storage.tables import Feedback
from phi4.settings import Settings

LIKED, DISLIKED = 1, -1


def export_feedback(settings: Settings, form: str, target: Path | None = None) -> dict[str, Any]:
    """Write the file and say what is in it and what was left out. Raises ``WorkspaceError``."""
    path, shown = (target, str(target)) if target else _usual_place(settings, form)
    feedback = asyncio.run(_read(database_url(settings)))
    usable, left_out = sort_out(feedback)
    records = FORMS[form](usable)
    if not records:
        why = f"; left out: {_said(left_out)}" if left_out else ""
        raise WorkspaceError(
            f"none of {len(feedback)} opinions gives a row of '{form}'{why}",
            "readers give them on the chat page, or with PUT /api/feedback",
        )
    write_jsonl(path, records)
    print(f"💾 {len(records)} rows from {len(feedback)} opinions: {shown}")
    if left_out:
        print(f"   left out: {_said(left_out)}")
    print("   Read them before you train on them: they are what people wrote, personal data included.")
    return {"file": str(path), "rows": len(records), "opinions": len(feedback), "left_out": dict(left_out)}


def _usual_place(settings: Settings, form: str) -> tuple[Path, str]:
    """The file in the workspace, and how it is printed."""
    workspace = find_workspace(settings.home)
    path = workspace.root / "data" / "feedback" / f"{form}.jsonl"
    return path, workspace.show(path)


def sort_out(feedback: Sequence[Feedback]) -> tuple[list[Feedback], Counter[str]]:
    """What can become a row, and how many cannot, by reason: a row is one question with reasons and an answer."""
    usable, left_out = [], Counter[str]()
    for one in feedback:
        if len(one.snapshot["messages"]) != 1:
            left_out["questions that follow others"] += 1
        elif not _steps(one) or not one.snapshot["answer"].strip():
            left_out["answers without reasons or text"] += 1
        else:
            usable.append(one)
    return usable, left_out


def examples(feedback: Sequence[Feedback]) -> list[Example]:
    """Liked answers, and corrected ones with the correction; ``kind`` tells them apart. A correction keeps the
    model's reasons: readers correct answers."""
    rows = []
    for one in feedback:
        corrected = one.corrected_answer.strip()
        if corrected or one.rating == LIKED:
            rows.append(
                Example(
                    question=_question(one),
                    reasoning_steps=_steps(one),
                    answer=nfc(corrected) or one.snapshot["answer"],
                    id=one.message_id,
                    kind="feedback-corrected" if corrected else "feedback-liked",
                    teacher=f"adapter:{one.snapshot['made'].get('adapter_sha256', '')[:12]}",
                )
            )
    return rows


def preferences(feedback: Sequence[Feedback]) -> list[Preference]:
    """Pairs of a better and a worse answer."""
    return [*_corrections(feedback), *_rivals(feedback)]


def _corrections(feedback: Sequence[Feedback]) -> Iterator[Preference]:
    for one in feedback:
        better, worse = nfc(one.corrected_answer.strip()), one.snapshot["answer"]
        if better and better != worse:
            yield _pair(one.message_id, one, Told(reasoning_steps=_steps(one), answer=better), _told(one))


def _rivals(feedback: Sequence[Feedback]) -> Iterator[Preference]:
    """The reader of a regenerated answer rates it beside the first one."""
    siblings: dict[tuple[str, str], list[Feedback]] = {}
    for one in feedback:
        siblings.setdefault((one.owner, one.snapshot["question_id"]), []).append(one)
    for liked, other in (pair for rivals in siblings.values() for pair in permutations(rivals, 2)):
        if (liked.rating, other.rating) == (LIKED, DISLIKED) and _told(liked) != _told(other):
            yield _pair(f"{liked.message_id}+{other.message_id}", liked, _told(liked), _told(other))


FORMS: dict[str, Callable[[Sequence[Feedback]], Sequence[Record]]] = {"sft": examples, "dpo": preferences}


def _pair(name: str, one: Feedback, better: Told, worse: Told) -> Preference:
    return Preference(question=_question(one), chosen=better, rejected=worse, id=name)


def _told(one: Feedback) -> Told:
    return Told(reasoning_steps=_steps(one), answer=one.snapshot["answer"])


def _question(one: Feedback) -> str:
    return nfc(one.snapshot["messages"][-1]["content"].strip())


def _steps(one: Feedback) -> tuple[str, ...]:
    return tuple(one.snapshot["made"].get("reasoning_steps", ()))


def _said(left_out: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())


async def _read(url: str) -> list[Feedback]:
    database = Database(url)
    try:
        return await FeedbackStore(database).everything()
    except StorageDown as down:
        raise WorkspaceError(
            f"the database of conversations cannot be read: {database.failing}",
            "PHI4_DATABASE_URL names it; else it is data/chats.sqlite in the workspace",
        ) from down
    finally:
        await database.close()
