"""What happens to the accepted rows before they are written: people's decisions, the exam, the refusals.

The documents are walked again and each file's rows are taken from the shelf together, so that memory does
not grow with their number, and rows that a later walk added make no difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from phi4.dataset.decisions import as_draft, decided, objection_to, still_chosen
from phi4.dataset.decontamination import Exam
from phi4.dataset.exam_paper import ExamPaper, Item, choose_items, unanswerable
from phi4.dataset.judge import Judge
from phi4.dataset.questions import Questions
from phi4.dataset.refusals import Refusal, find_refusals, refusal_rows
from phi4.dataset.retrieval import Sentences
from phi4.dataset.scratch import Shelf
from phi4.dataset.sorting import Dataset, Rows
from phi4.jsonl import write_jsonl
from phi4.korean import content_morphemes
from phi4.paths import Workspace
from phi4.records import Decision, Document, Example, ExamQuestion, Passage, Preference, Rejected, Walkable

SHOWN = 12  # sentences to a judge of a refusal
SOUGHT = 3  # times that refusals are sought in the place of those that the judge took
UNANSWERABLE = 0.25  # unanswerable exam questions for each answerable one
BLOCK = 500  # documents whose refusals are made together: they exchange questions and lend each other names


@dataclass(frozen=True)
class Finishing:
    """How many refusals and exam questions; files in ``examined`` have an exam that people wrote."""

    refusals: float = 0.0
    exam_share: float = 0.0
    examined: frozenset[str] = frozenset()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    seed: int = 0

    def answers(self, rows: int) -> int:
        """How many of ``rows`` are answers, and no refusals."""
        return rows - round(self.refusals * rows)


@dataclass
class Decided:
    """The rows of one file as people want them."""

    rows: list[Example]
    rejected: list[Rejected]
    preferences: list[Preference]


class Finish:
    """The last steps of a run. ``accepted`` and ``preferences`` are what the walk made, on their shelves."""

    def __init__(
        self,
        documents: Walkable[Document],
        dataset: Dataset,
        accepted: Shelf[Example],
        preferences: Shelf[Preference],
        options: Finishing,
        judge: Judge,
    ) -> None:
        self.documents, self.dataset, self.options = documents, dataset, options
        self._judge = judge
        self._accepted, self._preferences = accepted, preferences
        self._paper = ExamPaper()
        self._counts = dict.fromkeys(("rows", "refusals", "refusals_wanted", "exam_questions", "held_out"), 0)
        self._reviewed = {"rejected": 0, "edited": 0}

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(self.documents)

    def set_exam(self) -> None:
        """Choose what is examined, of the rows that there are now."""
        self._paper = ExamPaper(self._items())

    def answers(self) -> int:
        """How many rows that leaves to train on."""
        return sum(len(self._paper.leave(one.file, self._decided(one).rows)) for one in self.documents)

    def write(self, rows: Rows[Example], preferences: Rows[Preference]) -> tuple[dict[str, Any], list[ExamQuestion]]:
        """Write what is left, and the refusals; gives back what the report says of it, and the exam."""
        asked, questions = Questions(), list[ExamQuestion]()
        for document in self.documents:
            left = self._write_file(document, rows, preferences)
            questions += self._paper.questions(document.file, left)
            for row in left:
                asked.add(row.question)
        for question in questions:
            asked.add(question.question)
        self._counts["refusals_wanted"] = self._wanted(len(rows))
        for refusal in self._refusals(len(rows), questions, asked):
            self._write_refusal(refusal, rows, preferences)
        questions = _not_trained_on(questions, rows)
        self._counts |= {"rows": len(rows), "exam_questions": len(questions)}
        return {**self._counts, "reviewed": self._reviewed}, questions

    def _items(self) -> Iterator[Item]:
        for document in self.documents if self.options.exam_share else ():
            if document.file not in self.options.examined:
                rows = self._decided(document).rows
                yield from choose_items(document.passages, rows, self._sentences, self.options.exam_share)

    def _decided(self, document: Document) -> Decided:
        rows = self._accepted.of_file(document.file)
        return Decided(*decided(rows, self.options.decisions, document.passages, self.dataset.exam))

    def _write_file(self, document: Document, rows: Rows[Example], preferences: Rows[Preference]) -> list[Example]:
        said = self._decided(document)
        left = self._paper.leave(document.file, said.rows)
        self._counts["held_out"] += len(said.rows) - len(left)
        self._note(said)
        for row in left:
            rows.append(row)
        for preference in still_chosen((*self._preferences.of_file(document.file), *said.preferences), left):
            preferences.append(preference)
        return left

    def _note(self, said: Decided) -> None:
        for rejected in said.rejected:
            self.dataset.rejected.append(rejected)
        self._reviewed["rejected"] += len(said.rejected)
        self._reviewed["edited"] += len(said.preferences)

    def _wanted(self, answers: int) -> int:
        return round(self.options.refusals / (1 - self.options.refusals) * answers)

    def _refusals(self, answers: int, questions: list[ExamQuestion], asked: Questions) -> Iterator[Refusal]:
        """Those to train on; the ones of the exam join ``questions``. Blocks of documents have even shares."""
        wanted = self._wanted(answers)
        examined = math.ceil(UNANSWERABLE * len(questions))
        walked = iter(self.documents)
        for done in range(0, len(self.documents), BLOCK) if wanted or examined else ():
            block = list(islice(walked, BLOCK))
            share = len(block) / (len(self.documents) - done)
            room = math.ceil(wanted * share), math.ceil(examined * share)
            passages = [passage for document in block for passage in document.passages]
            training, exam = self._sought(passages, room, asked, self.options.seed + done)
            wanted, examined = wanted - len(training), examined - len(exam)
            questions += unanswerable(exam)
            yield from training

    def _sought(
        self, passages: Sequence[Passage], room: tuple[int, int], asked: Questions, seed: int
    ) -> tuple[list[Refusal], list[Refusal]]:
        """Those for training and those for the exam; where the teacher found an answer, another question is sought."""
        training, exam = list[Refusal](), list[Refusal]()
        for _ in range(SOUGHT):
            left = room[0] - len(training), room[1] - len(exam)
            found = find_refusals(passages, self._sentences, left, asked, seed)
            training += self._unanswered(found[0])
            exam += self._unanswered(found[1])
            if not self._judge.votes or self._judge.asker.meter.spent():
                break
        return training, exam

    def _unanswered(self, refusals: list[Refusal]) -> list[Refusal]:
        """Those to which the teacher, shown the sentences nearest to the question, finds no answer either."""
        if not self._judge.votes:
            return refusals
        faults = self._judge.unanswered([(one.question, self._nearest(one)) for one in refusals])
        for row, fault in zip(refusal_rows(refusals), faults, strict=True):
            if fault:
                said = Rejected(reason=fault[0], detail=fault[1], draft=as_draft(row, ()), stage="refusal")
                self.dataset.rejected.append(said)
        return [one for one, fault in zip(refusals, faults, strict=True) if not fault]

    def _nearest(self, refusal: Refusal) -> Passage:
        """The sentences in which an answer would stand, each with its subject: alone it may be about anything."""
        found = self._sentences.nearest(content_morphemes(refusal.question), SHOWN)
        found.sort(key=lambda one: (one.file, one.number))
        lines = tuple(one.text if one.subject in one.text else f"{one.subject}: {one.text}" for one in found)
        if not lines:
            return refusal.passage
        return Passage(file=refusal.passage.file, sha256="", first=1, sentences=lines, headings=("",) * len(lines))

    def _write_refusal(self, refusal: Refusal, rows: Rows[Example], preferences: Rows[Preference]) -> None:
        said = Decided(*decided(refusal_rows([refusal]), self.options.decisions, (), self.dataset.exam))
        self._note(said)
        for row in said.rows:
            if objection_to(row, (), self.dataset.exam) is None:
                rows.append(row)
                self._counts["refusals"] += 1
                for preference in said.preferences:
                    preferences.append(preference)


def _not_trained_on(questions: list[ExamQuestion], rows: Rows[Example]) -> list[ExamQuestion]:
    """The questions that no row asks, a refusal included: whoever sets an exam must be able to say so."""
    exam = Exam(question.question for question in questions)
    known = {asked for row in rows if (asked := exam.asks(row.question))} if questions else set()
    return [question for question in questions if question.question not in known]


def write_exam(workspace: Workspace, questions: list[ExamQuestion]) -> None:
    """``exam.jsonl``, or none when there is nothing to ask."""
    if questions:
        write_jsonl(workspace.synthetic_exam, questions)
    else:
        workspace.synthetic_exam.unlink(missing_ok=True)
