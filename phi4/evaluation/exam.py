"""Which questions are asked."""

from __future__ import annotations

from collections.abc import Sequence

from phi4.paths import Workspace
from phi4.records import Example, ExamQuestion, ExamSource, read_exam, read_jsonl

HOW_TO_WRITE = '{"id": "1", "question": "…", "answers": ["…"], "source": {"file": "…"}}'
PRACTICE = 3


def load_exam(workspace: Workspace, files: Sequence[str]) -> list[ExamQuestion]:
    """The answerable exam questions about the seed files that an adapter was trained on."""
    trained = set(files)
    return [
        question for question in read_exam(workspace.exam) if question.source.file in trained and question.answerable
    ]


def practice(workspace: Workspace) -> list[ExamQuestion]:
    """Training questions, to look at where there is no exam yet: they prove nothing and get no score."""
    examples = read_jsonl(workspace.train_file, Example, "type: phi4 generate")
    questions = [
        ExamQuestion(
            id=example.id or str(number),
            question=example.question,
            answers=(example.answer,),
            source=ExamSource(file=example.source.file if example.source else ""),
        )
        for number, example in enumerate(examples, start=1)
    ]
    return spread(questions, PRACTICE)


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
