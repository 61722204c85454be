"""Ask a teacher for drafts: passage first, request last, one passage after another.

The engine then reads a passage once and reuses it for every request about it, which on a CPU
is most of the cost.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from phi4 import prompts
from phi4.dataset.asking import Asker, warmer
from phi4.dataset.crew import Posed
from phi4.dataset.plan import Request
from phi4.dataset.schemas import draft_schema, parse_draft
from phi4.dataset.topic import topic
from phi4.errors import TeacherFailed
from phi4.korean import quoting_particle
from phi4.records import Draft, Message, Passage, Rejected
from phi4.teachers import Sampling, TeacherAnswer

PROMPT_FAMILY = "draft"


def passage_lines(first: int, sentences: Sequence[str]) -> str:
    """The passage as the teacher reads it: a numbered sentence a line."""
    return "\n".join(f"[{number}] {sentence}" for number, sentence in enumerate(sentences, start=first))


def _request_text(request: Request, subject: str, asked: Sequence[str] = ()) -> str:
    """What the teacher is asked: the passage first, the request last."""
    passage = request.passage
    told = [
        prompts.text("draft.request.txt").format(
            passage=passage_lines(passage.first, passage.sentences),
            leading=", ".join(f"[{number}]번" for number in (request.support, *request.between)),
            focus=request.focus,
            sentence=passage.sentence(request.focus),
            kind=prompts.data("draft.kinds.json")[request.kind],
        )
    ]
    if subject:
        told.append(prompts.text("draft.subject.txt").format(subject=subject, particle=quoting_particle(subject)))
    if asked:
        told.append(prompts.text("draft.asked.txt").format(questions=" / ".join(asked)))
    return " ".join(told)


def example_turns() -> list[Message]:
    """The few-shot examples of the prompt, as the teacher sees them."""
    data = prompts.data("draft.examples.json")
    passage = Passage(
        file="examples", sha256="", first=1, sentences=tuple(data["passage"]), headings=("",) * len(data["passage"])
    )
    turns: list[Message] = []
    for example in data["examples"]:
        asked = Request(passage, example["focus"], example["support"], example["kind"])
        turns += [
            Message(role="user", content=_request_text(asked, data["subject"])),
            Message(role="assistant", content=compact(example["draft"])),
        ]
    return turns


def compact(told: object) -> str:
    """JSON as the teacher is to write it: spaces and line breaks would be a fifth of its tokens."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


class Generator:
    """Turns planned requests into drafts."""

    def __init__(self, asker: Asker, sampling: Sampling) -> None:
        self.asker, self.sampling = asker, sampling
        self.prompt_version = prompts.version(PROMPT_FAMILY)
        self._opening = [Message(role="system", content=prompts.text("draft.system.txt")), *example_turns()]

    def draft(self, request: Request) -> Draft | Rejected:
        """One draft, or a rejected one when the teacher's text is no draft.

        Raises ``TeacherUnavailable`` or ``TeacherFailed``.
        """
        return self.read(request, self.asker.one(self.posed(request)))

    def drafts(self, posed: Sequence[tuple[Request, Posed]]) -> list[Draft | Rejected | None]:
        """One for each, in order; None where a limit was reached before it was asked.

        Raises ``TeacherUnavailable``.
        """
        outcomes = self.asker.all([one for _, one in posed])
        return [
            None if outcome is None else self.read(request, outcome)
            for (request, _), outcome in zip(posed, outcomes, strict=True)
        ]

    def posed(self, request: Request, asked: Sequence[str] = ()) -> Posed:
        """The request as it is sent; ``asked`` are questions about its sentence that there are already."""
        text = _request_text(request, topic(request.passage), asked)
        return Posed(
            messages=[*self._opening, Message(role="user", content=text)],
            schema=draft_schema(request.passage, request.cites),
            sampling=warmer(self.sampling, request.turn),
            prefix=f"{request.passage.file}:{request.passage.first}",
        )

    def read(self, request: Request, outcome: TeacherAnswer | TeacherFailed) -> Draft | Rejected:
        """What the teacher's text says, or why it says nothing."""
        blank = self._blank(request)
        if isinstance(outcome, TeacherFailed):
            return Rejected(reason="teacher", detail=outcome.message, draft=blank)
        blank = blank.model_copy(update={"finish_reason": outcome.finish_reason, "raw": outcome.text})
        parsed = parse_draft(outcome.text)
        if isinstance(parsed, str):
            reason = "schema" if outcome.finish_reason == "stop" else "finished"
            return Rejected(reason=reason, detail=parsed, draft=blank)
        steps = parsed.cited_steps()
        if strays := [step.cite for step in steps if step.cite not in request.passage.numbers]:
            return Rejected(reason="schema", detail=f"steps: the passage has no sentence {strays[0]}", draft=blank)
        cited = tuple(sorted({step.cite for step in steps} - {request.focus}))
        source = request.passage.source(*cited, request.focus)
        return blank.model_copy(
            update={"question": parsed.question, "steps": steps, "answer": parsed.answer, "source": source}
        )

    def _blank(self, request: Request) -> Draft:
        """A draft without content: where it would come from."""
        passage = request.passage
        return Draft(
            id=request.id,
            kind=request.kind,
            difficulty=request.difficulty,
            source=passage.source(request.focus),
            teacher=self.asker.teacher.name,
            prompt_version=self.prompt_version,
            finish_reason="error",
        )
