"""What one answer gets: right or not, declined or not, and how it was told. Numbers, one a score."""

from __future__ import annotations

from collections.abc import Sequence

from phi4.chat import Reply
from phi4.evaluation.refusal import declines
from phi4.evaluation.scores import character_f1, is_exact, is_right
from phi4.korean import content_morphemes, foreign_letters, hangul_share, quantities, registers, split_sentences
from phi4.records import ExamQuestion

SUPPORT = 0.7  # share of content morphemes that a step's sentence, or an answer's steps, must hold
MIN_HANGUL = 0.5  # as in the gates: names are Latin, the sentence around them is not

Marks = dict[str, float]  # a missing score does not apply, and is left out of its mean


def mark(
    question: ExamQuestion,
    reply: Reply,
    passage: Sequence[str],
    evidence: Sequence[str] = (),
    judged: bool | None = None,
) -> Marks:
    """The scores of one answer. ``judged`` is a judge's verdict, which stands before the rule's.

    ``passage`` are the sentences of the question's seed: what steps may rest on and letters may quote;
    ``evidence`` those that its golds rest on.
    """
    refused = declines(reply.answer, question.answers, question.question, evidence)
    marks: Marks = {"refused": refused, **manner(reply, passage)}
    if question.answerable:
        found = is_right(reply.answer, question.answers, question.question, evidence) and not refused
        marks["right"] = found if judged is None else judged
        marks["exact"] = is_exact(reply.answer, question.answers)
        marks["character_f1"] = character_f1(reply.answer, question.answers)
    if passage:
        marks |= reasoning(question.question, reply, passage)
    return {name: float(value) for name, value in marks.items()}


def manner(reply: Reply, passage: Sequence[str]) -> Marks:
    """Language, foreign letters, register, end and length of what was told."""
    told = reply.answer.strip()
    sentences = split_sentences(told)
    return {
        "korean": hangul_share(told) >= MIN_HANGUL,
        "foreign": bool(foreign_letters(f"{reply.reasoning}\n{told}", "\n".join(passage))),
        "polite": bool(sentences) and registers(sentences) == {"합니다체"},
        "ended": reply.finish_reason == "stop",
        "tokens": reply.completion_tokens,
        "reasoned": bool(reply.reasoning_steps),
    }


def reasoning(question: str, reply: Reply, passage: Sequence[str]) -> Marks:
    """Whether every step rests on a sentence of the passage, and whether the answer follows from the steps.

    Only of replies that reason: how many do is a score of its own.
    """
    steps = reply.reasoning_steps
    if not steps:
        return {}
    said = content_morphemes(question) | frozenset[str]().union(*map(content_morphemes, steps))
    told = content_morphemes(reply.answer)
    known = quantities(question) | quantities("\n".join(steps))
    return {
        "supported": all(_is_supported(step, passage) for step in steps),
        "follows": bool(told) and len(told & said) >= SUPPORT * len(told) and quantities(reply.answer) <= known,
    }


def _is_supported(step: str, passage: Sequence[str]) -> bool:
    told = content_morphemes(step)
    if not told:
        return False
    best = max(passage, key=lambda sentence: len(told & content_morphemes(sentence)))
    return len(told & content_morphemes(best)) >= SUPPORT * len(told) and quantities(step) <= quantities(best)
