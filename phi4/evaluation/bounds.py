"""Does an answer bound an amount as its gold does? 18세 미만 holds the number of 18세 이상, and is wrong."""

from __future__ import annotations

import re

from phi4.korean.numbers import Amount, amounts

# The questions that state a bound themselves, so that an answer need not: "최대 용량은 얼마입니까?" – "10 mg입니다."
_ASKED = {
    "≥": re.compile(r"이상|최소|적어도|부터"),
    "≤": re.compile(r"이하|이내|안에|최대|많아야|까지|한도|넘[지을].*(?:않|안|못|없)"),
    "<": re.compile(r"미만|되지 않|보다 (?:낮|적|작|어리|어린|짧)"),
    ">": re.compile(r"초과|넘[는으은을어게]|보다 (?:높|많|크|큰|길|긴)"),
}


def keeps_bounds(answer: str, gold: str, question: str = "") -> bool:
    """Whether every amount that the gold bounds (이상, 이하, 미만, 넘게 …) is bounded alike in the answer.

    An amount that the answer does not bound is taken where the question states the bound.
    """
    told = amounts(answer)
    return all(
        any(one.measure == wanted.measure and _is_alike(one, wanted, answer, question) for one in told)
        for wanted in amounts(gold)
        if wanted.bound
    )


def _is_alike(told: Amount, wanted: Amount, answer: str, question: str) -> bool:
    bound = told.bound or ("≥" if answer.startswith("부터", told.end) else "")
    return bound == wanted.bound if bound else _ASKED[wanted.bound].search(question) is not None
