"""Which questions are asked, and whether their answers can mean anything.

An exam is ``data/exam/*.jsonl``, written by hand, and for other seeds ``data/synthetic/exam.jsonl``, generated.
A line: ``id``, ``question``, ``answers`` (accepted golds: short ones, or whole sentences), ``kind``,
``answerable``, ``taught`` (false: no row tells it: it is asked with its passage alone), ``source``
{``file`` below data/seeds, ``sentences`` (their numbers), ``evidence``
(word for word)}. An unanswerable question has no golds: the seeds do not say it, and it is to be declined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from phi4.dataset.decontamination import Exam
from phi4.errors import ExamError, WorkspaceError
from phi4.evaluation.scores import is_long, is_right
from phi4.jsonl import read_exam, read_jsonl
from phi4.paths import Workspace
from phi4.records import Example, ExamQuestion, ExamSource, Passage
from phi4.seeds import cut_passages, read_seeds

HOW_TO_WRITE = '{"id": "1", "question": "…", "answers": ["…"], "source": {"file": "…", "sentences": [3]}}'
PRACTICE = 3
SHOWN = 5  # rows or questions that an error names

Texts = Mapping[str, Sequence[Passage]]  # the passages of each seed file


def load_exam(workspace: Workspace, files: Iterable[str]) -> list[ExamQuestion]:
    """The exam's questions about the seed files that were trained on, hand-written ones first.

    Generated ones are asked of files alone that no hand-written one is about.

    Raises ``ExamError`` for ids that occur twice, ``WorkspaceError`` and ``RecordError`` for an exam
    file that is empty or broken.
    """
    questions = read_exam(workspace.exam)
    if workspace.synthetic_exam.is_file():
        made = read_jsonl(workspace.synthetic_exam, ExamQuestion, "type: phi4 generate")
        written = {question.source.file for question in questions}
        questions += [question for question in made if question.source.file not in written]
    twice = [name for name, count in Counter(question.id for question in questions).items() if count > 1]
    if twice:
        raise ExamError(
            f"exam questions with the same id: {_few(twice)}", f"give each its own, in {workspace.show(workspace.exam)}"
        )
    trained = set(files)
    return [question for question in questions if question.source.file in trained]


def read_texts(workspace: Workspace) -> dict[str, list[Passage]]:
    """The passages of every seed file that can be read; none where the seeds did not travel with the adapter."""
    try:
        found = read_seeds(workspace.seeds).seeds
    except WorkspaceError:
        return {}
    return {seed.file: cut_passages(seed) for seed in found}


def evidence(question: ExamQuestion, texts: Texts) -> list[str]:
    """The sentences that a question rests on: by number, else as it quotes them, else its whole file.

    Raises ``ExamError`` for a number that the file does not have.
    """
    passages = texts.get(question.source.file, ())
    held = {number: passage.sentence(number) for passage in passages for number in passage.numbers}
    if passages and question.source.sentences:
        missing = [number for number in question.source.sentences if number not in held]
        if missing:
            raise ExamError(
                f"exam question '{question.id}': '{question.source.file}' has no sentence {_few(missing)}",
                "number them as phi4 inspect --seeds does, or quote them as source.evidence",
            )
        return [held[number] for number in question.source.sentences]
    return list(question.source.evidence) or list(held.values())


def check_exam(exam: Sequence[ExamQuestion], texts: Texts, trained: Sequence[Example]) -> None:
    """Refuse an exam whose scores would mean nothing.

    Raises ``ExamError`` for an answerable question without golds or with none that its passage holds, and
    for questions that the training rows ask too.
    """
    for question in exam:
        if not question.answerable:
            continue
        if not question.answers:
            raise ExamError(
                f"exam question '{question.id}' has no answers", 'give it "answers", or set "answerable": false'
            )
        held = evidence(question, texts)
        told = " ".join(held)
        if told and not is_right(told, question.answers, question.question, held):
            raise ExamError(
                f"exam question '{question.id}': none of its answers stands in its passage: {question.answers[0]}",
                f"its passage is: {told[:160]}",
            )
    overlap = trained_on(exam, trained)
    if overlap:
        named = "; ".join(f"{question.id} = row {row.id or row.question}" for question, row in overlap[:SHOWN])
        raise ExamError(
            f"{len(overlap)} exam questions were trained on: {named}",
            "take them out of the exam, or generate anew (it leaves the exam's questions out) and train again: "
            "phi4 generate && phi4 train",
        )


def trained_on(exam: Sequence[ExamQuestion], rows: Sequence[Example]) -> list[tuple[ExamQuestion, Example]]:
    """Exam questions that training rows ask, in their words or nearly so (``dataset/decontamination``)."""
    asked = {question.question: question for question in exam}
    known = Exam(asked)
    hits = ((known.asks(row.question), row) for row in rows)
    return [(asked[question], row) for question, row in hits if question is not None]


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


def is_judged(question: ExamQuestion) -> bool:
    """Whether its golds are whole sentences, which a judge reads better than a rule."""
    return question.answerable and all(is_long(gold) for gold in question.answers)


def general_questions() -> list[ExamQuestion]:
    """Our own short check of general Korean: what a tuning must not make forget."""
    return read_jsonl(Path(__file__).with_name("general.jsonl"), ExamQuestion)


def _few(names: Sequence[object]) -> str:
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:SHOWN]) + rest
