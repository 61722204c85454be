"""The words of a draft come from its sentences."""

from __future__ import annotations

import re

from phi4.dataset.gates.claims import likeness, nearest
from phi4.dataset.topic import topic
from phi4.korean import squeeze
from phi4.korean.lexicon import PERSONS, VAGUE
from phi4.korean.words import EMPTY_WORDS, morphemes
from phi4.records import Draft, Passage

STEP_SUPPORT = 0.7  # share of a step's content words that its cited sentence must hold
CLEARLY = 2  # times as like another sentence as the one asked about
FEW = 2  # telling words say too little for a share
ANSWER_SUPPORT = 0.5
QUESTION_SUPPORT = 0.4  # of the whole passage: a question asks in its own words

WHY = re.compile(r"(?<![가-힣])왜(?![가-힣])|이유|까닭")
_TELLING = ("NNG", "NNP", "VV", "VA", "MAG", "XR", "SL", "SH")  # numbers and units have a gate of their own
# Words that a question may use without the passage using them.
ASKING = frozenset({
    "왜", "어떤", "어떻게", "어느", "무엇", "무슨", "몇", "며칠", "얼마", "누구", "언제", "어디", "이유", "까닭",
    "원인", "과정", "방법", "경우", "사람", "때", "영향", "결과", "역할", "작용", "효과", "원리", "목적",
    "환자", "약", "약물", "설명", "알", "말", "나타나", "생기", "일어나", "필요", "주의", "복용", "사용",
    "다음", "어떻",
})  # fmt: skip


def supported(draft: Draft, passage: Passage) -> str | None:
    """Each step rests on its sentence, the answer on the cited ones, the question on the passage."""
    cited = [passage.sentences[0], passage.sentence(draft.source.sentences[-1])]
    for step in draft.steps:
        if step.cite not in passage.numbers:
            return f"sentence {step.cite} does not exist"
        cited.append(passage.sentence(step.cite))
        share = of_step(step.step, step.cite, passage)
        if share < STEP_SUPPORT:
            return f"step at {share:.2f} of sentence {step.cite}: {step.step[:40]}"
    share = _share(draft.answer, "\n".join(cited))
    if share < ANSWER_SUPPORT:
        return f"answer at {share:.2f} of the cited sentences: {draft.answer[:40]}"
    if draft.asked_by == "rule":
        return None  # its question is the sentence itself
    if WHY.search(draft.question) and (taken := _unknown(draft.question, passage.text)):
        return f"the question takes for granted: {taken}"
    share = _share(draft.question, passage.text, ASKING)
    if share < QUESTION_SUPPORT:
        return f"question at {share:.2f} of the passage: {draft.question[:40]}"
    return _asks_another(draft, passage)


def _asks_another(draft: Draft, passage: Passage) -> str | None:
    """The question speaks of what another sentence tells, and not of what the answer does."""
    subject = squeeze(topic(passage))
    asked = {word for word in _words(draft.question, ASKING | VAGUE) if len(word) > 1 and word not in subject}
    focus = draft.source.sentences[-1]
    own = _found(asked, squeeze(f"{passage.sentence(focus)}\n{draft.answer}"))
    others = {
        number: {word for word in asked if word in squeeze(passage.sentence(number))} for number in passage.numbers
    }
    number = max(others, key=lambda number: len(others[number]))
    if len(others[number]) <= len(own) + (1 if own else 0):
        return None
    return f"the question is about sentence {number}: {', '.join(sorted(others[number] - own))}"


def _unknown(question: str, held: str) -> str:
    """A thing that a question speaks of and the passage does not: asked for its reason, it is taken for a fact."""
    known, free = squeeze(held), VAGUE | PERSONS | ASKING
    nouns = (token.form for token in morphemes(question) if token.kind in ("NNG", "NNP", "SL"))
    return next((noun for noun in nouns if squeeze(noun) not in known and noun not in free), "")


def of_step(step: str, cite: int, passage: Passage) -> float:
    """Share of a step's content words that its sentence holds, or the first one, which names the subject."""
    return _share(step, f"{passage.sentences[0]}\n{passage.sentence(cite)}")


def focused(draft: Draft, passage: Passage) -> str | None:
    """The answer speaks of the sentence that was asked about (the source's last)."""
    wanted = draft.source.sentences[-1]
    found = nearest_sentence(draft.answer, passage)
    if found == wanted or likeness(draft.answer, passage, found) < CLEARLY * likeness(draft.answer, passage, wanted):
        return None
    return f"the answer is about sentence {found}, not {wanted}"


def nearest_sentence(text: str, passage: Passage) -> int:
    """The number of the sentence of the passage that shares most content with ``text``."""
    return nearest(text, passage, list(passage.numbers))


def _share(text: str, held: str, free: frozenset[str] = frozenset()) -> float:
    """Share of the content words of ``text`` that stand in ``held``, be it inside a word; 1.0 for a text of
    numbers alone, which are compared elsewhere."""
    told = _words(text, free)
    told = told - VAGUE or told
    missing = told - _found(told, squeeze(held))
    if missing:
        missing -= _stems(held)
    found = len(told) - len(missing)
    if len(told) <= FEW and (found or any(character.isdigit() for character in text)):
        return 1.0
    return found / len(told) if told else 0.0


def _stems(text: str) -> set[str]:
    """The words of each line as they are before they are joined with their endings: 쓰 of 쓸 and 써, 주 of 줍니다."""
    return {word for line in text.splitlines() for word in _words(line, frozenset())}


def _words(text: str, free: frozenset[str]) -> set[str]:
    found = {token.form for token in morphemes(text) if token.kind in _TELLING}
    return {word.lower().replace(".", "") for word in found - free - EMPTY_WORDS}


def _found(words: set[str], held: str) -> set[str]:
    """The words that a squeezed text holds, their last syllable left aside: 짧아지 and 짧아집니다."""
    return {word for word in words if word in held or (len(word) > 1 and word[:-1] in held)}
