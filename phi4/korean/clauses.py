"""A statement as its rules for asking see it: its morphemes, and the links where its clauses end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from phi4.korean.register import register
from phi4.korean.words import Morpheme, morphemes

NOUNS = frozenset({"NNG", "NNP", "NNB", "NR", "XPN", "XSN", "XR", "SL", "SN", "SH", "SO", "SW", "SSO", "SSC"})
VERBS = frozenset({"VV", "VA", "VX", "XSV", "XSA", "VCP", "VCN"})
LinkKind = Literal["and", "chain", "if", "reason", "modifier", "description"]

_END_OF_STATEMENT = re.compile(r"[가-힣]니다\.$")
# The mark of a list or a heading: "① …", "2. …", "경보 - …", "답: …".
_MARKED = re.compile(r"^[^가-힣A-Za-z0-9('\"‘“]|(?:^|\s)\d{1,2}[.)]\s|(?<!\d)\s[-–—]\s|:")
# A statement with a question word of its own ("어느 때나", "언제든") would ask two things.
_ASKS = re.compile(r"(?:^|\s)(?:어떤|어느|어떻게|어디|무엇|무슨|누구|누가|언제|얼마|며칠|몇|아무|왜(?![가-힣]))")
_AND = frozenset({"고", "며", "으며", "지만", "거나", "나", "으나", "든지", "되", "으되", "는데", "ᆫ데", "은데"})
_SO = frozenset({"므로", "으므로", "니", "으니", "니까", "으니까", "느라"})
_ADVERBS = frozenset({"게", "어야", "지", "라고", "다고", "ᆫ다고", "는다고"})  # they close no clause of their own
_ALLOWED = re.compile(r"[는도]?,?\s?(?:안\s)?(?:됩니다|되며|좋습니다|괜찮습니다)")  # …해서는 안 됩니다, …해도 됩니다
LIKE_PARTICLES = frozenset({"의하", "따르", "위하", "통하", "대하", "관하", "인하", "비하", "향하"})  # 에 의해, 에 따라
_MANNERS = frozenset({"두", "놓", "가지", "말", "들", "타", "신", "입", "쓰", "데리"})  # 간격을 두고 복용합니다
_BOUND = frozenset({"수", "것", "줄", "뿐", "적", "바", "데"})
_PURPOSE = frozenset({"위하", "위해", "전", "바라"})


class Link(NamedTuple):
    """Where a clause ends and what it is to the rest: ``modifier`` stands before a noun, and a
    ``description`` is one of an adjective, which has a subject but no object."""

    last: int  # index of its last morpheme
    start: int
    end: int
    kind: LinkKind


@dataclass(frozen=True)
class Statement:
    """A sentence in 합니다체 that questions can be made of."""

    text: str
    tokens: tuple[Morpheme, ...]
    links: tuple[Link, ...]

    def after(self, index: int, *kinds: LinkKind) -> list[Link]:
        """The links of these kinds (all, where none is named) behind a morpheme."""
        return [link for link in self.links if link.last > index and (not kinds or link.kind in kinds)]

    def closes_at(self, index: int) -> int:
        """The index of the verb that closes the clause of a morpheme, modifiers left out."""
        for link in self.after(index, "and", "chain", "if", "reason"):
            return self.verb_before(link.last)
        return self.verb_before(len(self.tokens) - 1)

    def verb_before(self, last: int) -> int:
        """The index of the verb that a morpheme belongs to, auxiliaries and ``…ㄹ 수 있`` left out."""
        verbs = [index for index in range(last + 1) if self.tokens[index].kind in VERBS - {"VX"}]
        possible = verbs and self.tokens[verbs[-1]].form in ("있", "없") and self.tokens[verbs[-1] - 1].form == "수"
        return (verbs[-2] if possible and len(verbs) > 1 else verbs[-1]) if verbs else last

    def opens_at(self, index: int) -> int:
        """The index of the first morpheme of its clause."""
        before = [link.last + 1 for link in self.links if link.last < index and link.kind in _CLOSING]
        return before[-1] if before else 0

    def own_part(self, index: int, verb: int) -> int:
        """The index from which on what stands before a verb is its own: behind all other clauses, and ``index``."""
        return max([index + 1, *(link.last + 1 for link in self.links if link.last < verb)])

    def particles(self, first: int, last: int) -> set[str]:
        """The tags of the particles between two morphemes; ``을`` after an amount marks no object (15일을 줍니다)."""
        return {
            token.kind
            for index, token in enumerate(self.tokens[first:last], start=first)
            if token.kind[0] == "J" and not (token.kind == "JKO" and self._is_amount(index - 1))
        }

    def _is_amount(self, index: int) -> bool:
        unit, number = self.tokens[index].kind, self.tokens[index - 1].kind
        return index > 0 and unit in ("NNB", "SL", "SW") and number in ("SN", "NR", "MM")

    def topics(self, start: int = 0) -> list[int]:
        """The indices of the particles ``은`` and ``는`` that make a noun a topic, from a place in the text on."""
        return [
            index
            for index, (before, token) in enumerate(pairwise(self.tokens), start=1)
            if token.kind == "JX" and token.form in ("은", "는") and before.kind in NOUNS and token.start >= start
        ]


_CLOSING = ("and", "chain", "if", "reason")


@lru_cache(maxsize=256)
def read_statement(sentence: str) -> Statement | None:
    """The statement in a sentence; None where a question made of it would be none.

    It must end in 합니다체 (``아니다.`` and ``지니다.`` do not), hold no second sentence and no
    question word, and begin with a word and not with the mark of a list.
    """
    if not is_statement(sentence) or _MARKED.search(sentence) or _ASKS.search(sentence):
        return None
    tokens = tuple(morphemes(sentence))
    ends = [token for token in tokens if token.kind == "EF"]
    if len(ends) != 1 or tokens[-1].kind != "SF":
        return None
    return Statement(sentence, tokens, tuple(_links(sentence, tokens)))


def is_statement(sentence: str) -> bool:
    """Whether a sentence ends as a statement in 합니다체 does."""
    return bool(_END_OF_STATEMENT.search(sentence)) and register(sentence) == "합니다체"


def is_balanced(text: str) -> bool:
    """Whether every bracket and quotation mark in it is closed."""
    pairs = ("()", "[]", "“”", "‘’", "「」", "<>")
    if any(text.count(pair[0]) != text.count(pair[1]) for pair in pairs):
        return False
    return text.count('"') % 2 == 0 and text.count("'") % 2 == 0


def _links(text: str, tokens: tuple[Morpheme, ...]) -> list[Link]:
    links = []
    for index, token in enumerate(tokens[:-1]):
        kind = None
        if token.kind == "EC":
            kind = _of_ending(text, tokens, index)
        elif token.kind == "ETM":
            kind = _of_modifier(tokens, index)
        elif token.kind == "ETN":
            if tokens[index + 1].form == "때문":
                if tokens[min(index + 2, len(tokens) - 1)].form == "에":
                    links.append(Link(index + 2, token.start, tokens[index + 2].end, "reason"))
                continue
            kind = "chain" if token.form == "기" and tokens[index + 1].form in _PURPOSE else "modifier"
        if kind:
            links.append(Link(index, token.start, token.end, kind))
    return links


def _of_ending(text: str, tokens: tuple[Morpheme, ...], index: int) -> LinkKind | None:
    ending, verb = tokens[index], tokens[index - 1].form
    if tokens[index + 1].kind == "VX" or ending.form in _ADVERBS or verb in LIKE_PARTICLES:
        return None
    if _ALLOWED.match(text, ending.end):
        return None
    if ending.form == "고" and verb in _MANNERS and text[ending.end : ending.end + 1] != ",":
        return "chain"
    if ending.form.endswith("면"):
        return "if"
    if ending.form in _SO:
        return "reason"
    return "and" if ending.form in _AND else "chain"


def _of_modifier(tokens: tuple[Morpheme, ...], index: int) -> LinkKind | None:
    if tokens[index + 1].form in _BOUND:
        return None
    stem = next((token for token in reversed(tokens[:index]) if token.kind != "EP"), tokens[index])
    if stem.form in ("있", "없") and tokens[index - 2].form == "수":
        return "modifier"  # …ㄹ 수 있는
    return "description" if stem.kind in ("VA", "XSA", "VCP", "VCN") else "modifier"
