"""Nothing is added: a thing, a property or a name that the sentences do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from phi4.dataset.gates.claims import Claim, gate_of
from phi4.dataset.topic import topic
from phi4.korean import squeeze
from phi4.korean.lexicon import ADVERBIAL, QUANTIFIERS, VAGUE, word_set
from phi4.korean.numbers import amounts
from phi4.korean.words import Morpheme

MANY = 2  # words more than were left out, a noun among them: a verb alone may be another form of the same
_NOUNS = ("NNG", "NNP", "SL")
_CONTENT = (*_NOUNS, "XR", "VV", "VA", "SN", "NR", "NP", "MAG")
# Words that say a thing in another way and add none.
_GENERAL = (
    VAGUE
    | ADVERBIAL
    | QUANTIFIERS
    | word_set("""
자체 간 하루 날 온도 섭씨 합 직원 환자 사람 아이 병원 이외 물 환경 병 초과 나이 명 대상 외 자 퍼센트 원리
증상 간격 각각 이용 권 점 증가 감소 현상 행위 작업 조치 최종 현황 실시 진행 발생 성분 물질
""")
)
_EMPTY = word_set("하 되 있 없 이 같 또 더 꼭 바로 안 못 모두 보통 크 좋 매우 아주 잘 다시 즉시 곧 주로 함께 특히 약")
_PARTICLES = re.compile(r"(?:[은는이가을를의에와과도만로]|에게|으로)?")
_WORD = re.compile(r"[가-힣]{3,}")


def added(claim: Claim) -> str | None:
    """What a claim tells beyond its sentences, or the name that it misspells."""
    return _misspelt(claim) or _said_to_be(claim) or _added(claim)


bare = gate_of(added)


def _said_to_be(claim: Claim) -> str | None:
    """What something is said to be, and the passage does not name: 와파린은 항생제입니다. In a short statement that one
    word is too small a share of all to be missed, and it may stand in the place of the right one."""
    held = squeeze(claim.passage.text + claim.given)
    for token, copula in pairwise(claim.read(claim.told)):
        if copula.kind == "VCP" and _is_new_noun(token, held):
            return f"added: {token.form}"
    return None


def _added(claim: Claim) -> str | None:
    """New nouns where fewer words were left out, or a new property where none was."""
    held = squeeze(claim.context + claim.given)
    tokens = claim.read(claim.told)
    verbal = {token.start for token, next_token in pairwise(tokens) if next_token.kind in ("XSV", "XSA")}
    told, source = _content(claim, claim.told), _content(claim, claim.source)
    now, then = [token.form.lower() for token in told], [token.form.lower() for token in source]
    for kind, start, end, first, last in SequenceMatcher(None, then, now, autojunk=False).get_opcodes():
        if kind not in ("insert", "replace"):
            continue
        new = [token.form for token in told[first:last] if _is_new_noun(token, held) and token.start not in verbal]
        gone = [form for form in then[start:end] if not _is_told(form, now, claim) and not form[0].isdigit()]
        if len(new) > len(gone):
            return f"added: {', '.join(new)}"
        words = [token for token in told[first:last] if _is_new(token, claim.source)]
        if len(words) >= len(gone) + MANY and any(token.kind in _NOUNS for token in words):
            return f"added: {', '.join(token.form for token in words)}"
        if kind == "insert":
            new = [t.form for t in told[first:last] if _is_new_property(t, then) or _is_new_noun(t, held)]
            if new:
                return f"added: {', '.join(new)}"
    return None


def _content(claim: Claim, text: str) -> list[Morpheme]:
    tokens = claim.read(text)
    days = [(amount.start, amount.end) for amount in amounts(text)]  # 사흘 is a noun, and a number
    return [
        token
        for token in tokens
        if token.kind in _CONTENT
        and token.form not in _EMPTY
        and (token.kind == "SN" or not any(start <= token.start < end for start, end in days))
    ]


def _is_told(form: str, now: Sequence[str], claim: Claim) -> bool:
    """Whether a word is still there, perhaps with another ending (수평한, 수평의), or left out as asked for."""
    if any(form.startswith(word) for word in now) or (len(form) > 1 and form in claim.given):
        return True
    return len(form) > 2 and form[:-1] in claim.told


def _is_new_noun(token: Morpheme, held: str) -> bool:
    noun = token.form.removesuffix("들")
    return token.kind in _NOUNS and squeeze(noun) not in held and noun not in _GENERAL


def _is_new(token: Morpheme, source: str) -> bool:
    return token.kind not in ("SN", "NR") and token.form not in source and token.form not in _GENERAL


def _is_new_property(token: Morpheme, then: Sequence[str]) -> bool:
    return token.kind in ("VA", "MAG") and token.form not in then


def _misspelt(claim: Claim) -> str | None:
    """A word that is a name of the passage but for one syllable: 노르베진 for 노르베신."""
    for word in _WORD.findall(claim.told):
        if word in claim.passage.text:
            continue
        for name in _names(claim):
            start, rest = word[: len(name)], word[len(name) :]
            wrong = [i for i, (one, other) in enumerate(zip(start, name, strict=False)) if one != other]
            if len(start) < len(name) or len(wrong) != 1 or start in claim.passage.text:
                continue
            if _PARTICLES.fullmatch(rest) and not (wrong[0] == len(name) - 1 and claim.read(word)[0].form == name[:-1]):
                return f"{start} for {name}"
    return None


def _names(claim: Claim) -> list[str]:
    subject = topic(claim.passage)
    found = {token.form for text in claim.passage.sentences for token in claim.read(text) if token.kind == "NNP"}
    return sorted(name for name in found | {subject} if len(name) > 2)
