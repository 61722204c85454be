"""Decide what to ask before asking: which sentence, resting on which other, in which kind.

Every passage is used and its sentences take turns, so that knowledge enters by coverage and
not by chance. A kind is asked only of a sentence that can answer it: "how much" of one with a
number, "who must not" of one that forbids.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from phi4.korean import quantities
from phi4.records import Passage

_CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("prohibition", re.compile(r"금기|금지|안 됩니다|않아야|말아야|피해야|피합니다|삼가|중단")),
    ("cause", re.compile(r"때문|므로|따라서|그래서|이유|원인")),
    ("consequence", re.compile(r"면\s.*(습니다|ㅂ니다|니다)")),
    ("mechanism", re.compile(r"하여|해서|억제|촉진|차단|막[아는습]|통해|의해")),
)
DIFFICULTY = {"fact": "A", "quantity": "A", "prohibition": "B", "consequence": "B", "mechanism": "C", "cause": "C"}


@dataclass(frozen=True)
class Request:
    """One draft to ask for: about sentence ``focus``, led up to by ``support``."""

    passage: Passage
    focus: int
    support: int
    kind: str

    @property
    def cites(self) -> tuple[int, ...]:
        """The sentences that the steps rest on, in the order of the reasoning."""
        return tuple(dict.fromkeys((self.support, self.focus)))

    @property
    def difficulty(self) -> str:
        """A, B or C, as the report grades complexity (Phi-4 Technical Report, D.1.1)."""
        return DIFFICULTY[self.kind]

    @property
    def id(self) -> str:
        """Stable over runs as long as the file and the question asked of it are the same."""
        key = f"{self.passage.file}\0{self.passage.sha256}\0{self.focus}\0{self.support}\0{self.kind}"
        return hashlib.sha256(key.encode()).hexdigest()[:16]


def kinds_for(sentence: str) -> list[str]:
    """The kinds of question that a sentence can answer, the most telling first."""
    kinds = [kind for kind, cue in _CUES if cue.search(sentence)]
    if any(quantity.unit for quantity in quantities(sentence)):
        kinds.insert(1 if kinds[:1] == ["prohibition"] else 0, "quantity")
    return [*kinds, "fact"]


def plan(passages: Iterable[Passage], per_seed: int = 0) -> list[Request]:
    """The drafts to ask for, file by file; at most ``per_seed`` a file (0: one per sentence).

    More drafts than sentences ask the same sentences again in their other kinds.
    """
    by_file: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_file[passage.file].append(passage)
    requests: list[Request] = []
    for group in by_file.values():
        rounds = _rounds(group)
        wanted = per_seed or len(rounds[0])
        chosen = [request for one_round in rounds for request in one_round][:wanted]
        order = {id(passage): place for place, passage in enumerate(group)}
        requests += sorted(chosen, key=lambda request: (order[id(request.passage)], request.focus))
    return requests


def _rounds(passages: list[Passage]) -> list[list[Request]]:
    """Round ``n`` asks every sentence its ``n``-th kind."""
    rounds: dict[int, list[Request]] = defaultdict(list)
    for passage in passages:
        for focus in passage.numbers:
            for turn, kind in enumerate(kinds_for(passage.sentence(focus))):
                rounds[turn].append(Request(passage, focus, _support(passage, focus), kind))
    for turn, one_round in rounds.items():
        rounds[turn] = _in_turns(one_round)
    return [rounds[turn] for turn in sorted(rounds)]


def _in_turns(requests: list[Request]) -> list[Request]:
    """The passages take turns, each with its most telling sentence left."""
    by_passage: dict[int, list[Request]] = defaultdict(list)
    for request in requests:
        by_passage[request.passage.first].append(request)
    for group in by_passage.values():
        group.sort(key=lambda request: -len(kinds_for(request.passage.sentence(request.focus))))
    return [request for turn in zip_longest(*by_passage.values()) for request in turn if request is not None]


def _support(passage: Passage, focus: int) -> int:
    """The sentence that leads up to ``focus``: the one before it in its section, else the first."""
    index = focus - passage.first
    if index > 1 and passage.headings[index - 1] == passage.headings[index]:
        return focus - 1
    if index > 0:
        return passage.first
    return focus + 1 if len(passage.sentences) > 1 else focus
