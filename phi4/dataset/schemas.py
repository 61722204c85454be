"""What a teacher must return, as pydantic models and as the JSON schema sent along."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from phi4.korean import nfc, polite_question
from phi4.records import Example, ExamQuestion, Passage, Step

__all__ = ["DraftAnswer", "ExamQuestion", "Example", "Step", "draft_schema", "parse_draft"]

# What an engine that obeys patterns may write: no Hanja or Kana unless the passage has them.
# A question has no full stop inside, so that it cannot begin as a statement.
_LETTERS = "가-힣a-zA-Z0-9 ,()%~·/+"


class DraftAnswer(BaseModel):
    """The teacher's JSON: ``{"steps": {"3": "…", "4": "…"}, "answer": "…", "question": "…"}``.

    A step stands under the number of the sentence that it rests on, so the schema itself makes
    each step cite, and cite a different sentence. Reasoning comes first and the question last: a
    question written after its answer asks for it, one written before tends to state it.
    """

    model_config = ConfigDict(extra="ignore")
    steps: dict[int, str] = Field(min_length=1, max_length=6)
    answer: str = Field(min_length=2)
    question: str = Field(min_length=5)

    def cited_steps(self) -> tuple[Step, ...]:
        """The steps in the order they were written."""
        return tuple(Step(cite=number, step=step) for number, step in self.steps.items())


def draft_schema(passage: Passage, cite: Sequence[int]) -> dict[str, Any]:
    """JSON schema of a draft whose steps rest on the sentences ``cite``, in the passage's letters."""
    own = sorted({letter for letter in passage.text if letter.isalpha() and not re.match(f"[{_LETTERS}]", letter)})
    letters = _LETTERS + "".join(own)
    step = {"type": "string", "pattern": f"^[{letters}:;.-]{{8,160}}$"}
    return _object(
        steps=_object(**{str(number): step for number in cite}),
        answer={"type": "string", "pattern": f"^[{letters}:;.-]{{8,240}}$"},
        question={"type": "string", "pattern": f"^[{letters}-]{{8,90}}\\?$"},
    )


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def parse_draft(text: str) -> DraftAnswer | str:
    """The draft in a teacher's text (NFC, outer spaces gone), or what is wrong with it."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "no JSON object in the answer"
    try:
        draft = DraftAnswer.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'JSON'}: {first['msg']}"
    return DraftAnswer(
        steps={number: nfc(step).strip() for number, step in draft.steps.items()},
        answer=nfc(draft.answer).strip(),
        question=polite_question(nfc(draft.question)),
    )
