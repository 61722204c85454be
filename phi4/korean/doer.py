"""Whether who or what does something: ``부서장이 승인합니다`` -> ``누가``, ``열이 납니다`` -> ``무엇이``."""

from __future__ import annotations

import re

from phi4.korean.amounts import AMOUNT
from phi4.korean.clauses import VERBS, Statement
from phi4.korean.lexicon import HAPPENING, INSTITUTIONS, VAGUE, WILLED

_INSTITUTIONS = tuple(INSTITUTIONS)
_DUTY = re.compile(r"야 합니다\.$")  # a thing has none: its topic is what somebody has to do it to
_TIMES = ("뒤", "후", "때", "경우", "다음", "전")
_NO_HAPPENING = ("지나", "던지", "만지", "가지", "지")  # they end as 터지 and 늘어나 do


def asks_who(statement: Statement, index: int) -> bool:
    """Whether ``누가`` can take the place of a person before the particle ``index``.

    Not where the person is what is done (``대표는 이사회가 선임합니다``), nor where what is done
    to is not said (``성인은 1회 2정 복용합니다``): such a question asks for nothing.
    """
    if statement.tokens[index].kind != "JX":
        return True
    if _is_acted_on(statement, index):
        return False
    verb_at = statement.closes_at(len(statement.tokens) - 1)
    if statement.tokens[verb_at].kind == "VCP":
        return False  # it is asked who that is
    if statement.tokens[verb_at].kind not in ("XSV", "VV") or _happens(statement, verb_at):
        return True
    tags = statement.particles(statement.own_part(index, verb_at), verb_at)
    return "JKO" in tags or ("JKB" in tags and "JKS" not in tags)


def doer_word(statement: Statement, index: int, doer: str) -> str | None:
    """``누가`` or ``무엇이`` for the subject before the particle ``index``; None where it cannot be told.

    Names of people and of things look alike, so the verb has to tell. A topic that stands for the
    object (``회의실은 누리집에서 예약합니다``) is no subject at all.
    """
    tokens, is_topic = statement.tokens, statement.tokens[index].kind == "JX"
    verb_at = statement.closes_at(len(tokens) - 1 if is_topic else index)
    verb = tokens[verb_at]
    if verb.kind in ("VCP", "VCN"):
        return "무엇이" if verb.kind == "VCP" and _is_described(statement, index, doer) else None
    if is_topic and "JKS" in statement.particles(index + 1, _next_verb(statement, index)):
        return None  # "무엇이 원금이 …": two subjects in a row
    if is_topic and (_is_acted_on(statement, index) or _DUTY.search(statement.text)):
        return None
    if verb.kind in ("VA", "XSA"):
        return "무엇이"
    tags = statement.particles(statement.own_part(index, verb_at), verb_at)
    if verb.kind == "XSV" and verb.form == "하" and tokens[verb_at - 1].form in WILLED:
        return "누가" if "JKO" in tags or not is_topic else None
    if _happens(statement, verb_at):
        return "무엇이"
    if doer.split()[-1].endswith(_INSTITUTIONS):
        return "누가"
    past = any(token.kind == "EP" and token.form in ("었", "았") for token in tokens[verb_at : verb_at + 4])
    return "무엇이" if tags & {"JKO", "JKS"} and not past else None


def _is_acted_on(statement: Statement, index: int) -> bool:
    """Whether the topic is what a verb before the last one does something to: ``소화기는 벽에 두고, …``.

    So it is where that verb tells of an act and names nothing else that it is done to; and where
    it is good or safe to do it (``창문은 닫는 것이 좋습니다``).
    """
    tokens = statement.tokens
    for link in statement.after(index):
        timed = link.kind == "modifier" and tokens[link.last + 1].form in _TIMES
        verb_at = statement.verb_before(link.last)
        if not (timed or link.kind in ("and", "chain", "if")) or tokens[verb_at].kind not in ("VV", "XSV"):
            continue
        tags = statement.particles(statement.own_part(index, verb_at), verb_at)
        aimed = tokens[verb_at].kind == "XSV" and tokens[verb_at - 2].form in ("에", "와", "과")  # …와 결합하여
        if not (aimed or _happens(statement, verb_at) or tags & {"JKO", "JKS"}) or (
            link.kind == "if" and "JKS" not in tags
        ):
            return True
    things = range(index, len(tokens) - 1)
    return any(tokens[thing].form == "것" and tokens[thing + 1].kind == "JKS" for thing in things)


def _next_verb(statement: Statement, index: int) -> int:
    return next(at for at in range(index, len(statement.tokens)) if statement.tokens[at].kind in (*VERBS, "SF"))


def _happens(statement: Statement, verb_at: int) -> bool:
    """Whether the verb tells what comes about, and not what somebody does."""
    verb, following = statement.tokens[verb_at], statement.tokens[verb_at + 1 : verb_at + 3]
    if any(token.kind == "VX" and token.form == "지" for token in following) or verb.form == "되":
        return True
    if verb.kind != "VV":
        return False
    return verb.form in HAPPENING or (verb.form.endswith(("지", "나")) and verb.form not in _NO_HAPPENING)


def _is_described(statement: Statement, index: int, doer: str) -> bool:
    """Whether ``…입니다`` tells enough to find what it is told of: three words, and neither list nor amount."""
    told = statement.text[statement.tokens[index].end :]
    if len(told.split()) < 3 or "," in told or AMOUNT.search(told):
        return False
    last = told.split()[-1].removesuffix("입니다.")
    return "의 " not in doer and last not in VAGUE and not any(character.isdigit() for character in last)
