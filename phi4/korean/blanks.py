"""A question word in the place of a noun phrase: ``X를 억제합니다`` -> ``무엇을 억제합니까?``"""

from __future__ import annotations

import re
from collections.abc import Iterator

from phi4.korean.clauses import LIKE_PARTICLES, Link, Statement
from phi4.korean.doer import asks_who, doer_word
from phi4.korean.lexicon import NO_PLACES, PERSONS, SEASONS, TOWARDS_PEOPLE, VAGUE
from phi4.korean.phrases import LISTED, Phrase, kind_asked, phrase_before

_BECOMES = re.compile(
    r" (?:바뀌|바뀝|바꾸|바꿉|변하|변합|변했|전환|이루어|구성|만들|만듭|나뉘|나뉩|나누|나눕|분류|대체)"
)
_WHERE_TO = re.compile(
    r" (?:있습|있었|위치(?![를는가])|설치|보관|제출|신고|신청|접수|문의|납부|저장|기록|세워|지어|건설|건립|놓|놔|둡|"
    r"두어|등록|부착|붙)"
)
_CALLED = re.compile(r"라고 (?:합니다|부릅니다|불립니다)\.$")
_TOLD_TO = re.compile(r"(?:도록 합니다|바랍니다)\.$")  # it tells to do, not what is
_OR = ("거나", "든지", "나", "으나")
# "몸에서 멀리", "지면에서 10 cm": a distance is told, and no place.
_AWAY = re.compile(r" (?:약 )?\d| (?:최대한 |더 )?(?:멀|떨어|벗어|나와|나오|나올|이탈)")
_WHO = {"을": "누구를", "를": "누구를", "와": "누구와", "과": "누구와"}
_WHAT = {"을": "무엇을", "를": "무엇을", "와": "무엇과", "과": "무엇과", "로": "무엇으로", "으로": "무엇으로"}


def ask_phrases(statement: Statement) -> Iterator[tuple[str, str]]:
    """For every noun phrase that a question word can stand for, the question as a statement, and the phrase."""
    text, tokens = statement.text, statement.tokens
    if len([link for link in statement.links if link.kind == "reason"]) > 1:
        return
    if _TOLD_TO.search(text) or text.endswith("것입니다."):
        return
    for index in range(1, len(tokens)):
        phrase = phrase_before(statement, index)
        if phrase is None or not _is_free(statement, index):
            continue
        if owner := _ask_owner(statement, phrase, index):
            yield owner
        elif word := _question_word(statement, index, phrase):
            rest = _rest(statement, index, phrase)
            yield text[: phrase.start] + word + rest, text[phrase.start : tokens[index].start]


def _rest(statement: Statement, index: int, phrase: Phrase) -> str:
    """What follows a particle. A topic mark on it goes, for a question word cannot be a topic; so does
    the reason for what a person does, which would stand between the two."""
    text, particle, following = statement.text, statement.tokens[index], statement.tokens[index + 1]
    if particle.kind == "JX" and phrase.is_person:
        reasons = statement.after(index, "reason")
        return " " + text[reasons[-1].end :].lstrip(" ,") if reasons else text[particle.end :]
    drop = following.kind == "JX" and following.form in ("은", "는")
    return text[following.end if drop else particle.end :]


def _is_free(statement: Statement, index: int) -> bool:
    """Whether a question word can stand there: not inside a modifier, nor before a second statement."""
    tokens, particle, after = statement.tokens, statement.tokens[index], statement.after(index)
    if particle.kind == "JX":  # a topic reaches over modifiers to the end
        return _is_only_topic(statement, index) and len([link for link in after if link.kind == "and"]) < 2
    before = [link for link in statement.links if link.kind == "and" and link.last < index]
    if len(before) > 1 or any(tokens[link.last].form in _OR for link in before):
        return False
    if before and statement.topics(before[-1].end) and len(statement.topics()) > 1:
        return False  # of the other topic nothing is asked
    if particle.kind == "JKO" and _has_another_object(statement, index):
        return False
    if any(link.kind == "and" or (link.kind == "reason" and not _is_because(statement, link)) for link in after):
        return False
    closing = [link for link in after if link.kind in ("chain", "if", "reason")]
    if particle.kind == "JKS" and closing and _is_there(statement, index):
        return False
    reasons = [link for link in after if link.kind == "reason"]
    if reasons and (after[0].kind == "if" or len(statement.text[reasons[-1].end :].split()) < 2):
        return False  # two clauses, or too little, would stand behind the question
    for link in after:
        if link.kind in ("if", "reason"):
            return True
        if link.kind == "chain" and particle.kind == "JKO" and "JKS" in _told_before(statement, index):
            return False  # two have a part in it, and the question is of neither
        if link.kind == "modifier" or (link.kind == "description" and particle.kind == "JKS"):
            return False
    return True


def _has_another_object(statement: Statement, index: int) -> bool:
    """Whether a second ``을`` stands in the same clause: a verb was left out, or ``…을`` tells how long.

    ``…을 위해`` and ``…을 통해`` are no objects.
    """
    tokens = statement.tokens
    if tokens[index + 1].form in LIKE_PARTICLES:
        return False
    ends = [link.last for link in statement.after(index)] + [len(tokens)]
    opens = max([0, *(link.last for link in statement.links if link.last < index)])
    objects = [
        other
        for other in range(opens, ends[0])
        if tokens[other].kind == "JKO" and tokens[other + 1].form not in LIKE_PARTICLES
    ]
    return objects != [index]


def _is_there(statement: Statement, index: int) -> bool:
    """Whether it is only said that something is there: ``문제가 있다면``, ``가을이 되었다면``."""
    verb = statement.tokens[statement.closes_at(index)]
    return verb.form in ("있", "없") or (verb.kind == "VV" and verb.form == "되")


def _is_only_topic(statement: Statement, index: int) -> bool:
    """Whether it is the one topic of all that is told, the reason given for it apart."""
    others = [topic for topic in statement.topics() if topic != index]
    reasons = [link for link in statement.links if link.kind == "reason"]
    return not others or (bool(reasons) and others[-1] < reasons[-1].last < index)


def _is_because(statement: Statement, link: Link) -> bool:
    return statement.text.startswith("기", link.start)


def _told_before(statement: Statement, index: int) -> set[str]:
    return statement.particles(statement.opens_at(index), index)


def _ask_owner(statement: Statement, phrase: Phrase, index: int) -> tuple[str, str] | None:
    """``와파린의 효과가`` -> ``무엇의 효과가``: of a general word it is asked whose it is."""
    owner, _, owned = phrase.text.partition("의 ")
    if not owned or "의 " in owned or phrase.head not in VAGUE or LISTED.search(phrase.text) or phrase.category:
        return None
    if owner in VAGUE or statement.tokens[index].kind not in ("JKO", "JKS"):
        return None
    word = "누구" if owner.split()[-1] in PERSONS else "무엇"
    return f"{statement.text[: phrase.start]}{word}의 {statement.text[phrase.start + len(owner) + 2 :]}", owner


def _question_word(statement: Statement, index: int, phrase: Phrase) -> str | None:
    """What takes the place of a phrase and its particle; None where no question word can stand."""
    particle = statement.tokens[index]
    form, after = statement.text[particle.start : particle.end], statement.text[particle.end :]
    if len(phrase.words) == 1 and phrase.head in VAGUE:
        return None
    if particle.kind == "VCP":
        return "무엇이" if _CALLED.match(statement.text, particle.end) else None
    if particle.kind in ("JKS", "JX", "JKC"):
        return _subject(statement, index, phrase)
    if form == "의":
        return f"어떤 {phrase.category}의" if phrase.category else None
    if form == "에게":
        return f"{kind_asked(phrase, '') or '누구'}에게" if phrase.is_person else None
    if form in ("을", "를") and len(phrase.words) == 1 and statement.tokens[index + 1].form in ("하", "시키"):
        return None  # 관리를 합니다 is 관리합니다
    if form in ("와", "과") and not after.startswith(" 함께"):
        return None
    if form in ("로", "으로") and not _BECOMES.match(after):
        return None
    if form in _WHAT:
        who = phrase.is_person or (form in ("을", "를") and statement.tokens[index + 1].form in TOWARDS_PEOPLE)
        return kind_asked(phrase, form) or (_WHO if who else _WHAT).get(form)
    return _place_or_time(phrase, form, after)


def _subject(statement: Statement, index: int, phrase: Phrase) -> str | None:
    if statement.tokens[index + 1].kind == "VCN":
        return None
    if phrase.is_person:
        reasons = statement.after(index, "reason")
        if reasons and "JKO" not in statement.particles(reasons[-1].last, len(statement.tokens)):
            return None  # without the reason it is not said what the person does it with
        return (kind_asked(phrase, "이") or "누가") if asks_who(statement, index) else None
    word = doer_word(statement, index, phrase.text)
    return (kind_asked(phrase, "이") or word) if word == "무엇이" else word


def _place_or_time(phrase: Phrase, form: str, after: str) -> str | None:
    head = phrase.head
    if form == "에" and after.startswith(" 의해"):
        return f"{kind_asked(phrase, '') or '무엇'}에"
    if form == "에" and all(word in SEASONS for word in re.split(r"[와과,]?\s", " ".join(phrase.words))):
        return "언제"
    if phrase.is_person or head in VAGUE or head in NO_PLACES or head in SEASONS or phrase.category:
        return None
    if form == "에" and _WHERE_TO.match(after):
        return "어디에"
    return "어디에서" if form == "에서" and not after.startswith("는") and not _AWAY.match(after) else None
