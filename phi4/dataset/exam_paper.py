"""``exam.jsonl``: an exam for the user's own seeds, made from what the training rows teach.

What is measured: whether a fact that the rows teach is found again under a question that they do not ask.
So a fact that is examined stays in training, under its other questions, while the examined question leaves
it in all its wordings. Whole facts are not taken out of the training: the chatbot would then be ignorant of
them on purpose. Facts that no row teaches anyway are asked too, marked ``taught: false``: with the passage
they can be answered, without it they can only be guessed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from heapq import nsmallest

from phi4.dataset.decontamination import Exam
from phi4.dataset.gates import check
from phi4.dataset.refusals import Refusal
from phi4.dataset.retrieval import Sentences, asked_words
from phi4.dataset.topic import topic
from phi4.dataset.wordings import named_questions
from phi4.korean import Asked, content_morphemes, squeeze
from phi4.korean.clauses import NOUNS
from phi4.korean.lexicon import VAGUE
from phi4.korean.phrases import ASIDE, LISTED
from phi4.korean.polite import politely
from phi4.korean.words import morphemes
from phi4.records import Draft, Example, ExamQuestion, ExamSource, Passage, Step

MOST = 1000  # facts examined: more narrow no interval that matters, and take hours to answer
MIN_GOLD = 3  # a shorter word than 임신부 stands in many answers that do not mean it
MAX_GOLD = 24  # characters; a longer one is never said word for word
OTHER_ANSWER = 0.75  # share of a question's content from which another sentence may answer it too
SAYS = 0.6  # share of a sentence's content from which a step says it
_KINDS = ("quantity", "fact")  # why and how are answered by clauses, which no two people word alike


@dataclass(frozen=True)
class Item:
    """A question, its short answers, the sentence that it is about, and whether rows teach that."""

    question: str
    golds: tuple[str, ...]
    kind: str
    passage: Passage
    number: int
    taught: bool = False

    @property
    def fact(self) -> tuple[str, int]:
        return self.passage.file, self.number

    @property
    def sentence(self) -> str:
        return self.passage.sentence(self.number)

    @property
    def digest(self) -> str:
        return _digest(self.passage.file, self.sentence, self.question)

    def record(self) -> ExamQuestion:
        return ExamQuestion(
            id=self.digest[:12],
            question=self.question,
            answers=self.golds,
            kind=self.kind,
            taught=self.taught,
            source=ExamSource(file=self.passage.file, evidence=(self.sentence,)),
        )


class ExamPaper:
    """An exam, and which rows may still be trained on when it is set.

    Of many items ``MOST`` are asked: those with the smallest hashes, so that no order of seeds chooses.
    """

    def __init__(self, items: Iterable[Item] = ()) -> None:
        chosen = nsmallest(MOST, items, key=lambda item: item.digest)
        once = {squeeze(item.question): item for item in reversed(chosen)}
        self._exam = Exam(item.question for item in once.values())
        self._of_file: dict[str, list[Item]] = {}  # of those that have any: there may be a million others
        for item in sorted(once.values(), key=lambda item: (not item.taught, item.digest)):
            self._of_file.setdefault(item.passage.file, []).append(item)

    def leave(self, file: str, rows: Sequence[Example]) -> list[Example]:
        """Of all rows of a file those that neither ask what the exam asks nor for the same part of a sentence."""
        items = self._of_file.get(file, ())
        by_fact = _by_fact(rows)
        same = {squeeze(row.question) for item in items for row in by_fact[item.fact] if asks_same(row.question, item)}
        return [row for row in rows if squeeze(row.question) not in same and not self._exam.asks(row.question)]

    def questions(self, file: str, left: Sequence[Example]) -> list[ExamQuestion]:
        """The questions about a file, but for those whose last other wording went with another."""
        by_fact = _by_fact(left)
        fair = (item for item in self._of_file.get(file, ()) if not item.taught or _says(item, by_fact[item.fact]))
        return [item.record() for item in fair]


def choose_items(
    passages: Sequence[Passage], rows: Sequence[Example], sentences: Sentences, share: float
) -> Iterator[Item]:
    """Questions about ``share`` of the facts of one file, and of those of its facts that no row teaches.

    Which facts and which questions follows from hashes of their words, not from the order of anything.
    """
    by_fact = _by_fact(rows)
    facts = [(passage, number) for passage in passages for number in passage.numbers]
    facts.sort(key=lambda fact: _digest(fact[0].file, fact[0].sentence(fact[1])))
    known = [fact for fact in facts if (fact[0].file, fact[1]) in by_fact]
    others = [fact for fact in facts if (fact[0].file, fact[1]) not in by_fact]
    for item in _choose(known, share, sentences, lambda item: _is_left(item, by_fact[item.fact])):
        yield replace(item, taught=True)
    yield from _choose(others, share, sentences, lambda item: not _is_said(item, rows))


def unanswerable(refusals: Iterable[Refusal]) -> list[ExamQuestion]:
    """Exam questions that only a refusal answers."""
    return [
        ExamQuestion(
            id=one.id[:12],
            question=one.question,
            kind="unanswerable",
            answerable=False,
            taught=False,
            source=ExamSource(file=one.passage.file),
        )
        for one in refusals
    ]


def _by_fact(rows: Sequence[Example]) -> dict[tuple[str, int], list[Example]]:
    """The rows by the sentence that they ask about."""
    found: dict[tuple[str, int], list[Example]] = defaultdict(list)
    for row in rows:
        if row.source and row.source.sentences:
            found[row.source.file, row.source.sentences[-1]].append(row)
    return found


def _choose(
    facts: Sequence[tuple[Passage, int]], share: float, sentences: Sentences, fits: Callable[[Item], bool]
) -> list[Item]:
    chosen: list[Item] = []
    wanted = math.ceil(share * len(facts))
    for passage, number in facts:
        if len(chosen) >= wanted:
            break
        items = sorted(_items(passage, number, sentences), key=lambda item: _digest(item.question))
        chosen += [item for item in items if fits(item)][:1]
    return chosen


def _items(passage: Passage, number: int, sentences: Sentences) -> Iterator[Item]:
    """The questions about a sentence that have one short answer, and in no other sentence another."""
    sentence = passage.sentence(number)
    for asked in named_questions(passage, number):
        golds = short_golds(asked)
        if not golds or check(_draft(asked, passage, number), passage):
            continue
        words = asked_words(asked.question, topic(passage))
        elsewhere = sentences.coverage(
            words, lambda found: found.text != sentence and _may_tell(found.file, found.text, passage)
        )
        if words and elsewhere < OTHER_ANSWER:
            yield Item(asked.question, golds, asked.kind, passage, number)


def _may_tell(file: str, text: str, passage: Passage) -> bool:
    subject = topic(passage)
    return file == passage.file or not subject or squeeze(subject) in squeeze(text)


def short_golds(asked: Asked) -> tuple[str, ...]:
    """What a right answer must contain one of; none for a clause, a list or a word that says nothing.

    ``사이클로옥시게나제(COX)`` is accepted in both of its forms.
    """
    bare = ASIDE.sub("", asked.answer).strip(" ,")
    if asked.kind not in _KINDS or not bare or len(bare) > MAX_GOLD or LISTED.search(bare) or bare in VAGUE:
        return ()
    if len(squeeze(bare)) < MIN_GOLD and asked.kind != "quantity":
        return ()
    asides = [aside.strip(" ()") for aside in ASIDE.findall(asked.answer)]
    given = [aside for aside in asides if len(squeeze(aside)) > 1]
    head = bare.split()[-1]
    named = bare.removesuffix(head).strip()
    if named and f"어떤 {head}" in asked.question and morphemes(named)[-1].kind in NOUNS:
        given.append(named)  # "어떤 효소?": CYP3A4 and CYP3A4 효소
    owner, _, owned = bare.partition("의 ")
    if len(squeeze(owned)) >= MIN_GOLD and owner in asked.question:
        given.append(owned)
    return tuple(dict.fromkeys([bare, *given]))


def asks_same(question: str, item: Item) -> bool:
    """Whether another question about the same sentence asks for the same part of it."""
    golds = {squeeze(gold) for gold in item.golds}
    for asked in named_questions(item.passage, item.number):
        if content_morphemes(asked.question) == content_morphemes(question):
            wanted = squeeze(ASIDE.sub("", asked.answer))
            return any(gold in wanted or wanted in gold for gold in golds)
    return False


def _is_left(item: Item, rows: Sequence[Example]) -> bool:
    """Whether a row that asks something else still says the answer."""
    exam = Exam([item.question])
    return _says(item, [row for row in rows if not exam.asks(row.question) and not asks_same(row.question, item)])


def _says(item: Item, rows: Sequence[Example]) -> bool:
    golds = [squeeze(gold) for gold in item.golds]
    return any(gold in squeeze("\n".join((row.answer, *row.reasoning_steps))) for row in rows for gold in golds)


def _is_said(item: Item, rows: Sequence[Example]) -> bool:
    """Whether any row of the document tells this fact on its way to another."""
    wanted = content_morphemes(item.sentence)
    told = (content_morphemes(text) for row in rows for text in (row.answer, *row.reasoning_steps))
    return any(len(wanted & content) >= SAYS * len(wanted) for content in told)


def _draft(asked: Asked, passage: Passage, number: int) -> Draft:
    """The question with its own sentence as reasoning and answer, so that the gates can judge it."""
    sentence = politely(passage.sentence(number))
    return Draft(
        id="",
        question=asked.question,
        steps=(Step(cite=number, step=sentence),),
        answer=sentence,
        kind=asked.kind,
        difficulty="A",
        source=passage.source(number),
        teacher="rule",
        prompt_version="",
        asked_by="rule",
    )


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
