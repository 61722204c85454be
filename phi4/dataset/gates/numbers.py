"""Every number stands in the sentence that a claim rests on, with its unit, its bound and what it is a number of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from phi4.dataset.gates.claims import Claim, gate_of
from phi4.dataset.topic import topic
from phi4.korean.lexicon import word_set
from phi4.korean.numbers import Amount, amounts, holds_name, numbered_names, says_half_of_day
from phi4.korean.words import EMPTY_WORDS, Morpheme, morphemes
from phi4.records import Draft, Passage

Measure = tuple[Decimal, str]

_LABELS = ("NNG", "NNP", "NNB", "VV", "VA", "SL", "XR", "MAG", "MM")
_NO_LABELS = EMPTY_WORDS | {"약", "보통", "달"}
_IMPLIED = ("", "회", "일", "명", "개", "장", "정", "알", "가지")  # one of a thing is said for the thing itself
# One as the base of another number, which its sentence need not tell: 한 번에 2정, 1회 용량, 환자 한 명당, 한 가지는.
_BASE = re.compile(
    r"\s?(?:에게?|당|마다|기준|최대|최소|총|\d|(?:한|두|세|네|다섯|여섯)\s|[가-힣]*량|[가-힣]+\s(?:때|경우))|[이은는]\s"
)
# A day as an amount of its own: 하루가 걸립니다, and not 하루 두 번.
_LASTING = re.compile(
    r"\s?(?:동안|간|이내|안|만|뒤|후|전|이상|이하|[이가을를]?\s?(?:더\s)?(?:걸|지[나난]|쉬|쉽|쉰|쉴|쉼))"
)
_NO_COUNTERS = word_set(
    "이상 이하 미만 초과 이내 안팎 정도 가량 내외 대 여 쯤 씩 째 번째"
)  # behind a number, and count nothing
_OPPOSED = ({"≥", "≤"}, {"≥", "<"}, {">", "<"}, {">", "≤"}, {"<", "≤"})  # ≥ and > are told for each other too often


def numbered(draft: Draft, passage: Passage) -> str | None:
    """The question's numbers stand in the sentences of the draft, and those of each claim in its own."""
    text = "\n".join(passage.sentence(number) for number in draft.source.sentences if number in passage.numbers)
    for amount in amounts(draft.question):
        if (amount.words[0].isdigit() or amount.value < 0) and not _is_held(amount, draft.question, [text]):
            return f"question: not in its sentences: {amount.words}"
        if counted := _other_count(amount, draft.question, [text]):
            return f"question: {counted}"
    known = f"{text}\n{passage.sentences[0]}\n{topic(passage)}"
    if name := _strange_name(draft.question, known):
        return f"question: not in its sentences: {name}"
    return _of_claims(draft, passage)


def misnumbered(claim: Claim) -> str | None:
    """What is wrong with a number of a claim."""
    known = "\n".join((claim.source, claim.context, claim.given, topic(claim.passage)))
    if name := _strange_name(claim.told, known):
        return f"not in its sentence: {name}"
    return _strange(claim) or _half_of_a_range(claim) or _of_something_else(claim) or _in_other_order(claim)


_of_claims = gate_of(misnumbered)


def _strange(claim: Claim) -> str | None:
    sources = [claim.source, claim.given]
    held = [amount for text in sources for amount in amounts(text)]
    for amount in amounts(claim.told):
        if not _is_held(amount, claim.told, sources):
            return f"not in its sentence: {amount.words}"
        if counted := _other_count(amount, claim.told, sources):
            return counted
        bounds = {other.bound for other in held if other.measure == amount.measure}
        if amount.bound and all({amount.bound, bound} in _OPPOSED for bound in bounds):
            return f"{amount.words} is {amount.bound}, not {', '.join(sorted(bounds))}"
    return None


def _strange_name(told: str, known: str) -> str:
    """A name with a number (제12조, CYP2C9) that is told and nowhere known; "" where there is none."""
    return next((name for name in numbered_names(told) if not holds_name(known, name)), "")


def _is_held(amount: Amount, told: str, sources: Sequence[str]) -> bool:
    """Whether one of the texts that a claim rests on has a number too, the first of them also in other words."""
    if amount.value == 1 and amount.unit in _IMPLIED:
        return _is_one(amount, told, sources)
    held = {other.measure for text in sources for other in amounts(text)}
    if amount.measure in held or _is_in_a_name(amount, told, sources[0]):
        return True
    if amount.unit != "시":
        return False
    vague = not says_half_of_day(amount) or not any(map(says_half_of_day, amounts(sources[0])))
    return vague and any((amount.value + shift, "시") in held for shift in (12, -12))


def _is_one(amount: Amount, told: str, sources: Sequence[str]) -> bool:
    """Whether one of a thing is only the base of another number, or told too, or all that is counted of it."""
    name = _short_name(amount, told)
    if name and any(other[-1] == name[-1] for other in numbered_names(sources[0])):
        return holds_name(sources[0], name)
    if _is_base(amount, told):
        return True
    counted = [
        other.value
        for text in sources
        for other in amounts(text)
        if other.measure[1] == amount.measure[1] and not (other.value == 1 and _is_base(other, text))
    ]
    return not counted or 1 in counted


def _is_base(amount: Amount, text: str) -> bool:
    if amount.unit == "일":
        is_date = text[: amount.start].rstrip().endswith("월")
        return not is_date and not _LASTING.match(text, amount.end)
    return bool(_BASE.match(text, amount.end))


def _is_in_a_name(amount: Amount, told: str, source: str) -> bool:
    name = _short_name(amount, told)
    return bool(name) and holds_name(source, name)


def _short_name(amount: Amount, told: str) -> str:
    """The name that a number may be said for, as 2형 for 제2형; "" for none."""
    names = numbered_names(f"제{told[amount.start : amount.end + 2]}")
    return names[0] if names and names[0].startswith("제") else ""


def _other_count(amount: Amount, told: str, sources: Sequence[str]) -> str | None:
    """A number whose unit nobody listed, before a word that stands behind that number nowhere: 300채 for 300평.

    A number that stands alone on one side says nothing, nor does a unit in Latin letters of one in Hangul.
    """
    name = "" if amount.unit or amount.value == 1 else _counted(amount, told)
    if not name:
        return None
    held = [_counted(one, text) for text in sources for one in amounts(text) if one.measure == amount.measure]
    if not held or any(not other or _are_one(name, other) for other in held):
        return None
    return f"{amount.words} {name}, not {', '.join(dict.fromkeys(held))}"


def _counted(amount: Amount, text: str) -> str:
    """What a number without a known unit counts: the noun right behind it; "" where there is none."""
    behind = next((token for token in morphemes(text) if token.start >= amount.end), None)
    if behind is None or behind.form in _NO_COUNTERS:
        return ""
    kinds = ("NNG", "NNB", "SL") if behind.start == amount.end else ("NNB", "SL")
    near = behind.start <= amount.end + 1
    return behind.form.lower() if near and behind.kind in kinds else ""


def _are_one(name: str, other: str) -> bool:
    return name.startswith(other) or other.startswith(name) or name.isascii() != other.isascii()


def _half_of_a_range(claim: Claim) -> str | None:
    """``3~5일`` is neither 3 nor 5 days."""
    told = {amount.measure for amount in amounts(claim.told)}
    held = amounts(claim.source)
    for low, high in pairwise(held):
        if low.start == high.start and low.unit == high.unit and (low.measure in told) != (high.measure in told):
            return f"half of a range: {low.words}"
    return None


def _of_something_else(claim: Claim) -> str | None:
    """A number beside the words that stand beside another number of the sentence."""
    held = _labelled(claim.read(claim.source), amounts(claim.source))
    times = Counter(measure for measure, _ in held)
    labels: dict[Measure, set[str]] = defaultdict(set)
    for measure, words in held:
        labels[measure] |= words
    plain = [measure for measure, count in times.items() if count == 1 and measure[0] != 1]  # as the sentence has them
    for measure, words in _labelled(claim.read(claim.told), amounts(claim.told)):
        for other in plain if measure in plain else ():
            theirs, own = labels[other] - labels[measure], labels[measure] - labels[other]
            if words & theirs and not words & own and (own or len(words & theirs) > 1):
                return f"{measure[0]:f} {measure[1]} beside {', '.join(sorted(words & theirs))}"
    return None


def _in_other_order(claim: Claim) -> str | None:
    """Numbers of which each stands in the sentence, but not one behind the other: 30분 … 60분 of 60 … 60 … 30 … 30."""
    held = [amount.measure for amount in amounts(claim.source)]
    told = [amount.measure for amount in amounts(claim.told) if amount.measure in held and amount.measure[0] != 1]
    if len(held) == len(set(held)):
        return None  # they may be told in any order, their labels tell them apart
    rest = iter(held)
    late = next((measure for measure in told if measure not in rest), None)
    return f"{late[0]:f} {late[1]} behind another number" if late else None


def _labelled(tokens: Sequence[Morpheme], found: Sequence[Amount]) -> list[tuple[Measure, set[str]]]:
    """Each number with the words between it and the number before it, and the topic they belong to."""
    labelled: list[tuple[Measure, set[str]]] = []
    topic: set[str] = set()
    previous = (-1, 0)  # where the last number began and ended
    for amount in found:
        if amount.start == previous[0]:
            labelled.append((amount.measure, labelled[-1][1]))
            continue
        between = [token for token in tokens if previous[1] <= token.start < amount.start]
        words = _words(between)
        marks = [place for place, token in enumerate(between) if token.kind == "JX" and token.form in ("은", "는")]
        if marks:
            topic = _words(between[: marks[-1]])
        elif not words and labelled:
            words = labelled[-1][1]
        else:
            words = words | topic
        labelled.append((amount.measure, words))
        previous = amount.start, amount.start + _digits(amount)
    return labelled


def _digits(amount: Amount) -> int:
    """How much of an amount is its number: its unit may be a label, as in 5분 간격."""
    return sum(1 for character in amount.words if character.isdigit() or character in ".,-–−") or 1


def _words(tokens: Sequence[Morpheme]) -> set[str]:
    return {token.form for token in tokens if token.kind in _LABELS and token.form not in _NO_LABELS}
