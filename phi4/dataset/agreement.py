"""Whether two answers to one question say the same, by rule: a model asked for that would say yes too often."""

from __future__ import annotations

import re

from phi4.korean import content_morphemes, quantities

SHARED = 0.5  # of what the shorter answer adds to the question, the other must say so much
_REFUSES = re.compile(r"알 수 없|찾을 수 없|나와 있지 않|언급되지 않|없는 내용|모릅니다")
_NEGATES = re.compile(r"(?<![가-힣])(?:안|못)\s|지\s*(?:않|못|말)|없|아니|금지|금기|삼가|피해야|피합니다|불가")


def declines(answer: str) -> bool:
    """Whether an answer says that it does not know."""
    return bool(_REFUSES.search(answer))


def agree(answer: str, other: str, question: str) -> bool:
    """Whether ``other`` is the same answer to ``question``.

    Compared is what each says beyond the question: numbers with their units, then content morphemes, and
    whether it says yes or no where the question leaves that open.
    """
    if declines(other) and not declines(answer):
        return False
    asked = quantities(question)
    ours, theirs = quantities(answer) - asked, quantities(other) - asked
    if ours and theirs and not ours & theirs:
        return False
    if not _NEGATES.search(question) and bool(_NEGATES.search(answer)) != bool(_NEGATES.search(other)):
        return False
    given = content_morphemes(question)
    said, told = content_morphemes(answer), content_morphemes(other)
    if said - given and told - given:
        said, told = said - given, told - given
    return len(said & told) >= SHARED * min(len(said), len(told)) > 0
