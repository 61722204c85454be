"""More questions for one answer, made by rule from the sentence that it rests on.

Knowledge enters a small model by being asked for in many ways (Allen-Zhu and Li, Physics of Language
Models 3.1: a fact met in one wording is stored, but not found again), and a small teacher has few
ways of its own. Taking a part out of a text and asking for it is the fill-in of the Phi-4 Technical
Report, D.2.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from phi4.dataset.plan import DIFFICULTY
from phi4.dataset.topic import topic
from phi4.korean import Asked, ask, content_morphemes, in_everyday_words, quantities, softened, squeeze
from phi4.records import Draft, Passage

# A sentence about a part of the subject, which a heading above it names: only a part can be said to be its own.
_PARTS = (
    "적응증|용량|용법|부작용|효능|효과|성분|제형|반감기|금기|목적|기간|시간|기한|비용|요금|가격|수수료|대상|자격|방법|절차|서류|"
    "장소|위치|임기|수도|인구|면적|크기|무게|길이|높이|출력|전압|용도|종류|원인|증상|특징|기능|구조|장점|단점|역할"
)
_PART = re.compile(rf"(?:[가-힣]+ ){{0,3}}[가-힣]*(?:{_PARTS})[은는] ")
HELD = 0.8  # share of what is asked for that the answer must say
GIVEN = 0.5  # share of it that the question may say


def wordings(draft: Draft, passage: Passage) -> list[Draft]:
    """Drafts with the answer of ``draft`` and questions of their own, the most telling first.

    A question asks for a part of the sentence that the answer says and the question does not, in the
    sentence's words and then in everyday ones. Every other one ends as people type (``…나요?``).
    """
    number = draft.source.sentences[-1]
    chosen = _with_everyday([asked for asked in named_questions(passage, number) if _fits(asked, draft)])
    worded = [asked.question if turn % 2 else softened(asked.question) for turn, asked in enumerate(chosen)]
    return [
        draft.model_copy(
            update={
                "id": f"{draft.id}-{number}",
                "question": question,
                "kind": asked.kind,
                "difficulty": DIFFICULTY[asked.kind],
                "asked_by": "rule",
                "raw": "",
            }
        )
        for number, (question, asked) in enumerate(zip(worded, chosen, strict=True), start=1)
    ]


def named_questions(passage: Passage, number: int) -> list[Asked]:
    """The questions that a sentence answers, as far as they can stand without their passage."""
    sentence = passage.sentence(number)
    return _named(ask(sentence), sentence, topic(passage))


def _with_everyday(chosen: list[Asked]) -> list[Asked]:
    """Each question again in everyday words, after the next one: the first few differ in matter and in words."""
    again = [asked._replace(question=in_everyday_words(asked.question)) for asked in chosen]
    said = [None, *(new if new != old else None for new, old in zip(again, chosen, strict=True))]
    return [asked for pair in zip_longest(chosen, said) for asked in pair if asked is not None]


def _named(questions: list[Asked], sentence: str, subject: str) -> list[Asked]:
    """The questions that name the subject; ``적응증은 무엇입니까?`` becomes ``와파린의 적응증은 무엇입니까?``."""
    if not subject:
        return questions
    if squeeze(subject) not in squeeze(sentence):
        part = _PART.match(sentence)
        owned = [asked for asked in questions if part and asked.question.startswith(part[0])]
        return [asked._replace(question=f"{subject}의 {asked.question}") for asked in owned]
    return [asked for asked in questions if squeeze(subject) in squeeze(asked.question)]


def _fits(asked: Asked, draft: Draft) -> bool:
    wanted = content_morphemes(asked.answer)
    said = len(wanted & content_morphemes(draft.answer))
    given = len(wanted & content_morphemes(asked.question))
    if not wanted or said < HELD * len(wanted) or not quantities(asked.answer) <= quantities(draft.answer):
        return False
    return given <= GIVEN * len(wanted) or bool(quantities(asked.answer) - quantities(asked.question))
