"""Questions for what ties the parts of a statement together: why, how, what then, and what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from phi4.korean.clauses import Link, Statement
from phi4.korean.lexicon import PERSONS, VAGUE, WHEN, WHERE, WHO
from phi4.korean.phrases import ASIDE
from phi4.korean.register import topic_particle

# "…하여" that names no means: 대하여, 위하여, 포함하여.
_NO_MEANS = "대 관 위 의 인 비 한 향 포함 제외 비롯 초과 생각 고려 감안 대비"
_BY_MEANS = re.compile("".join(f"(?<!{word})" for word in _NO_MEANS.split()) + r"하여\s")
_NOUN_REASON = re.compile(r"(?<=[가-힣A-Za-z)])(?<!기)(?: 때문에|(?:으)?로 인(?:해|하여)),?\s")
# Effects that are told to somebody, or lean on what stood before.
_NO_EFFECT = re.compile(r"(?<![와과] )함께|도록 합니다\.$|(?:에서?|때|뒤|후)는\s")
_SHAPES = ("형태", "상태", "방식", "방법", "정도", "때문")
_DUTY = re.compile(r"(?:야 합니다|도록 합니다|것이 좋습니다)\.$")
_CAN = re.compile(r"할 수 있습니다\.$")
_BUT = ("지만", "으나", "나", "는데")


class Asked(NamedTuple):
    """A question, its kind, and the words of the statement that answer it."""

    question: str
    kind: str
    answer: str


def as_question(statement: str) -> str:
    return statement.removesuffix("니다.") + "니까?"


def ask_why(statement: Statement) -> Iterator[Asked]:
    """``T은 … 때문에 M니다`` -> ``T은 왜 M니까?``"""
    cut = _reason(statement)
    if cut is None or statement.after(cut.last, "and"):
        return
    main = statement.text[cut.end :].strip(" ,")
    told_of = _told_of(statement, cut, main)
    if told_of is None or _NO_EFFECT.search(main):
        return
    end = _topic_end(statement, cut.start)
    reason = statement.text[end : cut.end].strip(" ,").removesuffix("에")
    yield Asked(as_question(f"{told_of} 왜 {main}".strip()), "cause", reason)


def ask_how(statement: Statement) -> Iterator[Asked]:
    """``T은 …하여 M니다`` -> ``T은 어떻게 M니까?``"""
    text, tokens, cut = statement.text, statement.tokens, _BY_MEANS.search(statement.text)
    end = _topic_end(statement, cut.start()) if cut else 0
    if cut is None or not end or any(link.kind in ("reason", "and", "if") for link in statement.links):
        return
    first = next(index for index, token in enumerate(tokens) if token.start >= end)
    last = next(index for index, token in enumerate(tokens) if token.end >= cut.end() - 1)
    main = text[cut.end() :]
    if statement.topics(cut.end()) or statement.after(last, "modifier") or re.search(r"지 (?:않|못)|없", main):
        return
    if tokens[statement.closes_at(len(tokens) - 1)].kind == "VCP" or "JKS" in statement.particles(first, len(tokens)):
        return  # two have a part in it, or nothing is done
    if statement.particles(first, last) & {"JKO", "JKB"}:
        yield Asked(as_question(f"{text[:end]} 어떻게 {main}"), "mechanism", text[end : cut.end()].strip())


def ask_consequence(statement: Statement) -> Iterator[Asked]:
    """``X하면 Y니다`` -> ``X하면 어떻게 됩니까?``, or ``어떻게 해야 합니까?`` where Y is a duty."""
    links = [link for link in statement.links if link.kind == "if"]
    if len(links) != 1 or any(link.kind == "reason" for link in statement.links):
        return
    cut = links[0]
    main = statement.text[cut.end :].strip(" ,")
    ending = _what_follows(statement, cut, main)
    if ending and len(main.split()) > 1:
        yield Asked(f"{statement.text[: cut.end]} {ending}", "consequence", main)


def ask_definition(statement: Statement) -> Iterator[Asked]:
    """``T은 …입니다`` -> ``T은 무엇입니까?``"""
    tokens, end = statement.tokens, _topic_end(statement, len(statement.text))
    is_at = next((index for index in (-3, -4) if len(tokens) > 4 and tokens[index].kind == "VCP"), 0)
    if not end or not is_at:
        return
    told = ASIDE.sub("", statement.text[end : tokens[is_at].start]).strip()
    later = [link.kind for link in statement.links if link.start > end]
    if not told or {"and", "if", "reason"} & {*later} or later[-1:] == ["chain"]:
        return
    topic = ASIDE.sub("", statement.text[: end - 1]).strip()
    word = _what_is(topic, told)
    if word and not re.search(r"때문$|\d$", told):
        was = "입" if is_at == -3 else "이었습" if word == "무엇" else "였습"
        yield Asked(f"{topic}{topic_particle(topic)} {word}{was}니까?", "fact", told)


def _reason(statement: Statement) -> Link | None:
    """The one reason that a statement gives for all that follows it."""
    found = [link for link in statement.links if link.kind == "reason"]
    for match in _NOUN_REASON.finditer(statement.text):
        index = next(index for index, token in enumerate(statement.tokens) if token.end >= match.end() - 1)
        if not statement.after(index, "modifier") and statement.text[: match.start()].split()[-1] not in VAGUE:
            found.append(Link(index, match.start(), match.end(), "reason"))
    if len(found) != 1:
        return None
    told = statement.text[found[0].start : found[0].end]
    return found[0] if told.strip(" ,").endswith(("때문에", "므로", "인해", "인하여")) else None


def _told_of(statement: Statement, cut: Link, main: str) -> str | None:
    """The topic to put before ``왜``: "" where the effect names its own, None where it is not clear what of."""
    end = _topic_end(statement, cut.start)
    topics = statement.topics()
    later = statement.topics(cut.end)
    tags = statement.particles(cut.last + 1, len(statement.tokens))
    if later:
        # The effect on one thing, the reason in another: asked alone, the link between them is lost.
        return "" if len(later) == len(topics) or (end and _owner(statement.text[:end]) in main) else None
    if not topics:
        conditions = statement.after(cut.last, "if")
        told = statement.particles(cut.last + 1, conditions[0].last) if conditions else tags
        return "" if told & {"JKS", "JKG", "JKO"} and tags & {"JKS", "JKG"} else None  # "왜 금기입니까?"
    by_another = not statement.text.startswith("기", cut.start) and "JKO" in tags  # 위험하므로 외출을 삼갑니다
    return None if by_another or not end else _whole_or_part(statement, end, cut)


def _owner(topic: str) -> str:
    """``암로디핀의 반감기는`` -> ``암로디핀``"""
    return re.split(r"의\s", topic[:-1])[0].strip()


def _whole_or_part(statement: Statement, end: int, reason: Link) -> str:
    """``암로디핀의 반감기는 30시간으로 길기 때문에 …`` -> ``암로디핀은``: a measure explains its owner."""
    text = statement.text
    topic, measured = text[:end], re.search(r"\d[^,]*으?로\s[가-힣]+$", text[end : reason.start])
    owner = _owner(topic)
    return owner + topic_particle(owner) if measured and "의 " in topic else topic


def _topic_end(statement: Statement, before: int) -> int:
    """Where the sentence's topic (``…은``) ends, 0 if none ends before ``before`` or a clause stands before it."""
    topics = statement.topics()
    if not topics or statement.opens_at(topics[0]) or statement.tokens[topics[0]].start >= before:
        return 0
    return statement.tokens[topics[0]].end


def _what_follows(statement: Statement, cut: Link, main: str) -> str | None:
    """The words that ask for what follows from a condition: what comes about, or what somebody has to do."""
    tokens = statement.tokens
    aims = tokens[cut.last].form.endswith("려면")
    if _DUTY.search(main):
        return "어떻게 해야 합니까?"
    verb = tokens[statement.closes_at(len(statement.tokens) - 1)]
    if verb.kind in ("VCP", "VCN") or any(tokens[link.last].form in _BUT for link in statement.after(cut.last, "and")):
        return None
    if _has_subject(statement, cut.last) and not aims:
        return "어떻게 됩니까?"
    if _CAN.search(main):
        return None if aims or statement.topics() else "무엇을 할 수 있습니까?"
    if aims or verb.kind not in ("VV", "XSV") or re.search(r"지 (?:않|못)|안 됩니다", main):
        return None
    return "어떻게 됩니까?" if verb.form == "되" else None


def _has_subject(statement: Statement, after: int) -> bool:
    """Whether the main clause has a subject of its own, and not only a modifier in it."""
    modifiers = [
        index
        for index, token in enumerate(statement.tokens[:-1])
        if token.kind in ("ETM", "ETN") and statement.tokens[index + 1].form != "수"
    ]
    return "JKS" in statement.particles(max([after, *modifiers]) + 1, len(statement.tokens))


def _what_is(topic: str, told: str) -> str | None:
    head, named = told.split()[-1], topic.split()[-1]
    if named in WHO or named in PERSONS or head in PERSONS:
        return "누구"
    if named in WHERE:
        return "어디"
    if named in WHEN:
        return "언제"
    if head in VAGUE or head.endswith(_SHAPES) or topic in VAGUE or re.search(r"\d\s?\S{0,3}$", told):
        return None
    return "무엇" if len(told.split()) > 1 or "의 " in topic else None
