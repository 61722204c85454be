"""Words around another subject: a question asked of something else, and what is not known of it."""

from __future__ import annotations

import re

from phi4.korean import softened, topic_particle
from phi4.korean.clefts import with_subject
from phi4.korean.words import morphemes

LONGEST = 60  # characters of an exchanged question: in a longer one most is premise
_NOUN = frozenset({"NNG", "NNP", "XPN", "XSN", "SL", "SN"})
_PARTICLE = r"(?:은|는|이|가|을|를|의|와|과|에|로|으로|도|에게|에서)(?![가-힣])"
_PREMISE = re.compile(r"때문에|므로 |로 인해|경우가 많")
_CLAUSE = ((re.compile(r"나요\?$"), "는지"), (re.compile(r"([가-힣])가요\?$"), r"\1지"))


def as_clause(question: str) -> str:
    """``…은 얼마입니까?`` -> ``…이 얼마인지``, to say what is not known; "" where no rule fits."""
    asked = softened(question)
    for ending, clause in _CLAUSE:
        if ending.search(asked):
            return ending.sub(clause, _with_subject(asked))
    return ""


def _with_subject(question: str) -> str:
    """A clause within a sentence has a subject where a question has a topic; one that has both stays."""
    tokens = morphemes(question)
    if any(token.kind == "JKS" for token in tokens):
        return question
    return with_subject(question, tokens) or question


def swap_subject(question: str, subject: str, other: str) -> str:
    """The question about another subject; "" where it names that already, or the first in a second way."""
    stands = re.search(rf"(?<![가-힣A-Za-z])(?<![가-힣] 같은 ){re.escape(subject)}(?:{_PARTICLE})", question)
    if stands is None or other in question or question.count(subject) != 1 or len(question) > LONGEST:
        return ""
    if _PREMISE.search(question):
        return ""  # it would state something untrue of the other
    return question.replace(subject, other)


def written_nouns(text: str) -> list[str]:
    """The nouns of a text as they are written, without what follows them: 저혈당 of 저혈당의."""
    found: list[str] = []
    for word in text.rstrip("?").split():
        tokens = morphemes(word)
        last = next((place for place, token in enumerate(tokens) if token.kind[0] == "J"), len(tokens))
        if last and all(token.kind in _NOUN for token in tokens[:last]):
            found.append(word[: tokens[last - 1].end])
    return list(dict.fromkeys(found))


def same_end(one: str, other: str) -> bool:
    """Whether the same particles follow both: closed, open, or closed by ㄹ."""
    return _end(one) == _end(other)


def _end(word: str) -> int:
    final = (ord(word[-1]) - ord("가")) % 28 if "가" <= word[-1] <= "힣" else 0
    return 2 if final == 8 else int(final > 0)


def particles(word: str, prefix: str = "") -> dict[str, str]:
    """The forms of particles after a word: ``{은}`` is 은 or 는."""
    closed = topic_particle(word) == "은"
    pairs = {"은": "는", "이": "가", "을": "를", "과": "와", "이라는": "라는", "이란": "란"}
    return {prefix + form: form if closed else other for form, other in pairs.items()}
