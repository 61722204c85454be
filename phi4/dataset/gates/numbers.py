"""Every number stands in the sentence that a claim rests on, with its unit, its bound and what it is a number of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from phi4.dataset.gates.claims import Claim, gate_of
from phi4.korean.lexicon import word_set
from phi4.korean.numbers import Amount, amounts, says_half_of_day
from phi4.korean.words import EMPTY_WORDS, Morpheme, morphemes
from phi4.records import Draft, Passage

Measure = tuple[Decimal, str]

_LABELS = ("NNG", "NNP", "NNB", "VV", "VA", "SL", "XR", "MAG", "MM")
_NO_LABELS = EMPTY_WORDS | {"약", "보통", "달"}
_IMPLIED = ("", "회", "일", "명", "개", "장", "정", "알", "가지")  # one of a thing is said for the thing itself
_NO_COUNTERS = word_set(
    "이상 이하 미만 초과 이내 안팎 정도 가량 내외 대 여 쯤 씩 째 번째"
)  # behind a number, and count nothing
_OPPOSED = ({"≥", "≤"}, {"≥", "<"}, {">", "<"}, {">", "≤"}, {"<", "≤"})  # ≥ and > are told for each other too often


def numbered(draft: Draft, passage: Passage) -> str | None:
    """The question's numbers stand in the sentences of the draft, and those of each claim in its own."""
    text = "\n".join(passage.sentence(number) for number in draft.source.sentences if number in passage.numbers)
    held = {amount.measure for amount in amounts(text)}
    for amount in amounts(draft.question):
        if amount.words[0].isdigit() and not _is_held(amount, held, text):
            return f"question: not in its sentences: {amount.words}"
        if counted := _other_count(amount, draft.question, [text]):
            return f"question: {counted}"
    return _of_claims(draft, passage)


def misnumbered(claim: Claim) -> str | None:
    """What is wrong with a number of a claim."""
    return _strange(claim) or _half_of_a_range(claim) or _of_something_else(claim) or _in_other_order(claim)


_of_claims = gate_of(misnumbered)


def _strange(claim: Claim) -> str | None:
    held = [*amounts(claim.source), *amounts(claim.given)]
    measures = {amount.measure for amount in held}
    for amount in amounts(claim.told):
        if not _is_held(amount, measures, claim.source):
            return f"not in its sentence: {amount.words}"
        if counted := _other_count(amount, claim.told, [claim.source, claim.given]):
            return counted
        bounds = {other.bound for other in held if other.measure == amount.measure}
        if amount.bound and all({amount.bound, bound} in _OPPOSED for bound in bounds):
            return f"{amount.words} is {amount.bound}, not {', '.join(sorted(bounds))}"
    return None


def _is_held(amount: Amount, held: set[Measure], source: str) -> bool:
    if amount.measure in held or (amount.value == 1 and amount.unit in _IMPLIED):
        return True
    if amount.unit != "시":
        return False
    vague = not says_half_of_day(amount) or not any(map(says_half_of_day, amounts(source)))
    return vague and any((amount.value + shift, "시") in held for shift in (12, -12))


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
    return sum(1 for character in amount.words if character.isdigit() or character in ".,") or 1


def _words(tokens: Sequence[Morpheme]) -> set[str]:
    return {token.form for token in tokens if token.kind in _LABELS and token.form not in _NO_LABELS}
