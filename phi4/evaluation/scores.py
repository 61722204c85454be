"""Scores of a short answer against its accepted golds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from phi4.korean import squeeze

_ASIDE = re.compile(r"\([^()]*\)")


def contains_gold(answer: str, golds: Sequence[str]) -> bool:
    """Whether a gold stands in the answer, in normal form.

    A number must not be part of a longer one (``20mg`` is not in ``120mg``), nor a Latin
    abbreviation part of a longer word (``CK`` is not in ``ck2``).
    """
    read = {squeeze(answer), squeeze(_ASIDE.sub(" ", answer))}  # "ATPase(H+/K+ ATPase)입니다" holds ATPase
    return any(_stands_in(squeeze(gold), told) for gold in golds for told in read)


def _stands_in(gold: str, told: str) -> bool:
    if not gold:
        return False
    before = r"(?<![\d.~])" if gold[0].isdigit() else r"(?<![a-z])" if gold[0].isascii() else ""
    after = r"(?![\d~]|\.\d)" if gold[-1].isdigit() else r"(?![a-z0-9])" if gold[-1].isascii() else ""
    return re.search(before + re.escape(gold) + after, told) is not None


def character_f1(answer: str, golds: Sequence[str]) -> float:
    """Best F1 over the golds, of characters in normal form (as SQuAD's F1, with characters for words)."""
    return max((_f1(squeeze(answer), squeeze(gold)) for gold in golds), default=0.0)


def _f1(told: str, gold: str) -> float:
    common = sum((Counter(told) & Counter(gold)).values())
    return 2 * common / (len(told) + len(gold)) if common else 0.0
