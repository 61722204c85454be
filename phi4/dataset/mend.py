"""What can be put right without asking again: a step that does not say what its sentence says.

A step states the fact of one source sentence, so the sentence itself is a right form of it. A
small teacher copies the neighbouring sentence, repeats itself or misspells a name there; its
question and answer may be good all the same. Answers and questions are never rewritten.
"""

from __future__ import annotations

from phi4.dataset.gates import STEP_SUPPORT
from phi4.korean import content_morphemes, foreign_letters, foreign_words, quantities, register, squeeze
from phi4.records import Draft, Passage, Step


def mend_steps(draft: Draft, passage: Passage) -> Draft:
    """The draft with each wrong step replaced by its sentence; ``mended`` counts them."""
    steps: list[Step] = []
    mended = 0
    said: set[str] = set()
    for step in draft.steps:
        if step.cite in passage.numbers and (_is_wrong(step.step, passage, step.cite) or squeeze(step.step) in said):
            step = Step(cite=step.cite, step=passage.sentence(step.cite))
            mended += 1
        said.add(squeeze(step.step))
        steps.append(step)
    return draft.model_copy(update={"steps": tuple(steps), "mended": mended})


def _is_wrong(step: str, passage: Passage, cite: int) -> bool:
    sentence = passage.sentence(cite)
    told, held = content_morphemes(step), content_morphemes(sentence)
    return (
        len(told & held) < STEP_SUPPORT * len(told)
        or register(step) != "합니다체"
        or bool(foreign_letters(step, sentence) or foreign_words(step, sentence))
        or not quantities(step) <= quantities(sentence)
    )
