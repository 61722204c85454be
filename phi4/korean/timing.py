"""Before or after an amount of time, until or from it: ``30분 전에``, ``3월 2일까지``, ``3일 이내에``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from phi4.korean.lexicon import ADVERBIAL, QUANTIFIERS
from phi4.korean.negation import Predicate, predicates
from phi4.korean.numbers import amounts
from phi4.korean.words import Morpheme

_ENDS = r"(?=$|[\s,.)]|에|까지|부터|[은는이의]|으로)"  # 전용, 전후 and 후반 are other words
_BEHIND = re.compile(rf"\s?(?:(?P<side>이전|이후|전|후|뒤){_ENDS})?(?P<end>까지|부터)?")
_WITHIN = re.compile(r"\s?(?:이내|안에)")
_SIDES = {"이전": "전", "전": "전", "이후": "후", "후": "후", "뒤": "후"}


class Timing(NamedTuple):
    """An amount with the side of it that is meant (전, 후 or ""), its end (까지, 부터 or ""), the word that it is
    counted from (식사 30분 전) and what happens then."""

    measure: tuple[Decimal, str]
    words: str
    side: str
    end: str
    counted_from: str
    happens: Predicate | None


def timings(text: str, tokens: Sequence[Morpheme]) -> list[Timing]:
    """Every amount of a text, with how it is told as a time."""
    found = []
    for amount in amounts(text):
        behind = _BEHIND.match(text, amount.end)
        side, end = (_SIDES.get(behind["side"], ""), behind["end"] or "") if behind else ("", "")
        words = amount.words + (behind[0] if behind else "")
        if within := _WITHIN.match(text, amount.end):
            end, words = "까지", amount.words + within[0]
        rest = [token for token in tokens if token.start >= amount.end]
        before = [token for token in tokens if token.end <= amount.start]
        found.append(Timing(amount.measure, words, side, end, _last_word(before), _what_happens(rest)))
    return found


def are_opposed(one: Timing, other: Timing) -> bool:
    """Whether two timings of one amount exclude each other, as far as can be seen: ``18시까지 접수합니다`` is
    ``18시 이후에는 접수하지 않습니다``, and 식사 30분 전 is 30분 after something else."""
    if one.measure != other.measure or (one.counted_from and other.counted_from not in ("", one.counted_from)):
        return False
    if one.happens and other.happens and one.happens.denied != other.happens.denied:
        return False
    if one.side and other.side and one.side != other.side:
        return True
    if one.happens and other.happens and one.happens.stem != other.happens.stem:
        return False  # 4주까지 쓰는 것은 4주 뒤에 버립니다
    if one.end and other.end:
        return one.end != other.end
    return any(until.end == "까지" and since.side == "후" for until, since in ((one, other), (other, one)))


def _what_happens(tokens: Sequence[Morpheme]) -> Predicate | None:
    """The first predicate; Kiwi reads some verbs that stand alone as auxiliaries (버립니다)."""
    main = list(tokens)
    for place, (before, token) in enumerate(pairwise(tokens), start=1):
        if token.kind == "VX" and before.kind[0] == "J":
            main[place] = token._replace(tag="VV")
    return next(iter(predicates(main)), None)


def _last_word(tokens: Sequence[Morpheme]) -> str:
    """The noun or the stem right before an amount; "" where a particle or a word that says nothing stands there."""
    if tokens and tokens[-1].form == "지" and tokens[-1].kind == "NNB":
        tokens = tokens[:-1]  # 먹은 지 30분 뒤
    if not tokens:
        return ""
    if tokens[-1].kind in ("NNG", "NNP") and tokens[-1].form not in ADVERBIAL | QUANTIFIERS:
        return tokens[-1].form
    if tokens[-1].kind not in ("ETN", "ETM", "EC"):
        return ""
    return next((token.form for token in reversed(tokens[-3:]) if token.kind in ("VV", "NNG")), "")
