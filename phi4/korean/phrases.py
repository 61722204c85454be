"""Noun phrases: where one begins, and what kind of thing it names."""

from __future__ import annotations

import re
from typing import NamedTuple

from phi4.korean.amounts import AMOUNT
from phi4.korean.clauses import NOUNS, Statement, is_balanced
from phi4.korean.lexicon import ADVERBIAL, KINDS, PERSONS, QUANTIFIERS
from phi4.korean.words import Morpheme

ASIDE = re.compile(r"\s*\([^()]*\)")
LISTED = re.compile(r"(와|과|나|이나|또는|및),?\s|,")
_JOINED = ("및", "또는", "혹은")
_FLOOR = re.compile(r"\s\d+층$")  # a place, and no amount
_CATEGORY = re.compile(r"[가-힣][가-힣 ]*(?:\d\S*)?[가-힣]")
_PERSON_ENDINGS = (
    *(word for word in PERSONS if len(word) > 2),
    *("학생", "주민", "환자", "직원", "의사", "시민", "회원", "교사", "약자", "가족"),
)
_PAIRS = (("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"))


class Phrase(NamedTuple):
    """A noun phrase with its place in the statement."""

    first: int  # index of its first morpheme
    start: int
    text: str
    head: str  # its last word, asides in brackets left out
    category: str = ""  # what it is called in its own modifier: 독성 대사체 of "독성 대사체인 NAPQI"
    modified: bool = False  # whether a clause before it belongs to it

    @property
    def words(self) -> list[str]:
        """Its words, asides in brackets left out."""
        return ASIDE.sub("", self.text).split()

    @property
    def is_person(self) -> bool:
        """Whether its last word names people."""
        head = self.head.removesuffix("들")
        return head in PERSONS or (len(head) > 2 and head.endswith(_PERSON_ENDINGS))


def phrase_before(statement: Statement, index: int) -> Phrase | None:
    """The noun phrase that ends before morpheme ``index``, if it can be asked for."""
    text, tokens = statement.text, statement.tokens
    last, particle = tokens[index - 1], tokens[index]
    if last.kind not in NOUNS or last.kind == "NNB" or not _ends_a_phrase(statement, index):
        return None
    first = _first_of(tokens, index)
    if first >= index or tokens[first].kind == "NNB" or any(token.kind == "NR" for token in tokens[first:index]):
        return None
    start, named = tokens[first].start, text[tokens[first].start : particle.start]
    words = ASIDE.sub("", named).split()
    if not words or text[start - 1 : start].strip() or not is_balanced(text[:start]) or not is_balanced(named):
        return None
    if AMOUNT.search(_FLOOR.sub("", named) + " ") or words[0] in QUANTIFIERS or words[-1].endswith("등"):
        return None
    return _with_modifier(statement, Phrase(first, start, named, words[-1]))


def kind_asked(phrase: Phrase, particle: str) -> str:
    """``어떤 효소를`` for ``CYP2E1 효소를``: the question keeps the word that says what kind of thing is asked for.

    Empty where no word says it.
    """
    if phrase.category:
        return f"어떤 {phrase.category}{_fitted(particle, phrase.category)}"
    if LISTED.search(phrase.text) or (not phrase.modified and (len(phrase.words) == 1 or "의 " in phrase.text)):
        return ""
    head = phrase.head.removesuffix("들")
    if not re.fullmatch(r"[가-힣]+", head) or not (phrase.is_person or head.endswith(KINDS)):
        return ""
    return f"어떤 {head}{_fitted(particle, head)}"


def _with_modifier(statement: Statement, phrase: Phrase) -> Phrase | None:
    """The phrase with the clause before it that belongs to it, if that can be asked for too."""
    tokens, first = statement.tokens, phrase.first
    if not first:
        return phrase
    before = tokens[first - 1]
    if before.kind == "ETM" and phrase.is_person and _opens_with(statement, first):
        return phrase._replace(first=0, start=0, modified=True)
    if before.kind == "ETM" and first > 2 and tokens[first - 2].kind == "VCP":
        return _with_category(statement, phrase)
    if before.kind == "JC" or before.form in _JOINED:
        return None  # what it is joined to is no noun: "길 닦기 및 보수"
    if before.kind in ("JKO", "JKB") and ("," in phrase.text or before.form in ("와", "과")):
        return None  # "원인을 규명, 대책을 …": no list but a verb left out
    return None if before.kind in ("ETM", "MM", "Z_CODA", "NNB", "NP") else phrase


def _with_category(statement: Statement, phrase: Phrase) -> Phrase | None:
    """``독성 대사체인 NAPQI`` as one phrase, if what stands before ``인`` is a name and no amount."""
    tokens, before = statement.tokens, phrase.first - 2
    start = _first_of(tokens, before)
    category = statement.text[tokens[start].start : tokens[before].start]
    if not _CATEGORY.fullmatch(category) or AMOUNT.search(category + " ") or category.endswith("적"):
        return None
    if "의 " in phrase.text or (start and tokens[start - 1].kind == "ETM"):
        return None
    return phrase._replace(first=start, start=tokens[start].start, category=category)


def _opens_with(statement: Statement, first: int) -> bool:
    """Whether all that stands before a noun is the one modifier that belongs to it."""
    before = [link for link in statement.links if link.last < first]
    if any(token.kind == "SP" or token.form == "때문" for token in statement.tokens[:first]):
        return False
    return len(before) == 1 and before[0].last == first - 1 and not any(i < first for i in statement.topics())


def _first_of(tokens: tuple[Morpheme, ...], index: int) -> int:
    """The first morpheme of the noun phrase that ends before ``index``."""
    first = index
    while first and (tokens[first - 1].kind in NOUNS or _joins(tokens[first - 1])):
        if tokens[first - 1].form in ADVERBIAL and first < index and tokens[first].kind != "JKG":
            break
        first -= 1
    while first < index and _joins(tokens[first]):
        first += 1
    return first


def _joins(token: Morpheme) -> bool:
    """Whether a morpheme stands between the parts of one phrase: 와, a comma, 의, 및."""
    return token.kind in ("JC", "SP", "JKG") or token.form in _JOINED


def _ends_a_phrase(statement: Statement, index: int) -> bool:
    """Whether a particle ends its word, or only 은, 는 or 만 follows it; 이 before 라고 does too."""
    particle, following = statement.tokens[index], statement.tokens[index + 1 : index + 2]
    if particle.kind == "VCP":
        return bool(following) and following[0].form == "라고"
    if particle.kind[0] != "J" or not following:
        return False
    if following[0].kind == "JX":
        ends = statement.text[following[0].end : following[0].end + 1]
        return following[0].form in ("은", "는", "만") and ends in (" ", ",")
    return statement.text[particle.end : particle.end + 1] == " "


def _fitted(form: str, word: str) -> str:
    """The form of a particle that fits the last sound of ``word``."""
    final = (ord(word[-1]) - ord("가")) % 28 if "가" <= word[-1] <= "힣" else 0
    closed = final > 0 and not (form in ("으로", "로") and final == 8)  # ㄹ takes 로
    return next((pair[0] if closed else pair[1] for pair in _PAIRS if form in pair), form)
