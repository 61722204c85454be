"""Questions for a number, an hour or a date: ``하루 2~5 mg입니다`` -> ``하루 몇 mg입니까?``"""

from __future__ import annotations

import re
from collections.abc import Iterator

from phi4.korean.clauses import Statement, is_balanced
from phi4.korean.lexicon import word_set
from phi4.korean.numbers import NATIVE_COUNTERS, UNIT_NAMES

_NUMBER = r"\d[\d,]*(?:\.\d+)?(?:\s?[천만억조](?![가-힣]))?"
# Money is asked for with 얼마; the others are words of more than one meaning (대, 장) or not asked for with 몇.
_NOT_ASKED = word_set("원 달러 유로 엔 달 주일 인 사람 박 방울 장 단계 자리 군데 대 잔 프로 iu units")
_UNITS = "|".join(re.escape(name) for name in UNIT_NAMES if name not in _NOT_ASKED)
# What may follow a unit: the end of the word, a particle or a suffix. "2세대" and "5일장" are other words.
_REST = (
    r"(?![A-Za-z\d/])(?=$|[\s.,)~]|간|씩|째|마다|이상|이하|이내|미만|정도|입니|이[었며고다]|였|"
    r"[이가을를은는의에로와과도]|으로|만|까지|부터|보다)"
)
_NO_AMOUNT = (
    r"(?!\s?당|\s?마다[^\d]*\d|의\s\d|"  # "1 kg당" and "10 kg마다 5 mg" are bases, "3분의 1" is a fraction
    r"\s(?!이상|이하|이내|미만|초과|정도|동안|안|간격|뒤|후|전)[가-힣]+[은는이가]\s)"  # "650 mg 서방정은" is a name
)
AMOUNT = re.compile(
    rf"(?<![\w.,/~∼〜–-])(?P<number>{_NUMBER}(?:\s?[~∼〜–-]\s?{_NUMBER})?)\s?(?P<unit>{_UNITS}){_REST}{_NO_AMOUNT}"
)
_MONEY = re.compile(
    r"(?<![\w.,/~-])\d[\d,.]*(?:\s?[십백천만억조]+(?:\s?\d[\d,.]*)?)*\s?(?:원|달러|유로|엔)(?=[\s이을은의까부입씩])"
)
_WON_PARTICLES = {"이": "가", "을": "를", "은": "는"}
# The base of a rate is no amount of its own: "1일 3회", "1회 최대 2정", "1시간에 60 km".
_RATE = re.compile(r"(?:에|에는)?\s(?:최대|최소|약)?\s?\d")
_RATE_UNITS = ("회", "일", "시간", "주", "분", "초", "개월")
# One of several amounts: "5 mg, 10 mg", "8시간, 일주일 40시간", "12세 이상 소아 및 성인", "성인과 12세 이상".
_LISTED_AFTER = re.compile(
    r"(?:씩|이상|이하|미만)?,|\s?(?:와|과|또는|이나|나|및|에서|부터|의)\s?\d|"
    r"\s?(?:이상|이하|미만|이내)?\s?[가-힣]+(?:\s및|\s또는|와|과)\s"
)
_LISTED_BEFORE = re.compile(r"\d\s?[가-힣A-Za-z%]*(?:,|와|과)\s(?:[가-힣]+\s)?$|(?:또는|이나|및)\s(?:만\s)?$")
_DATE_AFTER = re.compile(r"\s\d{1,2}[월일]")
_DATE_BEFORE = re.compile(r"\d[년월]\s$")
# A measure that the sentence goes on to draw a conclusion from: "반감기는 30시간으로 길기 때문에 …".
_AND_SO = re.compile(r"(?:이[며고],|으?로\s[가-힣]+기 때문에)")
_BARE_VALUE = re.compile(r"(?<=\s)\d[\d,.]*(\s?[~∼〜]\s?\d[\d,.]*)?(?=입니다\.$)")

_NATIVE = "두|세|네|다섯|여섯|일곱|여덟|아홉|열|열두|스무"
_COUNTERS = f"{NATIVE_COUNTERS}|회|그릇|컵|병|줄|쌍"
_TIMES = re.compile(
    rf"(?<![가-힣])(?:(?P<per>하루|매일|매주|매달|일주일에|한 달에|일 년에|1년에)\s(?:한|{_NATIVE})|(?:{_NATIVE}))\s"
    rf"(?P<unit>{_COUNTERS})(?P<only>만)?(?=[\s이을를씩까로의가]|입니다|으로)(?!에)"
)

_CLOCK = r"(?:(?:오전|오후|새벽|아침|저녁|밤|낮)\s?)?\d{1,2}시(?:\s?\d{1,2}분|\s반)?"
_DATE = r"(?:\d{3,4}년\s\d{1,2}월(?:\s\d{1,2}일)?|\d{1,2}월\s\d{1,2}일|\d{3,4}년(?=에))"
# The time that something happens at, and not what it is compared with (2019년에 비해) or begins with (2020년에서).
_AT = r"에(?=\s)(?!\s(?:비[해하]|이[어은]\s|걸[쳐친]|따[라른르]|[대관](?:해|한|하여)\s|의[해한하]|맞[춰추게]))"
_SPAN = re.compile(
    rf"(?<![\w.])(?:(?P<clock>{_CLOCK}부터\s{_CLOCK}까지)|{_DATE}부터\s(?:다음 해\s|이듬해\s)?{_DATE}까지)"
)
_MOMENT = re.compile(rf"(?<![\w.])(?:(?P<clock>{_CLOCK})(?=에|부터|까지|\s이전|\s이후)|{_DATE}(?P<to>{_AT}|부터|까지))")


def ask_amounts(statement: Statement) -> Iterator[tuple[str, str]]:
    """Each question as a statement, with the words that it asks for."""
    text = statement.text
    yield from _ask_moments(text)
    for match in AMOUNT.finditer(text):
        if _can_be_asked(statement, match):
            word = "며칠" if match["unit"] == "일" else f"몇 {match['unit']}"
            yield _before(statement, match.start()) + word + _rest(text, match.end()), match[0]
    for match in _MONEY.finditer(text):
        if _is_reason(statement, match.end()) and not _AND_SO.match(text, match.end()):
            continue
        rest = _rest(text, match.end())
        is_particle = rest[1:2] in (" ", ",")  # and not the 이 of 이면, 이라도
        fitted = _WON_PARTICLES.get(rest[0], rest[0]) + rest[1:] if is_particle else rest
        yield f"{text[: match.start()]}얼마{fitted}", match[0]
    for match in _TIMES.finditer(text):
        per = f"{match['per']} " if match["per"] else ""
        if not _is_reason(statement, match.end()):
            yield f"{text[: match.start()]}{per}몇 {match['unit']}{text[match.end() :]}", match[0]
    if value := _BARE_VALUE.search(text):
        yield f"{text[: value.start()]}얼마입니다.", value[0]


def _ask_moments(text: str) -> Iterator[tuple[str, str]]:
    """``1446년에`` -> ``언제``, ``9시부터 18시까지`` -> ``몇 시부터 몇 시까지``"""
    spans = list(_SPAN.finditer(text))
    for match in spans:
        word = "몇 시부터 몇 시까지" if match["clock"] else "언제부터 언제까지"
        yield text[: match.start()] + word + text[match.end() :], match[0]
    for match in _MOMENT.finditer(text):
        if not any(span.start() <= match.start() < span.end() for span in spans):
            word = "몇 시" if match["clock"] else "언제" + match["to"].removeprefix("에")
            yield text[: match.start()] + word + text[match.end() :], match[0]


def _can_be_asked(statement: Statement, match: re.Match[str]) -> bool:
    before, after = statement.text[: match.start()], statement.text[match.end() :]
    if match["number"] == "1" and (match["unit"] in ("명", "개", "회", "일", "번") or _RATE.match(after)):
        return False
    if match["unit"] == "번" and len(match["number"]) > 2:
        return False  # a telephone number
    if match["unit"] in _RATE_UNITS and _RATE.match(after):
        return False
    if _LISTED_AFTER.match(after) or _LISTED_BEFORE.search(before) or not is_balanced(before):
        return False
    if _is_part_of_a_moment(match, before, after):
        return False
    # "수명인 7~10일 동안": what a modifier names is not asked for by a number.
    index = next((index for index, token in enumerate(statement.tokens) if token.start >= match.start()), 0)
    if index and statement.tokens[index - 1].kind == "JC":
        return False  # "성인과 12세 이상 청소년"
    if index > 1 and statement.tokens[index - 1].kind == "ETM" and statement.tokens[index - 2].kind == "VCP":
        return False
    second = [link for link in statement.links if link.kind == "and" and link.end <= match.start()]
    if second and statement.topics(second[-1].end):
        return False  # the first of two statements would stand before the question
    return not _is_reason(statement, match.end()) or bool(_AND_SO.match(after))


def _is_part_of_a_moment(match: re.Match[str], before: str, after: str) -> bool:
    """Whether it is a year, a part of a date or the minutes of an hour, which are asked for as a whole."""
    if match["unit"] == "년" and len(match["number"]) >= 3 and after.startswith("에"):
        return True
    if match["unit"] == "분":
        return bool(re.search(r"\d시\s?$", before))
    return match["unit"] in ("년", "월", "일") and bool(_DATE_AFTER.match(after) or _DATE_BEFORE.search(before))


def _is_reason(statement: Statement, end: int) -> bool:
    """Whether what stands before ``end`` is only the reason for the rest, or a statement of its own."""
    return any(link.kind in ("reason", "and") and link.start >= end for link in statement.links)


def _before(statement: Statement, start: int) -> str:
    """What stands before an amount, without the reason for it where topic and rest are enough."""
    text, topics = statement.text, statement.topics()
    reasons = [link for link in statement.links if link.kind == "reason" and link.end <= start]
    if len(reasons) != 1 or len(topics) != 1 or statement.opens_at(topics[0]) or topics[0] > reasons[0].last:
        return text[:start]
    rest = statement.particles(reasons[0].last + 1, len(statement.tokens))
    if not rest & {"JKO", "JKS"}:
        return text[:start]
    return f"{text[: statement.tokens[topics[0]].end]} {text[reasons[0].end : start].lstrip(' ,')}"


def _rest(text: str, end: int) -> str:
    """What follows an amount, unless it is a conclusion drawn from it."""
    return "입니다." if _AND_SO.match(text, end) else text[end:]
