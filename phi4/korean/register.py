"""Speech register (합니다체, 해요체, 한다체), read off sentence endings."""

from __future__ import annotations

import re
from typing import Literal

from phi4.korean.words import has_verb_ending

Register = Literal["합니다체", "해요체", "한다체", "명사형"]

_FINAL_BIEUP = 17  # index of the final consonant ㅂ in a composed syllable
_BIEUP = "".join(chr(first + _FINAL_BIEUP) for first in range(ord("가"), ord("힣"), 28))  # 갑 … 힙

_ASIDE = re.compile(r"(?<=\S)\s*\([^()]*\)[\s.!?…]*$")
_END = re.compile(r"[\s.!?…\"'”’)\]]+$")
_RULES: tuple[tuple[Register, re.Pattern[str]], ...] = (
    ("합니다체", re.compile(rf"([{_BIEUP}](니다|니까|시다)|시오)$")),
    ("해요체", re.compile(r"(요|죠)$")),
    ("한다체", re.compile(r"(다|라|가|나|냐|자|해|어|아|지|니|까|네|군)$")),
)


def register(sentence: str) -> Register:
    """The register of one sentence; a sentence without a verb ending is ``명사형``.

    What stands in brackets at its end is an aside. The last syllable alone does not tell: 금지,
    환자 and 필요 end as verbs do, so below 합니다체 the last morpheme decides.
    """
    bare = _END.sub("", _ASIDE.sub("", sentence.strip()))
    for name, rule in _RULES:
        if rule.search(bare):
            return name if name == "합니다체" or has_verb_ending(bare) else "명사형"
    return "명사형"


def registers(sentences: list[str]) -> set[Register]:
    """The registers that occur; one register per answer is what a reader expects."""
    return {register(sentence) for sentence in sentences if sentence.strip()}


_SPACE_BEFORE_MARK = re.compile(r"\s+\?$")
_STATEMENT_AS_QUESTION = re.compile(r"니다\?$")
_PLAIN_QUESTION = re.compile(r"(는가|인가|은가|던가)\?$")
_HALF_QUESTION = re.compile(r"는지\?$")
_BARE_NIKKA = re.compile(r"([가-힣])니까\?$")
_POLITE_QUESTION = re.compile(r"([가-힣])니까\?$|(까요|나요|가요|지요|죠)\?$")


def polite_question(question: str) -> str:
    """The question with a polite ending; the words before it stay.

    ``…됩니다?`` -> ``…됩니까?``, ``…는가?`` -> ``…는가요?``, ``…하는지?`` -> ``…하나요?``,
    ``…되니까?`` -> ``…됩니까?``. Small models ask with the ending of a statement or leave it half.
    """
    asked = _SPACE_BEFORE_MARK.sub("?", question.strip())
    asked = _STATEMENT_AS_QUESTION.sub("니까?", asked)
    asked = _HALF_QUESTION.sub("나요?", asked)
    asked = _BARE_NIKKA.sub(_close_with_bieup, asked)
    return _PLAIN_QUESTION.sub(r"\1요?", asked)


def _close_with_bieup(match: re.Match[str]) -> str:
    """``되니까`` -> ``됩니까``, ``있니까`` -> ``있습니까``; ``습니까`` stays."""
    final = _final_consonant(match[1])
    if final == _FINAL_BIEUP:
        return match[0]
    return f"{match[1]}습니까?" if final else f"{chr(ord(match[1]) + _FINAL_BIEUP)}니까?"


def _final_consonant(syllable: str) -> int:
    """0 for an open syllable, else the index of the consonant that closes it."""
    return (ord(syllable) - 0xAC00) % 28


def is_polite_question(question: str) -> bool:
    """Whether it ends as a polite question does: ``습니까?``, ``나요?``, ``까요?`` and their like.

    ``되니까?`` is none: before ``니까`` stands a syllable that closes with ㅂ.
    """
    match = _POLITE_QUESTION.search(question.strip())
    return match is not None and (match[1] is None or _final_consonant(match[1]) == _FINAL_BIEUP)


def topic_particle(word: str) -> str:
    """``은`` after a closed syllable, ``는`` after an open one or another script."""
    return "은" if _is_closed(word) else "는"


def quoting_particle(word: str) -> str:
    """``이라는`` after a closed syllable, ``라는`` after an open one or another script."""
    return "이라는" if _is_closed(word) else "라는"


def _is_closed(word: str) -> bool:
    last = word.strip()[-1:]
    return "가" <= last <= "힣" and _final_consonant(last) > 0
