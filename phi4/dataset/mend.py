"""What can be put right without asking again: a step that says something else, or leads nowhere.

A step states the fact of one source sentence, so the sentence itself is a right form of it. A
small teacher copies the neighbouring sentence, repeats itself or misspells a name there; its
question and answer may be good all the same. Answers and questions are never rewritten.
"""

from __future__ import annotations

from phi4.dataset.chain import telling_morphemes
from phi4.dataset.gates import misstated
from phi4.korean import foreign_letters, foreign_words, register, squeeze
from phi4.korean.polite import politely
from phi4.records import Draft, Passage, Step


def mend_steps(draft: Draft, passage: Passage) -> Draft:
    """The draft with each wrong step replaced by its sentence, and without steps that lead nowhere.

    ``mended`` counts the replaced ones.
    """
    steps: list[Step] = []
    mended = 0
    said: set[str] = set()
    for step in _leading(draft, passage):
        if step.cite in passage.numbers and (_is_wrong(step.step, passage, step.cite) or squeeze(step.step) in said):
            step = Step(cite=step.cite, step=politely(passage.sentence(step.cite)))
            mended += 1
        said.add(squeeze(step.step))
        steps.append(step)
    return draft.model_copy(update={"steps": tuple(steps), "mended": mended})


def _leading(draft: Draft, passage: Passage) -> list[Step]:
    """The steps whose sentence has something to do with the one asked about (the source's last)."""
    focus = draft.source.sentences[-1]
    told, nothing = telling_morphemes(passage), frozenset[str]()
    kept = [
        step for step in draft.steps if step.cite == focus or told.get(focus, nothing) & told.get(step.cite, nothing)
    ]
    return kept or list(draft.steps)


def _is_wrong(step: str, passage: Passage, cite: int) -> bool:
    sentence = politely(passage.sentence(cite))
    if squeeze(step) == squeeze(sentence):
        return step != sentence and register(step) != "합니다체"
    return (
        register(step) != "합니다체"
        or bool(foreign_letters(step, sentence) or foreign_words(step, sentence))
        or misstated(step, cite, passage) is not None
    )
