"""Ask for a draft again with what is wrong with it (self-revision: Phi-4 Technical Report, D.1.2)."""

from __future__ import annotations

from phi4 import prompts
from phi4.dataset.asking import warmer
from phi4.dataset.crew import Posed
from phi4.dataset.generator import compact
from phi4.dataset.sorting import Fault
from phi4.records import Draft, Message
from phi4.teachers import Sampling

NOT_MENDABLE = frozenset({"finished", "exam", "duplicate", "teacher"})  # no critique helps against these
OF_THE_QUESTION = frozenset({"stand_alone", "question", "vote_alone"})  # the answer may be right


def revised(posed: Posed, draft: Draft, fault: Fault, sampling: Sampling, turn: int) -> Posed:
    """The request that ``draft`` answered, with that answer and its fault behind it: the engine reads only the end."""
    told = {"steps": {str(step.cite): step.step for step in draft.steps}, "answer": draft.answer}
    critique = prompts.text("draft.revise.txt").format(fault=_words(fault))
    return Posed(
        messages=[
            *posed.messages,
            Message(role="assistant", content=compact({**told, "question": draft.question})),
            Message(role="user", content=critique),
        ],
        schema=posed.schema,
        sampling=warmer(sampling, turn),
        prefix=posed.prefix,
    )


def _words(fault: Fault) -> str:
    """A fault as the teacher is told it."""
    reason, detail = fault
    words: dict[str, str] = prompts.data("draft.faults.json")
    return words.get(reason, words["other"]).format(detail=detail)
