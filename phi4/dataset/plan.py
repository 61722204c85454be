"""Decide what to ask before asking: which sentence, resting on which others, in which kind.

Every passage is used and its sentences take turns, so that knowledge enters by coverage and
not by chance. A kind is asked only of a sentence that can answer it: "how much" of one with a
number, "who must not" of one that forbids. A file is asked in rounds: every sentence once, then
the sentences without a row again, in another kind and led up to by a chain of related sentences.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest

from phi4.dataset.chain import leading_to
from phi4.korean import quantities
from phi4.records import Passage

_CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("prohibition", re.compile(r"금기|금지|안 됩니다|않아야|말아야|피해야|피합니다|삼가|중단")),
    ("cause", re.compile(r"때문|므로|따라서|그래서|이유|원인")),
    ("consequence", re.compile(r"면\s.*(습니다|ㅂ니다|니다)")),
    ("mechanism", re.compile(r"하여|해서|억제|촉진|차단|막[아는습]|통해|의해")),
)
ROUNDS = 3  # a sentence that gave no row is asked so often
DIFFICULTY = {"fact": "A", "quantity": "A", "prohibition": "B", "consequence": "B", "mechanism": "C", "cause": "C"}


@dataclass(frozen=True)
class Request:
    """One draft to ask for: about sentence ``focus``, led up to by ``support`` and those ``between``.

    ``turn`` counts how often its sentence was asked before.
    """

    passage: Passage
    focus: int
    support: int
    kind: str
    between: tuple[int, ...] = ()
    turn: int = 0

    @property
    def cites(self) -> tuple[int, ...]:
        """The sentences that the steps rest on, in the order of the reasoning."""
        return tuple(dict.fromkeys((self.support, *self.between, self.focus)))

    @property
    def difficulty(self) -> str:
        """A, B or C, as the report grades complexity (Phi-4 Technical Report, D.1.1); a chain is the hardest."""
        return "C" if self.between else DIFFICULTY[self.kind]

    @property
    def id(self) -> str:
        """Stable over runs as long as the file and the question asked of it are the same."""
        key = f"{self.passage.file}\0{self.passage.sha256}\0{self.focus}\0{self.support}\0{self.kind}"
        if self.turn:
            key += f"\0{self.between}\0{self.turn}"
        return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass
class Coverage:
    """What was asked of the sentences of one file so far, by sentence number, and what came of it."""

    tries: Counter[int] = field(default_factory=Counter)
    rows: Counter[int] = field(default_factory=Counter)
    questions: dict[int, list[str]] = field(default_factory=dict)  # of the accepted rows

    @property
    def drafts(self) -> int:
        return self.tries.total()

    @property
    def accepted(self) -> int:
        return self.rows.total()

    def to_json(self) -> str:
        """As text, to be set aside."""
        return json.dumps([self.tries, self.rows, self.questions], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Coverage:
        """What ``to_json`` set aside."""
        tries, rows, questions = ({int(focus): told for focus, told in part.items()} for part in json.loads(text))
        return cls(Counter(tries), Counter(rows), questions)

    def asked(self, request: Request) -> None:
        """A draft was asked for."""
        self.tries[request.focus] += 1

    def got(self, focus: int, question: str) -> None:
        """A row was accepted."""
        self.rows[focus] += 1
        self.questions.setdefault(focus, []).append(question)


def kinds_for(sentence: str) -> list[str]:
    """The kinds of question that a sentence can answer, the most telling first."""
    kinds = [kind for kind, cue in _CUES if cue.search(sentence)]
    if any(quantity.unit for quantity in quantities(sentence)):
        kinds.insert(1 if kinds[:1] == ["prohibition"] else 0, "quantity")
    return [*kinds, "fact"]


def next_round(passages: Sequence[Passage], coverage: Coverage, most: int, eager: bool = False) -> list[Request]:
    """The next drafts to ask of one file, at most ``most``; none when there is nothing left to ask.

    Sentences without a row come first, of these the ones that were asked least. ``eager``: go on when every
    sentence has a row, until each was asked in all its kinds.
    """
    ready = [
        (passage, focus)
        for passage in passages
        for focus in passage.numbers
        if coverage.tries[focus] < _turns(passage.sentence(focus), eager or not coverage.rows[focus], eager)
    ]
    bare = [place for place in ready if not coverage.rows[place[1]]] or ready
    fewest = min((coverage.tries[focus] for _, focus in bare), default=0)
    chosen = [request_about(passage, focus, fewest) for passage, focus in bare if coverage.tries[focus] == fewest]
    order = {id(passage): place for place, passage in enumerate(passages)}
    return sorted(_in_turns(chosen)[:most], key=lambda request: (order[id(request.passage)], request.focus))


def plan(passages: Iterable[Passage], per_seed: int = 0) -> list[Request]:
    """The drafts to ask for when nothing is known yet, file by file: one per sentence, or ``per_seed`` a file."""
    requests: list[Request] = []
    for _, group in groupby(passages, key=lambda passage: passage.file):
        of_file, coverage = list(group), Coverage()
        wanted = per_seed or sum(len(passage.sentences) for passage in of_file)
        chosen: list[Request] = []
        while len(chosen) < wanted and (more := next_round(of_file, coverage, wanted - len(chosen), eager=True)):
            chosen += more
            for request in more:
                coverage.asked(request)
        requests += chosen
    return requests


def _turns(sentence: str, wanted: bool, eager: bool) -> int:
    """How often a sentence may be asked in all."""
    if not wanted:
        return 0
    return max(ROUNDS, len(kinds_for(sentence))) if eager else ROUNDS


def request_about(passage: Passage, focus: int, turn: int = 0) -> Request:
    """The ``turn``-th request about a sentence: its kinds in turn, a chain from the second on."""
    kinds = kinds_for(passage.sentence(focus))
    kind = kinds[turn % len(kinds)]
    chain = leading_to(focus, passage) if turn else ()
    support, *between = chain or (_support(passage, focus),)
    return Request(passage, focus, support, kind, tuple(between), turn)


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
