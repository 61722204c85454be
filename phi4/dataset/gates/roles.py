"""Nobody takes the part of another: the doer, what is done to, the cause and the effect, before and after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from phi4.dataset.gates.claims import Claim, gate_of
from phi4.korean import squeeze
from phi4.korean.lexicon import VAGUE, word_set
from phi4.korean.negation import predicates
from phi4.korean.roles import NAMES, befores_and_afters, clauses, happenings, parts, untils_and_sinces
from phi4.korean.words import EMPTY_WORDS, Morpheme

MOSTLY = 0.85  # of the nouns are the sentence's: only then can two of them have changed places

_CAUSES = word_set("아 어 아서 어서 므로 으므로 면 으면 니까 으니까 라서")
_TELLS_BACKWARDS = re.compile(r"때문입니다|\.\s")  # the effect first, or in a sentence of its own
_TELLING = (*NAMES, "SN", "XR", "MAG", "VV", "VA")
_LIGHT = EMPTY_WORDS | {"받", "가", "오", "보", "주", "내", "두", "들", "나", "더", "다시", "또"}


def exchanged(claim: Claim) -> str | None:
    """What a claim exchanges of its sentence."""
    told, held = claim.read(claim.told), claim.read(claim.source)
    return (
        _other_doer(claim, told, held)
        or _another_thing(claim, told, held)
        or _mixed_clauses(told, held)
        or _changed_places(told, held)
        or _turned_order(claim, told, held)
        or _before_for_after(told, held)
    )


cast = gate_of(exchanged)


def _other_doer(claim: Claim, told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """Another name of the passage in a role of the same predicate."""
    known, said = squeeze(claim.passage.text), parts(held)
    for part, names in parts(told).items():
        own = said.get(part, names)
        alike = any(name in other or other in name for name in names for other in own)
        if not alike and any(squeeze(name) in known for name in names):
            return f"{part.role} of {part.predicate}: {', '.join(sorted(names))} for {', '.join(sorted(own))}"
    return None


def _another_thing(claim: Claim, told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """Something is said to be what another sentence says of something else: ``청첩장입니다`` as ``진단서입니다``."""
    known, source, own = squeeze(claim.passage.text), squeeze(claim.source), _predicate_nouns(held)
    for noun in _predicate_nouns(told) if own else ():
        if noun not in source and noun in known and noun not in VAGUE:
            return f"{noun} for {', '.join(own)}"
    return None


def _predicate_nouns(tokens: Sequence[Morpheme]) -> list[str]:
    return [token.form for token, after in pairwise(tokens) if after.kind == "VCP" and token.kind in ("NNG", "NNP")]


def _mixed_clauses(told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """Two clauses that each take something of either of the sentence's: ``A는 1, B는 2`` as ``A는 2, B는 1``."""
    sources = [_telling(clause) for clause in clauses(held)]
    own = [nouns - frozenset().union(*(other for other in sources if other is not nouns)) for nouns in sources]
    mixed = [nouns for nouns in map(_telling, clauses(told)) if sum(bool(nouns & words) for words in own) > 1]
    return f"clauses mixed: {' | '.join(' '.join(sorted(nouns)) for nouns in mixed)}" if len(mixed) > 1 else None


def _telling(clause: Sequence[Morpheme]) -> frozenset[str]:
    return frozenset(token.form for token in clause if token.kind in _TELLING and token.form not in _LIGHT)


def _changed_places(told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """Two nouns that stand where the other stood, all others in their order."""
    return _exchanged_nouns(_surroundings(told), _surroundings(held)) or _exchanged_nouns(
        _surroundings(told, numbers=False), _surroundings(held, numbers=False)
    )


def _exchanged_nouns(now: list[tuple[str, str, str]], then: list[tuple[str, str, str]]) -> str | None:
    order = [noun for noun, _, _ in now]
    was = [noun for noun, _, _ in then]
    once = [noun for noun in order if order.count(noun) == 1 and was.count(noun) == 1]
    if len(once) < 3 or len(set(order) & set(was)) < MOSTLY * len(set(order)):
        return None
    places = [was.index(noun) for noun in once]
    for i, j in combinations(range(len(once)), 2):
        back = places.copy()
        back[i], back[j] = back[j], back[i]
        if places[i] > places[j] and back == sorted(back):
            pair = {once[i], once[j]}
            before = {noun: around for noun, *around in then if noun in pair}
            after = {noun: around for noun, *around in now if noun in pair}
            # Moved as a phrase, with its particle or what it stands before, it still says the same.
            if not any(
                before[once[i]][side] != before[once[j]][side] and any(before[n][side] == after[n][side] for n in pair)
                for side in (0, 1)
            ):
                return f"changed places: {once[i]}, {once[j]}"
    return None


def _surroundings(tokens: Sequence[Morpheme], numbers: bool = True) -> list[tuple[str, str, str]]:
    """Each noun and number with the morpheme and the content word behind it."""
    found = []
    for index, token in enumerate(tokens):
        if token.kind in ("NNG", "NNP") or (numbers and token.kind in ("SL", "SN")):
            behind = tokens[index + 1].form if index + 1 < len(tokens) else ""
            following = (
                later.form
                for later in tokens[index + 1 :]
                if later.kind in ("NNG", "NNP", "SL", "SN", "VV", "VA", "NNB")
            )
            found.append((token.form, behind, next(following, "")))
    return found


def _turned_order(claim: Claim, told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """The effect as the cause: two happenings of a causal sentence in the other order."""
    if not (_is_causal(told) and _is_causal(held)) or _TELLS_BACKWARDS.search(claim.told):
        return None
    now, then = list(happenings(told)), list(happenings(held))
    once = [stem for stem in now if stem != "|" and now.count(stem) == then.count(stem) == 1]
    for first, second in combinations(once, 2):
        start, end = then.index(second), then.index(first)
        if start < end and "|" not in then[start:end]:
            return f"{first} before {second}"
    return None


def _is_causal(tokens: Sequence[Morpheme]) -> bool:
    return any(
        token.form == "때문" or (token.kind == "EC" and token.form in _CAUSES and following.kind != "VX")
        for token, following in pairwise(tokens)
    )


def _before_for_after(told: Sequence[Morpheme], held: Sequence[Morpheme]) -> str | None:
    """A word of which something is said to come before in place of after; not where one of the two denies: what is
    done after it is not done before it."""
    if any(one.denied for one in predicates(told)) != any(one.denied for one in predicates(held)):
        return None
    for read in (befores_and_afters, untils_and_sinces):
        said = read(held)
        for word, sides in read(told).items():
            if sides.isdisjoint(said.get(word, sides)):
                return f"{word}: {', '.join(sorted(sides))} for {', '.join(sorted(said[word]))}"
    return None
