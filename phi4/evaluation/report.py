"""``evaluation.json``: every answer with its marks, and every score with its interval."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phi4.chat import Adapter, Reply
from phi4.evaluation.candidates import BASE
from phi4.evaluation.conditions import CLOSED, OPEN
from phi4.evaluation.marks import Marks
from phi4.evaluation.statistics import compare, estimate, ratio
from phi4.records import ExamQuestion

Scores = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """One answer of one model to one question, and its marks."""

    condition: str
    model: str
    question: ExamQuestion
    reply: Reply
    marks: Marks


def summary(answered: Sequence[Answered]) -> dict[str, dict[str, dict[str, Scores]]]:
    """Condition → model → score → estimate."""
    return {
        condition: {
            model: _estimates([one.marks for one in group])
            for model, group in _grouped(_of(answered, condition), lambda one: one.model).items()
        }
        for condition in dict.fromkeys(one.condition for one in answered)
    }


def comparisons(answered: Sequence[Answered]) -> dict[str, dict[str, dict[str, Scores]]]:
    """Condition → adapter → score → how much more than the base, on the questions where both have it."""
    found: dict[str, dict[str, dict[str, Scores]]] = {}
    for condition in dict.fromkeys(one.condition for one in answered):
        models = _grouped(_of(answered, condition), lambda one: one.model)
        base = {one.question.id: one.marks for one in models.get(BASE, ())}
        for model, group in models.items():
            if model != BASE and base:
                found.setdefault(condition, {})[model] = _compared(
                    [(base[one.question.id], one.marks) for one in group if one.question.id in base]
                )
    return found


def kept_from_open_book(answered: Sequence[Answered]) -> dict[str, Scores]:
    """Model → share of its open-book score that it reaches from memory."""
    found = {}
    for model, group in _grouped(answered, lambda one: one.model).items():
        closed, opened = (
            {
                one.question.id: one.marks["right"]
                for one in group
                if one.condition == condition and "right" in one.marks
            }
            for condition in (CLOSED, OPEN)
        )
        both = [name for name in closed if name in opened]
        share = ratio([closed[name] for name in both], [opened[name] for name in both]) if both else None
        if share:
            found[model] = share._asdict()
    return found


def by_group(answered: Sequence[Answered], group: str) -> dict[str, dict[str, Scores]]:
    """Kind or seed → model → estimate of being right from memory; ``group`` is ``kind`` or ``file``."""
    asked = [one for one in answered if one.condition == CLOSED and "right" in one.marks]
    groups = _grouped(asked, lambda one: one.question.kind if group == "kind" else one.question.source.file)
    return {
        name: {
            model: _as_data(estimate([one.marks["right"] for one in part]))
            for model, part in _grouped(members, lambda one: one.model).items()
        }
        for name, members in groups.items()
    }


def rows(answered: Sequence[Answered], passages: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """A row a question: what every model answered under every condition. ``passages``: id → its evidence."""
    found = []
    for name, group in _grouped(answered, lambda one: one.question.id).items():
        question = group[0].question
        told: dict[str, dict[str, Any]] = {}
        for one in group:
            told.setdefault(one.condition, {})[one.model] = {
                "answer": one.reply.answer,
                "reasoning_steps": list(one.reply.reasoning_steps),
                "marks": one.marks,
            }
        found.append(
            {
                "id": name,
                "question": question.question,
                "gold": list(question.answers),
                "kind": question.kind,
                "file": question.source.file,
                "passage": list(passages.get(name, ())),
                "answers": told,
            }
        )
    return found


def exam_hash(questions: Iterable[ExamQuestion]) -> str:
    """Names an exam by its words, so that two runs can be seen to have sat the same."""
    told = "\n".join(sorted(question.model_dump_json() for question in questions))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def model_facts(adapter: Adapter) -> dict[str, Any]:
    """What of ``phi4.json`` tells two adapters apart."""
    data = adapter.facts.get("data")
    return {
        "base_model": adapter.base_model,
        "data": {key: data[key] for key in ("sha256", "rows") if key in data} if isinstance(data, dict) else {},
        "settings": adapter.facts.get("settings", {}),
    }


def _estimates(marks: Sequence[Marks]) -> dict[str, Scores]:
    names = dict.fromkeys(name for one in marks for name in one)
    return {name: _as_data(estimate([one[name] for one in marks if name in one])) for name in names}


def _compared(pairs: Sequence[tuple[Marks, Marks]]) -> dict[str, Scores]:
    names = dict.fromkeys(name for _, after in pairs for name in after)
    found = {}
    for name in names:
        both = [(before[name], after[name]) for before, after in pairs if name in before and name in after]
        result = compare([before for before, _ in both], [after for _, after in both])
        if result:
            found[name] = result._asdict()
    return found


def _as_data(found: Any) -> Scores:
    return dict(found._asdict()) if found else {}


def _of(answered: Sequence[Answered], condition: str) -> list[Answered]:
    return [one for one in answered if one.condition == condition]


def _grouped(answered: Iterable[Answered], key: Any) -> dict[str, list[Answered]]:
    groups: dict[str, list[Answered]] = {}
    for one in answered:
        groups.setdefault(key(one), []).append(one)
    return groups
