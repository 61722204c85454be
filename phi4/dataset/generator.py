"""Ask a teacher for drafts: passage first, request last, one passage after another.

The engine then reads a passage once and reuses it for every request about it, which on a CPU
is most of the cost.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from phi4 import prompts
from phi4.dataset.cache import AnswerCache, request_key
from phi4.dataset.meter import Meter
from phi4.dataset.plan import Request
from phi4.dataset.schemas import draft_schema, parse_draft
from phi4.dataset.topic import topic
from phi4.korean import quoting_particle
from phi4.records import Draft, Message, Passage, Rejected, Source
from phi4.teachers import Sampling, Teacher, TeacherAnswer

PROMPT_FAMILY = "draft"


def passage_lines(first: int, sentences: Sequence[str]) -> str:
    """The passage as the teacher reads it: a numbered sentence a line."""
    return "\n".join(f"[{number}] {sentence}" for number, sentence in enumerate(sentences, start=first))


def _request_text(passage: str, support: int, focus: int, sentence: str, kind: str, subject: str) -> str:
    asked = prompts.text("draft.request.txt").format(
        passage=passage, support=support, focus=focus, sentence=sentence, kind=prompts.data("draft.kinds.json")[kind]
    )
    if not subject:
        return asked
    named = prompts.text("draft.subject.txt").format(subject=subject, particle=quoting_particle(subject))
    return f"{asked} {named}"


def example_turns() -> list[Message]:
    """The few-shot examples of the prompt, as the teacher sees them."""
    data = prompts.data("draft.examples.json")
    sentences = tuple(data["passage"])
    passage = passage_lines(1, sentences)
    turns: list[Message] = []
    for example in data["examples"]:
        focus = example["focus"]
        asked = _request_text(
            passage, example["support"], focus, sentences[focus - 1], example["kind"], data["subject"]
        )
        told = json.dumps(example["draft"], ensure_ascii=False, separators=(",", ":"))
        turns += [Message(role="user", content=asked), Message(role="assistant", content=told)]
    return turns


class Generator:
    """Turns planned requests into drafts; every answer goes through the cache."""

    def __init__(self, teacher: Teacher, cache: AnswerCache, sampling: Sampling, meter: Meter | None = None) -> None:
        self.teacher, self.cache, self.sampling = teacher, cache, sampling
        self.prompt_version = prompts.version(PROMPT_FAMILY)
        self.meter = meter or Meter()
        self._opening = [Message(role="system", content=prompts.text("draft.system.txt")), *example_turns()]

    def draft(self, request: Request) -> Draft | Rejected:
        """One draft, or a rejected one when the teacher's text is no draft.

        Raises ``TeacherUnavailable`` or ``TeacherFailed``.
        """
        answer = self._answer(*self._posed(request))
        blank = self.blank(request, answer)
        parsed = parse_draft(answer.text)
        if isinstance(parsed, str):
            reason = "schema" if answer.finish_reason == "stop" else "finished"
            return Rejected(reason=reason, detail=parsed, draft=blank)
        steps = parsed.cited_steps()
        cited = tuple(sorted({step.cite for step in steps} - {request.focus}))
        source = blank.source.model_copy(update={"sentences": (*cited, request.focus)})
        return blank.model_copy(
            update={"question": parsed.question, "steps": steps, "answer": parsed.answer, "source": source}
        )

    def known(self, request: Request) -> TeacherAnswer | None:
        """The answer that an earlier run got, if it did."""
        return self.cache.get(request_key(self.teacher.name, *self._posed(request), self.sampling))

    def prompt_characters(self, request: Request) -> int:
        """Length of what the teacher would read."""
        return sum(len(turn.content) for turn in self._posed(request)[0])

    def _posed(self, request: Request) -> tuple[list[Message], dict[str, Any]]:
        """The messages of a request and the schema of its answer."""
        passage = request.passage
        lines = passage_lines(passage.first, passage.sentences)
        sentence = passage.sentence(request.focus)
        asked = _request_text(lines, request.support, request.focus, sentence, request.kind, topic(passage))
        return [*self._opening, Message(role="user", content=asked)], draft_schema(passage, request.cites)

    def _answer(self, messages: list[Message], schema: dict[str, Any]) -> TeacherAnswer:
        key = request_key(self.teacher.name, messages, schema, self.sampling)
        if (known := self.cache.get(key)) is not None:
            return known
        answer = self.teacher.ask(messages, schema, self.sampling)
        self.cache.put(key, answer)
        self.meter.count(answer)
        return answer

    def blank(self, request: Request, answer: TeacherAnswer | None = None) -> Draft:
        """A draft without content: where it would come from, and the raw answer."""
        passage: Passage = request.passage
        return Draft(
            id=request.id,
            kind=request.kind,
            difficulty=request.difficulty,
            source=Source(file=passage.file, sha256=passage.sha256, sentences=(request.focus,)),
            teacher=self.teacher.name,
            prompt_version=self.prompt_version,
            finish_reason=answer.finish_reason if answer else "error",
            raw=answer.text if answer else "",
        )
