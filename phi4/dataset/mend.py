"""What can be put right without asking again: a step that says something else, or leads nowhere.

A step states the fact of one source sentence, so the sentence itself is a right form of it. A
small teacher copies the neighbouring sentence, repeats itself or misspells a name there; its
question and answer may be good all the same. Answers and questions are never rewritten.
"""

from __future__ import annotations

from collections import Counter

from phi4.dataset.gates import STEP_SUPPORT
from phi4.korean import content_morphemes, foreign_letters, foreign_words, quantities, register, squeeze
from phi4.records import Draft, Passage, Step

COMMON = 1 / 3  # of the sentences: what so many say tells nothing of one of them


def mend_steps(draft: Draft, passage: Passage) -> Draft:
    """The draft with each wrong step replaced by its sentence, and without steps that lead nowhere.

    ``mended`` counts the replaced ones.
    """
    steps: list[Step] = []
    mended = 0
    said: set[str] = set()
    for step in _leading(draft, passage):
        if step.cite in passage.numbers and (_is_wrong(step.step, passage, step.cite) or squeeze(step.step) in said):
            step = Step(cite=step.cite, step=passage.sentence(step.cite))
            mended += 1
        said.add(squeeze(step.step))
        steps.append(step)
    return draft.model_copy(update={"steps": tuple(steps), "mended": mended})


def _leading(draft: Draft, passage: Passage) -> list[Step]:
    """The steps whose sentence has something to do with the one asked about (the source's last)."""
    focus = draft.source.sentences[-1]
    wanted = telling_morphemes(passage, focus)
    kept = [step for step in draft.steps if step.cite == focus or wanted & telling_morphemes(passage, step.cite)]
    return kept or list(draft.steps)


def telling_morphemes(passage: Passage, number: int) -> frozenset[str]:
    """What a sentence says apart from what a third of the passage says: its subject, 복용, 환자."""
    if number not in passage.numbers:
        return frozenset()
    said = Counter(morpheme for sentence in passage.sentences for morpheme in content_morphemes(sentence))
    common = {morpheme for morpheme, count in said.items() if count > max(2, COMMON * len(passage.sentences))}
    return content_morphemes(passage.sentence(number)) - common


def _is_wrong(step: str, passage: Passage, cite: int) -> bool:
    sentence = passage.sentence(cite)
    told, held = content_morphemes(step), content_morphemes(sentence)
    return (
        len(told & held) < STEP_SUPPORT * len(told)
        or register(step) != "합니다체"
        or bool(foreign_letters(step, sentence) or foreign_words(step, sentence))
        or not quantities(step) <= quantities(sentence)
    )
