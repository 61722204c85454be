"""Who does what to whom, in which order: the parts of a statement that a small model exchanges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from phi4.korean.words import Morpheme

NAMES = ("NNG", "NNP", "SL", "NR")
_TO = ("에게", "께", "한테", "보다", "에게서")
_TOPIC = "주제"
_TIMES = frozenset({"것", "때", "뒤", "후", "전", "수", "중"})
_SIDES = {"전": "전", "이전": "전", "뒤": "뒤", "후": "뒤", "이후": "뒤", "다음": "뒤"}
_COORDINATES = frozenset({"며", "으며", "고", "지만", "으나", "나"})


class Part(NamedTuple):
    """A predicate and one role beside it: ``(막, 주어)``, ``(막, 목적어)``, ``(신청, 에게)``."""

    predicate: str
    role: str


def parts(tokens: Sequence[Morpheme]) -> dict[Part, set[str]]:
    """The names in each role of each predicate; names that 와 joins stand together."""
    found: dict[Part, set[str]] = defaultdict(set)
    waiting: dict[str, list[set[str]]] = defaultdict(list)
    joined: set[str] = set()
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind in NAMES and not _is_verbal(tokens, index):
            last = _last_of_name(tokens, index)
            joined.add("".join(part.form for part in tokens[index : last + 1]))
            role, joins = _role_after(tokens, last)
            if role:
                waiting[role].append(joined)
            if not joins:
                joined = set()
            index = last + 1
            continue
        if token.form == "없":
            waiting.pop("주어", None)
        if token.kind == "VCP":
            waiting.pop("주어", None)
            waiting.pop(_TOPIC, None)
        predicate = predicate_at(tokens, index)
        if predicate:
            modifies = _modifies(tokens, index)
            for role, names in list(waiting.items()):
                if role == _TOPIC:
                    if modifies or "주어" in waiting:
                        continue  # the topic belongs to the main clause
                    role, names = "주어", waiting[_TOPIC]
                found[Part(predicate, role)] |= names.pop()
            waiting = defaultdict(list, {role: names for role, names in waiting.items() if names})
        index += 1
    return dict(found)


def predicate_at(tokens: Sequence[Morpheme], index: int) -> str:
    """The verb, adjective or verbal noun that begins at a morpheme, with its suffix; "" where none does."""
    token = tokens[index]
    if token.kind in ("VV", "VA"):
        return "" if token.form in ("있", "없", "되", "하", "같") else token.form
    return token.form + tokens[index + 1].form if _is_verbal(tokens, index) else ""


def clauses(tokens: Sequence[Morpheme]) -> list[list[Morpheme]]:
    """The clauses that stand beside each other, joined by 고, 며, 지만, a comma that ends no noun, or a full stop."""
    found: list[list[Morpheme]] = [[]]
    for index, token in enumerate(tokens):
        found[-1].append(token)
        following = tokens[index + 1].kind if index + 1 < len(tokens) else ""
        links = token.kind == "EC" and token.form in _COORDINATES and following not in ("VX", "JX")
        before = tokens[index - 1].kind if index else ""
        lists = before in ("NNG", "NNP", "JC", "SN", "EC")
        if links or token.kind == "SF" or (token.kind == "SP" and not lists):
            found.append([])
    return [clause for clause in found if any(token.kind in (*NAMES, "XR", "SH") for token in clause)]


def happenings(tokens: Sequence[Morpheme]) -> Iterator[str]:
    """The predicates in order, with ``|`` where two things stand beside each other and have no order."""
    for index, token in enumerate(tokens):
        if token.kind == "EC" and token.form in (*_COORDINATES, "거나"):
            yield "|"
        elif predicate := predicate_at(tokens, index):
            yield predicate


def befores_and_afters(tokens: Sequence[Morpheme]) -> dict[str, set[str]]:
    """``전`` of what something comes before (열기 전에, 식사 전에), ``뒤`` of what it comes after (연 뒤에)."""
    found: dict[str, set[str]] = defaultdict(set)
    for index, token in enumerate(tokens[:-1]):
        after = tokens[index + 1]
        if token.kind in ("NNG", "NNP") and after.form in _SIDES and after.kind in ("NNG", "NNB"):
            found[token.form].add(_SIDES[after.form])
        elif token.kind in ("VV", "XSV") and index + 2 < len(tokens):
            stem = tokens[index - 1].form if token.kind == "XSV" and index else token.form
            side = _SIDES.get(tokens[index + 2].form, "")
            if (after.form == "기" and side == "전") or (after.kind == "ETM" and side == "뒤"):
                found[stem].add(side)
    return dict(found)


def untils_and_sinces(tokens: Sequence[Morpheme]) -> dict[str, set[str]]:
    """``까지`` and ``부터`` of the nouns that they stand behind: ``금요일까지``."""
    found: dict[str, set[str]] = defaultdict(set)
    for token, after in pairwise(tokens):
        if token.kind in ("NNG", "NNP") and token.form not in _SIDES and after.form in ("까지", "부터"):
            found[token.form].add(after.form)
    return dict(found)


def _modifies(tokens: Sequence[Morpheme], index: int) -> bool:
    """Whether the predicate that begins at a morpheme stands before a noun: ``정한 계약``."""
    for place in range(index + 1, len(tokens)):
        token, following = tokens[place], tokens[min(place + 1, len(tokens) - 1)]
        if token.kind in ("ETM", "ETN"):
            return following.form not in ("수", "때문")  # …할 수 있습니다, …하기 때문에
        if token.kind == "EF" or (token.kind == "EC" and following.kind != "VX"):
            return False
    return False


def _is_verbal(tokens: Sequence[Morpheme], index: int) -> bool:
    return (
        tokens[index].kind in ("NNG", "NNP", "XR")
        and index + 1 < len(tokens)
        and tokens[index + 1].kind in ("XSV", "XSA")
    )


def _last_of_name(tokens: Sequence[Morpheme], index: int) -> int:
    while index + 1 < len(tokens) and tokens[index + 1].kind in ("NNG", "NNP", "SL", "XSN"):
        if _is_verbal(tokens, index + 1):
            break
        index += 1
    return index


def _role_after(tokens: Sequence[Morpheme], last: int) -> tuple[str, bool]:
    """The role that the particle after a name gives it ("" for none), and whether it joins the name to the next."""
    place = last
    while place + 1 < len(tokens) and tokens[place + 1].kind in ("MM", "SN", "NNB"):
        if tokens[place + 1].form in _TIMES:
            break
        place += 1  # 환자 한 명에게
    if place + 1 >= len(tokens):
        return "", False
    particle = tokens[place + 1]
    if particle.kind in ("JC", "SP"):
        return "", True
    if particle.kind == "JKB" and particle.form in _TO:
        return particle.form, False
    if place > last:
        return "", False
    if particle.kind == "JX" and particle.form in ("은", "는"):
        return _TOPIC, False
    if particle.kind == "JKS":
        return "주어", False
    return ("목적어", False) if particle.kind == "JKO" else ("", False)
