"""What people decided about rows, and its effect: rejected rows go, edited ones take the place of what they were.

A decision is kept under the content of the row that the person saw, so it holds whenever that row comes
again, from the cache or from a teacher, and for no other row.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from phi4.dataset.decontamination import Exam
from phi4.dataset.gates import check
from phi4.dataset.wellformed import form_fault
from phi4.errors import WorkspaceError
from phi4.jsonl import read_jsonl, to_line
from phi4.korean import content_morphemes
from phi4.records import Decision, Draft, Example, Passage, Preference, Rejected, Source, Step, Told


def row_key(row: Example) -> str:
    """Hash of what a person sees of a row."""
    return _key(row.question, row)


def _key(question: str, told: Example | Told) -> str:
    seen = "\0".join((question, *told.reasoning_steps, told.answer))
    return sha256(seen.encode()).hexdigest()[:16]


def read_decisions(path: Path) -> dict[str, Decision]:
    """The last decision about each row; none where nobody has decided yet."""
    if not path.is_file() or not path.stat().st_size:
        return {}
    return {decision.key: decision for decision in read_jsonl(path, Decision)}


def keep_decision(path: Path, decision: Decision) -> None:
    """Append one decision, on disk before this returns. Raises ``WorkspaceError``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(to_line(decision) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise WorkspaceError(
            f"cannot write '{path}': {error.strerror or error}", "check the disk and the folder's permissions"
        ) from error


def decided(
    rows: Sequence[Example], decisions: Mapping[str, Decision], passages: Sequence[Passage], exam: Exam
) -> tuple[list[Example], list[Rejected], list[Preference]]:
    """The rows as people want them, those that they rejected, and what was edited beside what it was.

    An edited row that the gates object to (they may have changed since) or that asks what ``exam`` asks is rejected
    with that reason.
    """
    kept: list[Example] = []
    rejected: list[Rejected] = []
    preferences: list[Preference] = []
    for row in rows:
        decision = decisions.get(row_key(row))
        if decision is None or decision.verdict == "accept":
            kept.append(row)
        elif decision.verdict == "reject" or decision.edited is None:
            rejected.append(_rejected(row, ("review", decision.reason), passages))
        else:
            edited = row.model_copy(update=_content(decision.edited))
            if objection := objection_to(edited, passages, exam):
                rejected.append(_rejected(edited, objection, passages))
                continue
            kept.append(edited)
            preferences += preference(edited, row)
    return kept, rejected, preferences


def _rejected(row: Example, why: tuple[str, str], passages: Sequence[Passage]) -> Rejected:
    return Rejected(reason=why[0], detail=why[1], draft=as_draft(row, passages), stage="review")


def still_chosen(pairs: Iterable[Preference], rows: Iterable[Example]) -> list[Preference]:
    """The pairs whose better answer stands in a row: what a person rejected or edited away is no model to follow."""
    kept = {row_key(row) for row in rows}
    return [pair for pair in pairs if _key(pair.question, pair.chosen) in kept]


def objection_to(row: Example, passages: Iterable[Passage], exam: Exam) -> tuple[str, str] | None:
    """What exam and gates say of a row, as (reason, detail); a refusal is held to its form and the exam alone."""
    if asked := exam.asks(row.question):
        return "exam", f"the exam asks: {asked}"
    passage = passage_of(row, passages)
    draft = as_draft(row, [passage] if passage else [])
    if row.kind != "refusal":
        return check(draft, passage) if passage else ("stale", "its seed has changed since: run phi4 generate")
    return form_fault(draft)


def passage_of(row: Example, passages: Iterable[Passage]) -> Passage | None:
    """The passage that a row asks about; None for a refusal, or when its seed has changed since."""
    source = row.source
    if source is None or not source.sentences:
        return None
    asked = source.sentences[-1]
    same = (p for p in passages if p.file == source.file and p.sha256 == source.sha256)
    return next((p for p in same if asked in p.numbers), None)


def as_draft(row: Example, passages: Iterable[Passage]) -> Draft:
    """The row as the gates judge it; each step rests on the cited sentence that it shares most with."""
    passage = passage_of(row, passages)
    source = row.source or Source(file="", sha256="", sentences=())
    cited = [number for number in source.sentences if passage and number in passage.numbers] or [0]

    def cite(step: str) -> int:
        told = content_morphemes(step)
        if passage is None or cited == [0]:
            return 0
        return max(cited, key=lambda number: len(told & content_morphemes(passage.sentence(number))))

    return Draft(
        id=row.id,
        question=row.question,
        steps=tuple(Step(cite=cite(step), step=step) for step in row.reasoning_steps),
        answer=row.answer,
        kind=row.kind,
        difficulty=row.difficulty,
        source=source,
        teacher=row.teacher,
        prompt_version=row.prompt_version,
        asked_by=row.asked_by,
    )


def _content(row: Example) -> dict[str, object]:
    return {"question": row.question, "reasoning_steps": row.reasoning_steps, "answer": row.answer}


def preference(better: Example, worse: Example) -> list[Preference]:
    """The pair for preference training, unless only the question differs: then neither answer is the better one."""
    chosen, rejected = (Told(reasoning_steps=row.reasoning_steps, answer=row.answer) for row in (better, worse))
    if chosen == rejected:
        return []
    return [Preference(question=better.question, chosen=chosen, rejected=rejected, id=better.id, source=better.source)]
