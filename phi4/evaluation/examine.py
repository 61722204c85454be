"""The verb of the stage: base and adapters sit the same exam; score, show, write, remember."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phi4.chat import Adapter, Chatbot, weights_hash
from phi4.errors import AdapterError
from phi4.evaluation import report as reports
from phi4.evaluation.candidates import BASE, answers, in_turn, read_adapters, trained_files, with_other_rows
from phi4.evaluation.conditions import CLOSED, GENERAL, OPEN, UNANSWERABLE, closed_book, open_book
from phi4.evaluation.exam import (
    HOW_TO_WRITE,
    Texts,
    check_exam,
    evidence,
    general_questions,
    is_judged,
    load_exam,
    practice,
    read_texts,
    spread,
)
from phi4.evaluation.judge import Judge
from phi4.evaluation.marks import mark
from phi4.evaluation.report import Answered
from phi4.evaluation.saving import save
from phi4.evaluation.table import show
from phi4.jsonl import read_jsonl
from phi4.paths import Workspace
from phi4.progress import Progress
from phi4.records import Example, ExamQuestion, Message

SHOWN = 3  # questions shown with all answers, spread over the seeds


@dataclass(frozen=True)
class Paper:
    """What is asked: questions under their conditions, and the seeds that they are about."""

    questions: dict[str, list[ExamQuestion]]
    texts: Texts
    scored: bool

    @property
    def size(self) -> int:
        return sum(map(len, self.questions.values()))

    def exam(self) -> list[ExamQuestion]:
        """The exam's own questions, each once."""
        asked = [one for name in (CLOSED, OPEN, UNANSWERABLE) for one in self.questions.get(name, ())]
        return list({one.id: one for one in asked}.values())


@dataclass
class Sitting:
    """The answers of all models, as they come in."""

    paper: Paper
    judge: Judge | None
    answered: list[Answered] = field(default_factory=list)

    def sit(self, model: str, bot: Chatbot, tuned: bool, step: Callable[[int], None]) -> None:
        """One model answers everything."""
        for condition, questions in self.paper.questions.items():
            conversations = [self._put(condition, question, bot) for question in questions]
            for question, reply in zip(questions, answers(bot, conversations, tuned, step), strict=True):
                judged = self._judged(condition, question, reply.answer)
                passage = _sentences(question, self.paper.texts)
                marks = mark(question, reply, passage, evidence(question, self.paper.texts), judged)
                if judged is None and self.judge and is_judged(question):
                    marks.pop("right", None)  # undecided: never scored silently
                self.answered.append(Answered(condition, model, question, reply, marks))

    def _put(self, condition: str, question: ExamQuestion, bot: Chatbot) -> list[Message]:
        if condition != OPEN:
            return closed_book(question)
        return open_book(question, self.paper.texts, lambda text: len(bot.tokenizer.encode(text)))

    def _judged(self, condition: str, question: ExamQuestion, answer: str) -> bool | None:
        if self.judge is None or not is_judged(question):
            return None
        passage = "\n".join(evidence(question, self.paper.texts))
        return self.judge.is_right(passage, question.question, question.answers[0], answer)


def examine(
    workspace: Workspace,
    names: Sequence[str],
    *,
    base_model: str = "",
    system_prompt: str = "",
    max_new_tokens: int,
    questions: int = 0,
    judge: Judge | None = None,
) -> dict[str, Any]:
    """The exam of base and adapters; prints a table, writes ``evaluation.json`` and ``.html``, returns it.

    Closed-book, open-book, what no seed says, and a short check of general Korean. Without an exam about
    the trained seeds, some training questions are answered and shown, and nothing is scored. Says so where an
    adapter's rows are not at hand, and its exam may have been trained on. Raises
    ``AdapterError``, ``ExamError``, ``RecordError``, ``WorkspaceError`` before a model is loaded, and
    ``AdapterError`` at the end for an adapter whose weights have changed meanwhile: its report lies beside its folder.
    """
    adapters = read_adapters(workspace, names, base_model, system_prompt)
    weights = [weights_hash(adapter) for adapter in adapters]
    paper = set_paper(workspace, trained_files(adapters), questions)
    print(f"loading {adapters[0].base_model} and {', '.join(names)} …", file=sys.stderr)
    sitting = Sitting(paper, judge)
    with Progress("exam", (1 + len(adapters)) * paper.size, "answers") as bar:
        for model, bot, tuned in in_turn(adapters, system_prompt, max_new_tokens):
            sitting.sit(model, bot, tuned, bar.step)
    unchecked = with_other_rows(workspace, adapters) if paper.scored else []
    settings = {"max_new_tokens": max_new_tokens, "system_prompt": system_prompt}
    report = {**_report(adapters, sitting, settings), "unchecked": unchecked}
    show(report, [question.id for question in spread(paper.questions[CLOSED], SHOWN)])
    changed = save(workspace, adapters, weights, report)
    if not paper.scored:
        where = workspace.show(workspace.exam)
        print(f"no exam about these seeds yet: training questions, not scored. Write {where}/*.jsonl, a line each:")
        print(f"  {HOW_TO_WRITE}")
    if changed:
        raise AdapterError(
            f"trained anew or gone while the exam was sat: {', '.join(changed)}; the scores are of the earlier weights",
            f"examine what is there now: phi4 evaluate {' '.join(changed)}",
        )
    return report


def set_paper(workspace: Workspace, files: set[str], count: int) -> Paper:
    """The questions of a sitting, checked; ``count`` of each condition, 0: all."""
    texts = read_texts(workspace)
    exam = load_exam(workspace, files)
    trained = read_jsonl(workspace.train_file, Example) if workspace.train_file.is_file() else []
    check_exam(exam, texts, trained)
    answerable = [question for question in exam if question.answerable]
    known = spread([question for question in answerable if question.taught], count)
    if not known:
        return Paper({CLOSED: practice(workspace)}, texts, scored=False)
    untaught = spread([one for one in answerable if not one.taught and evidence(one, texts)], count)
    strange = spread([question for question in exam if not question.answerable], count)
    asked = {
        CLOSED: known,
        OPEN: [*(one for one in known if evidence(one, texts)), *untaught],
        UNANSWERABLE: strange,
        GENERAL: spread(general_questions(), count),
    }
    return Paper({condition: group for condition, group in asked.items() if group}, texts, scored=True)


def _report(adapters: Sequence[Adapter], sitting: Sitting, settings: dict[str, Any]) -> dict[str, Any]:
    paper, answered = sitting.paper, sitting.answered
    exam = paper.exam()
    return {
        "when": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        "base_model": adapters[0].base_model,
        "models": {BASE: {}} | {adapter.name: reports.model_facts(adapter) for adapter in adapters},
        "settings": settings,
        "exam": reports.exam_hash(exam),
        "questions": len(exam) if paper.scored else 0,
        "judge": {"name": sitting.judge.teacher.name, **sitting.judge.tally.as_data()} if sitting.judge else None,
        "scores": reports.summary(answered) if paper.scored else {},
        "comparisons": reports.comparisons(answered) if paper.scored else {},
        "kept": reports.kept_from_open_book(answered) if paper.scored else {},
        "by_kind": reports.by_group(answered, "kind") if paper.scored else {},
        "by_file": reports.by_group(answered, "file") if paper.scored else {},
        "answers": reports.rows(answered, {one.id: evidence(one, paper.texts) for one in exam if one.answerable}),
    }


def _sentences(question: ExamQuestion, texts: Texts) -> list[str]:
    held = [sentence for passage in texts.get(question.source.file, ()) for sentence in passage.sentences]
    return held or list(question.source.evidence)
