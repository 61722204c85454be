"""What a teacher must return, as pydantic models and as the JSON schema sent along."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from phi4.korean import nfc, polite_question
from phi4.korean.polite import polite_text
from phi4.records import Example, ExamQuestion, Passage, Step

__all__ = [
    "BlindAnswer",
    "DraftAnswer",
    "ExamQuestion",
    "Example",
    "Step",
    "Vote",
    "blind_schema",
    "draft_schema",
    "parse",
    "parse_draft",
    "vote_schema",
]

# What an engine that obeys patterns may write: no Hanja or Kana, ℃ or 《 unless the passage has them.
_LETTERS = "가-힣a-zA-Z0-9 ,()%~·/+"
_STOPS = ":;.-"  # in steps and answers
_OTHERS = re.compile(f"[^{_LETTERS}{_STOPS}]")
# A question has no full stop inside, so that it cannot begin as a statement; but 2.5 is no full stop.
_ENDS = frozenset("?!…。？！")
_DECIMAL = re.compile(r"\d\.\d")
# Some engines (Ollama's llama.cpp) put what a pattern allows into the JSON as it is: these two would spoil it.
_IN_JSON = {'"': "“”", "\\": ""}


LONGEST = 480  # characters; twice what the schema lets an engine write that counts them


class DraftAnswer(BaseModel):
    """The teacher's JSON: ``{"steps": {"3": "…", "4": "…"}, "answer": "…", "question": "…"}``.

    A step stands under the number of the sentence that it rests on, so the schema itself makes
    each step cite, and cite a different sentence. Reasoning comes first and the question last: a
    question written after its answer asks for it, one written before tends to state it.
    """

    model_config = ConfigDict(extra="ignore")
    steps: dict[int, Annotated[str, Field(max_length=LONGEST)]] = Field(min_length=1, max_length=6)
    answer: str = Field(min_length=2, max_length=LONGEST)
    question: str = Field(min_length=5, max_length=LONGEST)

    def cited_steps(self) -> tuple[Step, ...]:
        """The steps in the order they were written."""
        return tuple(Step(cite=number, step=step) for number, step in self.steps.items())


class Vote(BaseModel):
    """One vote of a judge, the reason first: a verdict written before its reason is not changed by it."""

    model_config = ConfigDict(extra="ignore")
    reason: str = Field(min_length=2)
    verdict: Literal["예", "아니오"]


class BlindAnswer(BaseModel):
    """An answer from the passage by somebody who has not seen ours."""

    model_config = ConfigDict(extra="ignore")
    answer: str = Field(min_length=2)


def draft_schema(passage: Passage, cite: Sequence[int]) -> dict[str, Any]:
    """JSON schema of a draft whose steps rest on the sentences ``cite``, in the passage's letters."""
    step = {"type": "string", "pattern": f"^{_told(passage)}{{8,160}}$"}
    return _object(
        steps=_object(**{str(number): step for number in cite}),
        answer={"type": "string", "pattern": f"^{_told(passage)}{{8,240}}$"},
        question={"type": "string", "pattern": f"^{_asked(passage)}{{8,90}}\\?$"},
    )


def vote_schema(passage: Passage) -> dict[str, Any]:
    """JSON schema of a vote."""
    reason = {"type": "string", "pattern": f"^{_told(passage)}{{4,120}}$"}
    return _object(reason=reason, verdict={"type": "string", "enum": ["예", "아니오"]})


def blind_schema(passage: Passage) -> dict[str, Any]:
    """JSON schema of a blind answer."""
    return _object(answer={"type": "string", "pattern": f"^{_told(passage)}{{4,240}}$"})


def _told(passage: Passage) -> str:
    """Pattern of one character of a step or an answer."""
    return f"[{_LETTERS}{_own(passage)}{_STOPS}]"


def _asked(passage: Passage) -> str:
    """Pattern of one character of a question, or of a decimal point between its digits where the passage has one.

    Only there: the schema is part of a request's identity, and finished work stays known where it need not change.
    """
    letter = f"[{_LETTERS}{_own(passage, _ENDS)}-]"
    return rf"({letter}|[0-9]\.[0-9])" if _DECIMAL.search(passage.text) else letter


def _own(passage: Passage, but: frozenset[str] = frozenset()) -> str:
    """The passage's other characters, as they stand in a character class: no spaces, nothing invisible."""
    held = {mark for mark in _OTHERS.findall(passage.text) if unicodedata.category(mark)[0] not in "CZ"} - but
    said = {mark for other in held for mark in _IN_JSON.get(other, other)}
    return "".join(f"\\{mark}" if mark in "[]" else mark for mark in sorted(said))


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


M = TypeVar("M", bound=BaseModel)


def parse(text: str, kind: type[M]) -> M | str:
    """The JSON object in a teacher's text, or what is wrong with it."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "no JSON object in the answer"
    try:
        return kind.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        return _wrong(error)


def _wrong(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'JSON'}: {first['msg']}"


def parse_draft(text: str) -> DraftAnswer | str:
    """The draft in a teacher's text (NFC, outer spaces gone, 한다체 of the passage as 합니다체), or what is wrong with
    it."""
    draft = parse(text, DraftAnswer)
    if isinstance(draft, str):
        return draft
    try:  # what was long enough with its spaces may be too short without them
        return DraftAnswer(
            steps={number: polite_text(nfc(step).strip()) for number, step in draft.steps.items()},
            answer=polite_text(nfc(draft.answer).strip()),
            question=polite_question(nfc(draft.question)),
        )
    except ValidationError as error:
        return _wrong(error)
