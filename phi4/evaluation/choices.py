"""Multiple choice, scored by likelihood: which choice would the model rather say?

A choice's log-likelihood is divided by its UTF-8 bytes (``acc_norm`` of lm-evaluation-harness), so that a
short choice has no advantage; the choices stand in the prompt in a seeded order of their own for each
question, because right answers are rarely spread evenly over A to D.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi4 import prompts
from phi4.chat import Chatbot
from phi4.engines.protocol import LikelihoodEngine
from phi4.errors import EngineError, ExamError
from phi4.evaluation.candidates import BASE, in_turn, read_adapters
from phi4.evaluation.labels import percent
from phi4.evaluation.statistics import compare, estimate
from phi4.paths import Workspace, atomic_write
from phi4.progress import Progress
from phi4.records import Message

HOW_TO_WRITE = '{"question": "…", "choices": ["…", "…"], "answer": 0}    or CSV: question,A,B,C,D,answer'
_LETTERS = "ABCDEFGHIJ"
BATCH = 8  # questions whose choices are read at once


@dataclass(frozen=True)
class Choice:
    """One question, its choices and the place of the right one."""

    id: str
    question: str
    choices: tuple[str, ...]
    answer: int

    def shuffled(self, seed: int) -> Choice:
        """The same with its choices in another order, the same one every time."""
        order = list(range(len(self.choices)))
        random.Random(f"{seed}:{self.id}").shuffle(order)
        return Choice(self.id, self.question, tuple(self.choices[place] for place in order), order.index(self.answer))


def read_choices(path: Path) -> list[Choice]:
    """Every question of a JSONL or CSV file.

    ``answer`` is the right choice itself, its letter (A, B, …), or its number: from 0 in JSONL, from 1 in CSV,
    as the public Korean sets have it. A whole number in JSONL is a place and nothing else; a text that may be two of
    the three for different choices is refused. Raises ``ExamError`` naming the line.
    """
    if not path.is_file():
        raise ExamError(f"there is no file '{path}'", f"a line each: {HOW_TO_WRITE}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExamError(f"'{path}' is not UTF-8 text: byte {error.start}", "save the file as UTF-8") from error
    first = 1 if path.suffix == ".csv" else 0
    rows = _csv_rows(text) if path.suffix == ".csv" else _json_rows(path, text)
    found = [_choice(path, number, row, first) for number, row in rows]
    if not found:
        raise ExamError(f"'{path}' is empty", f"a line each: {HOW_TO_WRITE}")
    return found


def choose(
    bot: Chatbot, questions: Sequence[Choice], tuned: bool, seed: int, step: Callable[[int], None]
) -> list[bool]:
    """Whether the likeliest choice of each question is the right one. Raises ``EngineError``."""
    engine = bot.engine
    if not isinstance(engine, LikelihoodEngine):
        raise EngineError("this engine tells no likelihoods", "examine multiple choice with the torch engine")
    right: list[bool] = []
    for start in range(0, len(questions), BATCH):
        batch = [question.shuffled(seed) for question in questions[start : start + BATCH]]
        pairs = [(bot.render(_put(question)), choice) for question in batch for choice in question.choices]
        told = [[*bot.tokenizer.encode(choice), bot.tokenizer.im_end] for _, choice in pairs]
        likely = engine.likelihoods([prompt for prompt, _ in pairs], told, tuned)
        scores = iter([value / len(choice.encode()) for value, (_, choice) in zip(likely, pairs, strict=True)])
        for question in batch:
            own = [next(scores) for _ in question.choices]
            right.append(own.index(max(own)) == question.answer)
        step(len(batch))
    return right


def examine_choices(
    workspace: Workspace, names: Sequence[str], path: Path, *, base_model: str, system_prompt: str, seed: int
) -> dict[str, Any]:
    """Base and adapters on a multiple-choice file; prints a table, writes ``evaluation_choices.json``, returns it."""
    questions = read_choices(path)
    adapters = read_adapters(workspace, names, base_model, system_prompt)
    right: dict[str, list[bool]] = {}
    with Progress("choices", (1 + len(adapters)) * len(questions), "questions") as bar:
        for model, bot, tuned in in_turn(adapters, system_prompt, max_new_tokens=1):
            right[model] = choose(bot, questions, tuned, seed, bar.step)
    report: dict[str, Any] = {
        "file": path.name,
        "questions": len(questions),
        "chance": sum(1 / len(question.choices) for question in questions) / len(questions),
        "scores": {model: found._asdict() for model, marks in right.items() if (found := estimate(marks))},
        "comparisons": {
            adapter.name: told._asdict() for adapter in adapters if (told := compare(right[BASE], right[adapter.name]))
        },
        "right": {
            model: [question.id for question, hit in zip(questions, marks, strict=True) if hit]
            for model, marks in right.items()
        },
    }
    for adapter in adapters:
        with atomic_write(adapter.folder / "evaluation_choices.json") as file:
            json.dump(report, file, ensure_ascii=False, indent=1)
    print(f"multiple choice: {len(questions)} questions of {path.name}, by chance {report['chance']:.0%}")
    for model, told in report["scores"].items():
        change = report["comparisons"].get(model)
        print(
            f"  {model:<24} {percent(told)}"
            + (f"   {100 * change['difference']:+.0f}, p={change['p']:.3f}" if change else "")
        )
    return report


def _put(question: Choice) -> list[Message]:
    listed = "\n".join(f"{_LETTERS[place]}. {choice}" for place, choice in enumerate(question.choices))
    words = prompts.text("choices.request.txt").format(question=question.question, choices=listed)
    return [Message(role="user", content=words)]


def _json_rows(path: Path, text: str) -> list[tuple[int, dict[str, Any]]]:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                rows.append((number, json.loads(line)))
            except ValueError as error:
                raise ExamError(f"'{path}', line {number}: not JSON: {error}", HOW_TO_WRITE) from error
    return rows


def _csv_rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines())
    rows = []
    for row in reader:
        choices = [row[letter] for letter in _LETTERS if row.get(letter)]
        rows.append(
            (reader.line_num, {"question": row.get("question"), "choices": choices, "answer": row.get("answer")})
        )
    return rows


def _choice(path: Path, number: int, row: Any, first: int) -> Choice:
    where = f"'{path}', line {number}"
    told = row.get("choices") if isinstance(row, dict) else None
    if not isinstance(told, list) or len(told) < 2 or not row.get("question"):
        raise ExamError(f"{where}: a question and a list of at least two choices are needed", HOW_TO_WRITE)
    choices = tuple(str(choice).strip() for choice in told)
    if not all(choices) or len(set(choices)) < len(choices) or len(choices) > len(_LETTERS):
        raise ExamError(f"{where}: choices that are empty, alike or more than {len(_LETTERS)}", HOW_TO_WRITE)
    answer = row.get("answer")
    places = _places(answer, choices, first)
    if not places:
        raise ExamError(f"{where}: the answer '{answer}' is none of its {len(choices)} choices", HOW_TO_WRITE)
    if len(places) > 1:
        meant = " or ".join(f"'{choices[place]}'" for place in sorted(places))
        raise ExamError(
            f"{where}: the answer '{answer}' may mean the choice {meant}",
            f"write its letter, its number from {first}, or the choice itself, whichever means one choice alone",
        )
    return Choice(str(row.get("id") or number), str(row["question"]), choices, places.pop())


def _places(answer: Any, choices: Sequence[str], first: int) -> set[int]:
    """The places that an answer may mean: of the choice that it is, of its letter, of its number."""
    told = str(answer).strip()
    number = int(told) - first if told.isdecimal() else -1
    numbered = {number} if 0 <= number < len(choices) else set()
    if isinstance(answer, int) and not isinstance(answer, bool):
        return numbered
    lettered = {_LETTERS.index(told.upper())} if len(told) == 1 and told.upper() in _LETTERS[: len(choices)] else set()
    return numbered | lettered | ({choices.index(told)} if told in choices else set())
