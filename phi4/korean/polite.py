"""Statements of laws, textbooks and notes in 합니다체: ``…한다.`` and ``…함.`` as ``…합니다.``

Only what is sure is turned. The words before the last one stay as they are, and so does what the sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from phi4.korean.clauses import NOUNS, is_balanced
from phi4.korean.words import Morpheme, join_morphemes, morphemes, split_sentences

_PLAIN = ("다", "ᆫ다", "는다")
_NOUN_FORMS = ("ᆷ", "음")
_STEMS = frozenset({"VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA", "EP"})
_ACTS = frozenset({"VV", "XSV"})  # before a bare 다 they stand in dictionaries: 먹다, 제출하다
_STATES = frozenset({"있", "없", "계시"})
_SURE = frozenset({"XSV", "VCP", "VX", "EP"})  # no name of a thing ends so: 제출함, 대상자임, 하지 않음
_WITH_PLACES = frozenset({"있", "없", "같"})  # 창고에 있음, 다음과 같음
# What a clause has and the name of a thing has not: 손을 씻음, 자격이 없음; but 가슴 답답함, 식후에 어지러움.
_SUBJECTS = frozenset({"JKS", "JKC", "JX"})
_CLAUSE = _SUBJECTS | {"JKO", "JKB", "EC", "MAG"}
_MARK = re.compile(r"[\s.;,]*$")
_RIEUL, _BIEUP = 8, 17  # final consonants, by their number in Unicode


def politely(sentence: str) -> str:
    """A sentence in 합니다체 where that is sure, else as it is."""
    return polite_statement(sentence) or sentence


def polite_text(text: str) -> str:
    """Several sentences in 합니다체, each where that is sure; a text without one that is turned comes back as it is."""
    told = split_sentences(text)
    turned = [politely(sentence) for sentence in told]
    return text if turned == told else " ".join(turned)


def polite_statement(sentence: str) -> str | None:
    """A 한다체 statement in 합니다체, or None where that is not sure: half a quotation, two sentences, a question."""
    if not sentence.endswith("다.") or not is_balanced(sentence):
        return None
    tokens = morphemes(sentence)
    if len(tokens) < 3 or tokens[-1].form != "." or sum(token.kind == "EF" for token in tokens) != 1:
        return None
    stem, ending = tokens[-3], tokens[-2]
    if ending.tag != "EF" or ending.form not in _PLAIN or stem.kind not in _STEMS:
        return None
    if ending.form == "다" and stem.kind in _ACTS and stem.form not in _STATES:
        return None
    if len(tokens) > 3 and tokens[-4].kind == "EC" and tokens[-4].end > stem.start:
        return None  # 나왔단다 is 나왔다고 한다
    return _with_ending(sentence, stem, ending) + "."


def polite_note(note: str) -> str | None:
    """A note that is a clause as a sentence in 합니다체: ``신청은 온라인으로 가능함`` -> ``… 가능합니다.``,
    ``서류를 제출할 것`` -> ``… 제출해야 합니다.``. None where it is or may be the name of a thing (``어지러움``)."""
    bare = _MARK.sub("", note)
    tokens = morphemes(bare)
    if not is_balanced(bare) or len(tokens) < 2:
        return None
    *before, ending = tokens
    if ending.tag in ("EF", "ETN") and ending.form in _NOUN_FORMS:
        return _with_ending(bare, before[-1], ending) + "." if _is_clause(before) else None
    if ending.form == "것" and before[-1].form in ("ᆯ", "을") and len(before) > 1 and _is_clause(before[:-1]):
        verb = before[-2]
        return bare[: verb.start] + join_morphemes([(verb.form, verb.tag), ("어야", "EC")]) + " 합니다."
    return None


def has_topic(note: str) -> bool:
    """Whether it says something of a topic, with a verb or without: ``수수료는 무료``; ``간은 약한 환자`` names one."""
    tokens = morphemes(note)
    topics = [
        place
        for place, (before, token) in enumerate(pairwise(tokens), start=1)
        if token.kind == "JX" and token.form in ("은", "는") and before.kind in NOUNS
    ]
    return bool(topics) and all(token.kind != "ETM" for token in tokens[topics[-1] :])


def _is_clause(tokens: Sequence[Morpheme]) -> bool:
    """Whether a verb and what stands before it say something, and do not name it."""
    stem = tokens[-1]
    if stem.kind not in _STEMS or any(token.kind == "EF" for token in tokens):
        return False
    if (stem.kind in _SURE and stem.form != "지") or [token.form for token in tokens[-2:]] == ["수", "있"]:
        return True  # but 얼굴 붉어짐
    own = max((place for place, token in enumerate(tokens) if token.kind == "ETM"), default=-1) + 1
    signs = _SUBJECTS if stem.kind in ("VA", "XSA") and stem.form not in _WITH_PLACES else _CLAUSE
    return any(token.kind in signs for token in tokens[own:])  # in a clause before a noun they tell nothing


def _with_ending(text: str, stem: Morpheme, ending: Morpheme) -> str:
    """The text up to an ending of its last verb, with ``ᆸ니다`` or ``습니다`` for it."""
    if stem.kind == "VCP":
        return text[: stem.start] + "입니다"  # 환자다 hides its 이
    if ending.form[0] < "가":  # a lone consonant, which closes the verb's last syllable: 한다, 함
        return text[: ending.start] + _closed(text[ending.start]) + "니다"
    if ending.start < stem.end or (ending.form == "음" and stem.tag.endswith("-I")):  # 도움, 나음: it has changed
        return text[: stem.start] + stem.form + "습니다"
    last = text[ending.start - 1]
    final = (ord(last) - ord("가")) % 28
    if not final or (final == _RIEUL and stem.kind != "EP"):  # 크다, 길다
        return text[: ending.start - 1] + _closed(last) + "니다"
    return text[: ending.start] + "습니다"


def _closed(syllable: str) -> str:
    """A syllable with ㅂ at its end, whatever was there."""
    place = ord(syllable) - ord("가")
    return chr(ord("가") + place - place % 28 + _BIEUP)
