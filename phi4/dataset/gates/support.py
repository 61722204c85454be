"""The words of a draft come from its sentences."""

from __future__ import annotations

from phi4.dataset.gates.claims import nearest
from phi4.korean import squeeze
from phi4.korean.lexicon import VAGUE
from phi4.korean.words import EMPTY_WORDS, morphemes
from phi4.records import Draft, Passage

STEP_SUPPORT = 0.7  # share of a step's content words that its cited sentence must hold
ANSWER_SUPPORT = 0.5
QUESTION_SUPPORT = 0.4  # of the whole passage: a question asks in its own words

_TELLING = ("NNG", "NNP", "VV", "VA", "MAG", "XR", "SL", "SH")  # numbers and units have a gate of their own
# Words that a question may use without the passage using them.
ASKING = frozenset({
    "왜", "어떤", "어떻게", "어느", "무엇", "무슨", "몇", "며칠", "얼마", "누구", "언제", "어디", "이유", "까닭",
    "원인", "과정", "방법", "경우", "사람", "때", "영향", "결과", "역할", "작용", "효과", "원리", "목적",
    "환자", "약", "약물", "설명", "알", "말", "나타나", "생기", "일어나", "필요", "주의", "복용", "사용",
    "다음",
})  # fmt: skip


def support(draft: Draft, passage: Passage) -> str | None:
    """Each step rests on its sentence, the answer on the cited ones, the question on the passage."""
    cited = [passage.sentences[0], passage.sentence(draft.source.sentences[-1])]
    for step in draft.steps:
        if step.cite not in passage.numbers:
            return f"sentence {step.cite} does not exist"
        cited.append(passage.sentence(step.cite))
        share = step_support(step.step, step.cite, passage)
        if share < STEP_SUPPORT:
            return f"step at {share:.2f} of sentence {step.cite}: {step.step[:40]}"
    share = _share(draft.answer, "\n".join(cited))
    if share < ANSWER_SUPPORT:
        return f"answer at {share:.2f} of the cited sentences: {draft.answer[:40]}"
    share = _share(draft.question, passage.text, ASKING)
    return f"question at {share:.2f} of the passage: {draft.question[:40]}" if share < QUESTION_SUPPORT else None


def step_support(step: str, cite: int, passage: Passage) -> float:
    """Share of a step's content words that its sentence holds, or the first one, which names the subject."""
    return _share(step, f"{passage.sentences[0]}\n{passage.sentence(cite)}")


def focus(draft: Draft, passage: Passage) -> str | None:
    """The answer speaks of the sentence that was asked about (the source's last)."""
    wanted = draft.source.sentences[-1]
    found = nearest_sentence(draft.answer, passage)
    return None if found == wanted else f"the answer is about sentence {found}, not {wanted}"


def nearest_sentence(text: str, passage: Passage) -> int:
    """The number of the sentence of the passage that shares most content with ``text``."""
    return nearest(text, passage, list(passage.numbers))


def _share(text: str, held: str, free: frozenset[str] = frozenset()) -> float:
    """Share of the content words of ``text`` that stand in ``held``, be it inside a word; 1.0 for a text of
    numbers alone, which are compared elsewhere."""
    free |= EMPTY_WORDS
    told = {token.form.lower() for token in morphemes(text) if token.kind in _TELLING and token.form not in free}
    if not told - VAGUE:
        return 1.0 if any(character.isdigit() for character in text) or told else 0.0
    told -= VAGUE
    known = squeeze(held)
    return sum(word in known or (len(word) > 1 and word[:-1] in known) for word in told) / len(told)
