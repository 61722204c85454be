"""The same question turned round: ``T은 무엇을 막습니까?`` asks as ``T이 막는 것은 무엇입니까?``

A small model that met a fact only in the order of its sentence does not find it from the other end
(Berglund et al. 2023, The Reversal Curse). The cleft names what is known first and asks for the rest
last, which is how exams and people ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from phi4.korean.register import topic_particle
from phi4.korean.relations import Asked
from phi4.korean.words import Morpheme, join_morphemes, morphemes

_WHAT = re.compile(r"(?:^|(?<=\s))(?:무엇을|어떤 (?P<noun>[가-힣]+)[을를]) ")
_DOER = re.compile(r"^무엇이 (?!.*(?:[은는]|면) )")
_WHY = re.compile(r"(?:^|(?<=\s))왜 ")
_BECAUSE = re.compile(r"(?<=[은는] )(?P<reason>(?:무엇|어떤 [가-힣 ]{1,12})[을를이가] [^,?]{1,40}?기 때문)에,? ")
_MEASURE = re.compile(r"몇 (?:mg|g|kg|μg|mL|L|원|달러|단위|개|명|%)입니까\?$")
_AS_SUBJECT = {"은": "이", "는": "가"}
_CLAUSE_ENDS = ("EC", "ETN")
_AUXILIARIES = ("VX", "VA", "VV")  # after EC: "…해야 한다", "…지 않는다", "…고 있다"
_HAPPENS = frozenset(
    ("되", "지", "생기", "나타나", "이어지", "늘", "줄", "커지", "작아지", "나빠지", "낮아지", "높아지")
)


def turned_round(asked: Asked) -> Asked | None:
    """``asked`` as a cleft, or ``None`` where no rule is sure."""
    question = asked.question
    if _MEASURE.search(question):
        return asked._replace(question=_MEASURE.sub("얼마입니까?", question))
    if match := _BECAUSE.search(question):
        end = f"것은 {match['reason']}입니까?"
    elif match := _WHY.search(question):
        end = "이유는 무엇입니까?"
    elif match := _DOER.search(question):
        end = "것은 무엇입니까?"
    elif (match := _WHAT.search(question)) and not _has_clause(question[match.end() :]):
        noun = match["noun"] or "것"
        end = f"{noun}{topic_particle(noun)} 무엇입니까?"
    else:
        return None
    rest = _adnominal(question[: match.start()] + question[match.end() :], of_object=match.re in (_WHAT, _DOER))
    return asked._replace(question=f"{rest} {end}") if rest else None


def _adnominal(question: str, of_object: bool) -> str:
    """``T은 …막습니까?`` as what stands before a noun: ``T이 …막는``; "" where no rule is sure.

    A topic is the subject where the object is known: that of ``of_object``, or one with its particle.
    """
    statement = question.removesuffix("니까?") + "니다."
    tokens = [token for token in morphemes(statement) if token.kind != "SF"]
    if not question.endswith("니까?") or len(tokens) < 3 or tokens[-1].kind != "EF":
        return ""
    stem = len(tokens) - 2
    while stem and tokens[stem].kind == "EP":
        stem -= 1
    predicate = tokens[stem]
    describes = predicate.kind in ("VA", "XSA") or predicate.form in _HAPPENS
    if predicate.kind not in ("VV", "VX", "VA", "XSV", "XSA"):
        return ""
    if not (of_object or describes or any(token.kind == "JKO" for token in tokens)):
        return ""
    before = with_subject(statement[: predicate.start], tokens[:stem])
    verb = join_morphemes([(predicate.form, predicate.tag), (_ending(tokens, stem), "ETM")])
    return before and before + verb


def _ending(tokens: list[Morpheme], stem: int) -> str:
    """``ᆫ`` for what is past or describes, ``는`` for what happens."""
    predicate = tokens[stem]
    if any(token.kind == "EP" and token.form in ("었", "았", "였") for token in tokens[stem + 1 :]):
        return "ᆫ"
    if predicate.form in ("있", "없"):
        return "는"
    negated = predicate.form == "않" and any(token.kind in ("VA", "XSA") for token in tokens[max(0, stem - 2) : stem])
    return "ᆫ" if predicate.kind in ("VA", "XSA") or negated else "는"


def with_subject(text: str, tokens: Sequence[Morpheme]) -> str:
    """The topic of the clause as its subject: ``T은`` becomes ``T이``; "" for two topics."""
    topics = [token for token in tokens if token.kind == "JX" and token.form in _AS_SUBJECT]
    if not topics:
        return text
    topic = topics[0]
    before = text[: topic.start]
    conditional = any(token.kind == "EC" and token.form in ("면", "으면") for token in tokens)
    if len(topics) > 1 or conditional or not before or re.search(r"(?:에서|에|에게|으로|로|까지|부터)$", before):
        return ""
    return f"{before}{_AS_SUBJECT[topic.form]}{text[topic.end :]}"


def _has_clause(rest: str) -> bool:
    """Whether a clause ends between the question word and the predicate: the word may not be the predicate's own."""
    tokens = morphemes(rest)
    return any(
        token.kind in _CLAUSE_ENDS and following.kind not in _AUXILIARIES for token, following in pairwise(tokens)
    )
