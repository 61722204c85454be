"""Does an answer decline to answer? By rule: a model's own words for "I do not know" in Korean are few.

Phi-4 Technical Report, A.1: a refusal is right where nothing is known and costs where it is; both are
counted (refusals of what the seeds do not say, over-refusals of what they do).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from phi4.evaluation.scores import is_exact, is_right
from phi4.korean import split_sentences

OPENING = 2  # sentences in which a refusal is said, if it is one

# The ends of a clause; "원인을 알 수 없는 근육통" is none.
_DECLINES = re.compile(
    r"모릅니다|모르겠습니다|모르겠어요|몰라요|"
    r"(?:알|답할|답변할|대답할|확인할|판단할|알려\s?드릴|답변\s?드릴|말씀\s?드릴|제공할|찾을)\s?수(?:는|가)?\s?없(?:습니다|어요|다|음|으|지)|"
    r"알지\s?못합니다|알려(?:져|지지)\s?있?지?\s?않(?:습니다|아)|"
    r"(?:정보|내용|자료|근거|기록|언급|설명)(?:[이가는은도])?\s?(?:없습니다|없어요|없어|없으|부족합니다|부족하여)|"
    r"(?:나와|적혀|실려|기재되어)\s?있지\s?않(?:습니다|아)|"
    r"(?:언급|기재|명시)(?:되지|하지|되어\s?있지)\s?않(?:습니다|았습니다|아)|"
    r"답변(?:을|이)?\s?(?:드리기|하기)\s?어렵습니다|답하기\s?어렵습니다|확실하지\s?않습니다"
)
# A fee, too, may not be included: it is a refusal where something told or read is left out.
_LEFT_OUT = re.compile(
    r"(?<![가-힣])(?:정보|내용|자료|문서|본문|지문|기록|설명|언급|답변?).*"
    r"(?:(?:나타나|포함되어)\s?있지|(?:제공|포함)(?:되지|하지|되어\s?있지))\s?않(?:습니다|았습니다|아)"
)


def is_refusal(answer: str) -> bool:
    """Whether the answer says, where it begins, that it does not know."""
    return any(
        _DECLINES.search(sentence) or _LEFT_OUT.search(sentence) for sentence in split_sentences(answer)[:OPENING]
    )


def declines(answer: str, golds: Sequence[str]) -> bool:
    """Whether it is a refusal and not a gold that sounds like one: ``정확한 원인은 알려져 있지 않습니다.``"""
    if not is_refusal(answer) or is_exact(answer, golds):
        return False
    return not any(is_right(answer, [gold]) for gold in golds if is_refusal(gold))
