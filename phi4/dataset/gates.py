"""The deterministic gates: each looks at one draft and says what is wrong, or nothing.

A gate is a pure function ``(draft, passage) -> detail | None``. ``check`` runs them in order
and names the first that objects; an LLM is asked nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from phi4.dataset.topic import topic
from phi4.korean import (
    content_morphemes,
    foreign_letters,
    foreign_words,
    hangul_share,
    is_polite_question,
    quantities,
    registers,
    split_sentences,
    squeeze,
)
from phi4.records import Draft, Passage

Gate = Callable[[Draft, Passage], str | None]

MIN_HANGUL = 0.5  # drug and enzyme names are Latin; the sentence around them is not
STEP_SUPPORT = 0.7  # share of a step's content morphemes that its cited sentence must hold
ANSWER_SUPPORT = 0.7
QUESTION_SUPPORT = 0.6
MAX_GIVEN = 0.8  # share of the answer's content that the question may already hold

_LEANING = re.compile(
    r"본문|지문|제시문|윗글|위 글|위의 글|이 글|위 내용|주어진 (?:글|문장|내용|자료)|문장에|문장은|번 문장|"
    r"\[\d+\]|자료에 따르면|다음 중|아래의?\s|질문[은에]|steps|answer"
)
_INTERROGATIVE = re.compile(r"왜|어떤|어떻게|어느|무엇|무슨|뭐|몇|며칠|얼마|누가|누구|언제|어디|이유|까닭")
_STATEMENT_INSIDE = re.compile(r"(습니다|입니다|합니다|됩니다|어요|아요)(?=[\s,.])")
_HOW_MUCH = re.compile(r"몇|며칠|얼마")
_HOW_MANY = re.compile(r"몇\s*([가-힣a-zA-Z%℃]+)")
# Words that a question may use without the passage using them.
_ASKING = frozenset({
    "왜", "어떤", "어떻게", "어느", "무엇", "무슨", "몇", "며칠", "얼마", "누구", "언제", "어디", "이유", "까닭",
    "원인", "과정", "방법", "경우", "사람", "때", "영향", "결과", "역할", "작용", "효과", "원리", "목적",
    "환자", "약", "약물", "설명", "알", "말", "나타나", "생기", "일어나", "필요", "주의", "복용", "사용",
    "다음",
})  # fmt: skip


def finished(draft: Draft, passage: Passage) -> str | None:
    """The teacher ended by itself; a cut answer ends in the middle of a thought."""
    return f"ended by '{draft.finish_reason}'" if draft.finish_reason != "stop" else None


def korean(draft: Draft, passage: Passage) -> str | None:
    """Question and answer are Korean as a whole."""
    for name, text in (("question", draft.question), ("answer", draft.answer)):
        if hangul_share(text) < MIN_HANGUL:
            return f"{name}: {hangul_share(text):.0%} Hangul: {text[:40]}"
    return None


def leak(draft: Draft, passage: Passage) -> str | None:
    """No letter of a foreign script, and no Latin word, that the passage does not hold."""
    told, held = _all_text(draft), passage.text
    if letters := foreign_letters(told, held):
        return f"foreign letters: {letters}"
    words = foreign_words(told, held)
    return f"words that the passage does not hold: {', '.join(words)}" if words else None


def polite(draft: Draft, passage: Passage) -> str | None:
    """Steps and answer are whole sentences in 합니다체."""
    sentences = [sentence for text in (*_steps(draft), draft.answer) for sentence in split_sentences(text)]
    others = sorted(registers(sentences) - {"합니다체"})
    return f"register: {', '.join(others)}" if others else None


def stand_alone(draft: Draft, passage: Passage) -> str | None:
    """Nothing leans on the passage, and the question names what it is about."""
    for name, text in (("question", draft.question), ("answer", draft.answer), ("steps", "\n".join(_steps(draft)))):
        if match := _LEANING.search(text):
            return f"{name} speaks of its source: '{match[0]}'"
    subject = topic(passage)
    if subject and squeeze(subject) not in squeeze(draft.question):
        return f"the question does not name '{subject}'"
    return None


def question_form(draft: Draft, passage: Passage) -> str | None:
    """One question, with a question word and a question's ending, that states nothing first."""
    question = draft.question
    if question.count("?") != 1 or not is_polite_question(question):
        return f"not the form of a question: …{question[-12:]}"
    if not _INTERROGATIVE.search(question):
        return "no question word"
    if match := _STATEMENT_INSIDE.search(question):
        return f"a statement inside the question: '{match[0]}'"
    if _HOW_MUCH.search(question) and quantities(draft.answer) - quantities(question):
        return None  # it holds all of its answer but the number, as it must
    if draft.asked_by == "rule":
        return None  # what it asks for was taken out of it
    told = content_morphemes(draft.answer)
    given = len(told & content_morphemes(question)) / len(told) if told else 1.0
    return f"the question holds {given:.0%} of its answer" if given > MAX_GIVEN else None


def repetition(draft: Draft, passage: Passage) -> str | None:
    """Each step says something new."""
    steps = [squeeze(step) for step in _steps(draft)]
    return "two steps are the same" if len(set(steps)) < len(steps) else None


def support(draft: Draft, passage: Passage) -> str | None:
    """Each step rests on its sentence, the answer on the cited ones, the question on the one asked about."""
    subject = content_morphemes(passage.sentences[0])
    cited: frozenset[str] = subject
    for step in draft.steps:
        try:
            sentence = passage.sentence(step.cite)
        except KeyError:
            return f"sentence {step.cite} does not exist"
        held = content_morphemes(sentence)
        cited |= held
        share = _share(step.step, held | subject)
        if share < STEP_SUPPORT:
            return f"step at {share:.2f} of sentence {step.cite}: {step.step[:40]}"
    share = _share(draft.answer, cited)
    if share < ANSWER_SUPPORT:
        return f"answer at {share:.2f} of the cited sentences: {draft.answer[:40]}"
    asked = content_morphemes(draft.question) - _ASKING
    known = content_morphemes(passage.sentence(draft.source.sentences[-1])) | subject
    share = len(asked & known) / len(asked) if asked else 0.0
    return f"question at {share:.2f} of its sentence: {draft.question[:40]}" if share < QUESTION_SUPPORT else None


def asked_unit(draft: Draft, passage: Passage) -> str | None:
    """A question for "how many mg" is answered with a number of mg that it did not give itself."""
    match = _HOW_MANY.search(draft.question)
    if match is None:
        return None
    new = quantities(draft.answer) - quantities(draft.question)
    asked = next(iter(quantities(f"1{match[1]}"))).unit
    return None if not asked or any(q.unit == asked for q in new) else f"asks for {asked}, the answer has none"


def numbers(draft: Draft, passage: Passage) -> str | None:
    """Every number with its unit stands in the passage."""
    strange = quantities(_all_text(draft)) - quantities(passage.text)
    return (
        f"not in the passage: {', '.join(sorted(f'{q.value} {q.unit}'.strip() for q in strange))}" if strange else None
    )


def focus(draft: Draft, passage: Passage) -> str | None:
    """The answer speaks of the sentence that was asked about (the source's last)."""
    wanted = draft.source.sentences[-1]
    nearest = nearest_sentence(draft.answer, passage)
    return None if nearest == wanted else f"the answer is about sentence {nearest}, not {wanted}"


GATES: tuple[tuple[str, Gate], ...] = (
    ("finished", finished),
    ("korean", korean),
    ("leak", leak),
    ("register", polite),
    ("stand_alone", stand_alone),
    ("question", question_form),
    ("repetition", repetition),
    ("support", support),
    ("numbers", numbers),
    ("unit", asked_unit),
    ("focus", focus),
)


def check(draft: Draft, passage: Passage) -> tuple[str, str] | None:
    """The first gate that objects, as (reason, detail); None when the draft passes."""
    for name, gate in GATES:
        if detail := gate(draft, passage):
            return name, detail
    return None


def nearest_sentence(text: str, passage: Passage) -> int:
    """The number of the sentence that shares most content with ``text`` (Jaccard of morphemes)."""
    told = content_morphemes(text)

    def likeness(number: int) -> float:
        held = content_morphemes(passage.sentence(number))
        return len(told & held) / len(told | held) if told | held else 0.0

    return max(passage.numbers, key=likeness)


def _steps(draft: Draft) -> list[str]:
    return [step.step for step in draft.steps]


def _all_text(draft: Draft) -> str:
    return "\n".join((draft.question, *_steps(draft), draft.answer))


def _share(text: str, held: frozenset[str]) -> float:
    """Share of the content morphemes of ``text`` that ``held`` has; 0.0 for a text without any."""
    told = content_morphemes(text)
    return len(told & held) / len(told) if told else 0.0
