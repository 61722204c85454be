"""The form of a draft: whole, Korean, polite, in its own words throughout."""

from __future__ import annotations

import re

from phi4.korean import foreign_letters, foreign_words, hangul_share, registers, split_sentences, squeeze
from phi4.records import Draft, Passage

MIN_HANGUL = 0.5  # drug and enzyme names are Latin; the sentence around them is not

_ANNOUNCES = re.compile(r"[:,;]\s*$")
# A Latin letter between two syllables, a syllable in pieces: 거l를, 녹ㅇㅏ.
_BROKEN = re.compile(r"[가-힣]+[A-Za-z](?=[가-힣])|[가-힣]*[ㄱ-ㅎㅏ-ㅣ]+")


def finished(draft: Draft, passage: Passage) -> str | None:
    """The teacher ended by itself, and the answer announces nothing more."""
    if draft.finish_reason != "stop":
        return f"ended by '{draft.finish_reason}'"
    return f"the answer goes on: …{draft.answer[-12:]}" if _ANNOUNCES.search(draft.answer) else None


def korean(draft: Draft, passage: Passage) -> str | None:
    """Question and answer are Korean as a whole."""
    for name, text in (("question", draft.question), ("answer", draft.answer)):
        if hangul_share(text) < MIN_HANGUL:
            return f"{name}: {hangul_share(text):.0%} Hangul: {text[:40]}"
    return None


def leak(draft: Draft, passage: Passage) -> str | None:
    """No letter of a foreign script, no Latin word and no broken word that the passage does not hold."""
    told, held = all_text(draft), passage.text
    if letters := foreign_letters(told, held):
        return f"foreign letters: {letters}"
    if words := foreign_words(told, held):
        return f"words that the passage does not hold: {', '.join(words)}"
    broken = next((match[0] for match in _BROKEN.finditer(told) if match[0] not in held), None)
    return f"a broken word: {broken}" if broken else None


def polite(draft: Draft, passage: Passage) -> str | None:
    """Steps and answer are whole sentences in 합니다체."""
    sentences = [sentence for text in (*steps(draft), draft.answer) for sentence in split_sentences(text)]
    others = sorted(registers(sentences) - {"합니다체"})
    return f"register: {', '.join(others)}" if others else None


def repetition(draft: Draft, passage: Passage) -> str | None:
    """Each step, and each sentence of the answer, says something new."""
    for name, told in (("steps", steps(draft)), ("sentences of the answer", split_sentences(draft.answer))):
        if len({squeeze(one) for one in told}) < len(told):
            return f"two {name} are the same"
    return None


def steps(draft: Draft) -> list[str]:
    """The texts of its steps."""
    return [step.step for step in draft.steps]


def all_text(draft: Draft) -> str:
    """Question, steps and answer, a line each."""
    return "\n".join((draft.question, *steps(draft), draft.answer))
