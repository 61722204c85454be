"""Questions near the seeds that they do not answer, with an honest refusal.

A model that has only seen questions with answers answers everything. A few percent of refusals teach it
to say what it does not know (Phi-4 Technical Report, A.1; 1 to 5 % of its rows); more of them, or always
the same sentence, teach it to refuse what it knows. So they are few, worded in many ways, and look like
the questions that are answered: most are such questions about something else.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle
from typing import Any, Literal

from phi4 import prompts
from phi4.dataset.names import invent, is_name
from phi4.dataset.questions import Questions
from phi4.dataset.retrieval import Found, Sentences, asked_words
from phi4.dataset.rewording import as_clause, particles, same_end, swap_subject, written_nouns
from phi4.dataset.topic import topic
from phi4.dataset.wordings import named_questions
from phi4.korean import quantities, register, softened, squeeze
from phi4.korean.lexicon import PERSONS, VAGUE
from phi4.korean.words import content_morphemes, morphemes
from phi4.records import Example, Passage, Source

Kind = Literal["name", "section", "exchange", "detail"]
WORDS = "refusals.ko.json"
KNOWN = 0.5  # share of a question's content, by weight, from which a sentence may answer it
MISSING = 2  # words of an exchanged question that the other document must not have at all
HELD = 3  # sections named of those that a document has
EXAMINED = 4  # every fourth group of like questions is kept for the exam
TOLD = 2  # sentences that must tell of a subject
SECTIONS = 2  # files that must have a section before its lack elsewhere says anything
_AMOUNT = re.compile(r"몇|얼마|며칠")  # a dose or a term: most documents of a kind tell one, in other words
_GENERAL = VAGUE | PERSONS


@dataclass(frozen=True)
class Refusal:
    """One unanswerable question; ``group`` is what it has in common with others of its kind."""

    kind: Kind
    question: str
    steps: tuple[str, ...]
    answer: str
    passage: Passage
    group: str

    @property
    def for_exam(self) -> bool:
        """Whether its group is asked in the exam and therefore never trained on."""
        return int(sha256(f"{self.kind}\0{self.group}".encode()).hexdigest(), 16) % EXAMINED == 0

    @property
    def id(self) -> str:
        return sha256(f"{self.kind}\0{self.passage.file}\0{self.question}".encode()).hexdigest()[:16]


def refusal_rows(refusals: Iterable[Refusal]) -> list[Example]:
    """Training rows: they rest on no sentence, and no teacher wrote them."""
    return [
        Example(
            question=one.question,
            reasoning_steps=one.steps,
            answer=one.answer,
            id=one.id,
            source=Source(file=one.passage.file, sha256=one.passage.sha256, sentences=()),
            kind="refusal",
            difficulty="B",
            teacher="rule",
            prompt_version=prompts.version("refusals"),
            asked_by="rule",
        )
        for one in refusals
    ]


def find_refusals(
    passages: Sequence[Passage], sentences: Sentences, wanted: tuple[int, int], asked: Questions, seed: int = 0
) -> tuple[list[Refusal], list[Refusal]]:
    """Up to ``wanted`` (for training, for the exam) unanswerable questions, the kinds and subjects in turns.

    None of those ``asked`` before, which the new ones join. The same seed and passages give the same ones.
    """
    training: list[Refusal] = []
    exam: list[Refusal] = []
    source = _Source(passages, sentences, random.Random(seed))
    ways = [source.exchanged(), source.invented(), source.details(), source.sections()]
    while ways and (len(training) < wanted[0] or len(exam) < wanted[1]):
        for way in list(ways):
            refusal = next(way, None)
            if refusal is None:
                ways.remove(way)
                continue
            into, room = (exam, wanted[1]) if refusal.for_exam else (training, wanted[0])
            if len(into) < room and refusal.question not in asked:
                asked.add(refusal.question)
                into.append(refusal)
    return training, exam


def subject_of(passage: Passage) -> str:
    """What a passage is about, where that is a thing of which its sentences tell: ``X은``, ``X는``; else ""."""
    subject = topic(passage)
    if not subject or subject in _GENERAL:
        return ""
    told = sum(_is_topic(subject, sentence) for sentence in passage.sentences)
    return subject if told >= TOLD else ""


def _is_topic(subject: str, sentence: str) -> bool:
    ends = {match.end() for match in re.finditer(re.escape(subject), sentence)}
    return any(token.kind == "JX" and token.start in ends for token in morphemes(sentence))


class _Source:
    """Unanswerable questions about the subjects of some passages, endless as far as the text allows."""

    def __init__(self, passages: Sequence[Passage], sentences: Sentences, chance: random.Random) -> None:
        self._sentences, self._chance = sentences, chance
        self._words: dict[str, Any] = prompts.data(WORDS)
        self._turns: dict[str, Iterator[Any]] = {}
        self._subjects = {passage: name for passage in passages if (name := subject_of(passage))}
        self._order = sorted(self._subjects, key=lambda p: sha256(f"{p.file}\0{p.first}".encode()).digest())
        self._topics = sorted(set(self._subjects.values()))
        self._headings: dict[str, list[str]] = defaultdict(list)
        for passage in passages:
            self._headings[passage.file] += [name for name in passage.headings if _is_section(name)]
        self._headings = {file: list(dict.fromkeys(names)) for file, names in self._headings.items()}
        self._content = {file: sentences.of_file(file) for file in self._headings}

    def exchanged(self) -> Iterator[Refusal]:
        """A rule question about one subject, asked about another whose documents do not answer it."""
        for passage, question in self._questions():
            subject = self._subjects[passage]
            others = [other for other in self._order if self._is_like(passage, other)]
            self._chance.shuffle(others)
            for other in others[:4]:
                swapped = swap_subject(question, subject, self._subjects[other])
                missing = self._missing(swapped, other) if swapped and not _AMOUNT.search(swapped) else []
                if missing:
                    yield self._refusal("exchange", swapped, other, question, missing=_listed(missing))
                    break

    def _is_like(self, passage: Passage, other: Passage) -> bool:
        """Whether two documents are of one kind, so that a question about one makes sense of the other."""
        subjects = self._subjects[passage], self._subjects[other]
        sections = set(self._headings[passage.file]) & set(self._headings[other.file])
        alike = all(map(is_name, subjects)) or len(sections) >= SECTIONS
        return subjects[0] != subjects[1] and same_end(*subjects) and alike

    def invented(self) -> Iterator[Refusal]:
        """A question about a name that no seed holds."""
        pool = [name for name in self._topics if is_name(name)]
        questions = self._questions()
        for number, name in enumerate(invent(pool, self._sentences.hold, self._chance)):
            asked, passage = "", self._order[number % len(self._order)]
            if number % 3:  # two of three look like questions that are answered
                for passage, question in questions:
                    subject = self._subjects[passage]
                    if same_end(subject, name) and (asked := swap_subject(question, subject, name)):
                        break
            asked = asked or self._next("name", "questions").format(name=name, **particles(name))
            near = sorted(self._topics, key=lambda known: -_common(known, name))
            yield self._refusal("name", asked, passage, name, name=name, others=", ".join(near[:3]))

    def details(self) -> Iterator[Refusal]:
        """A detail that documents of no kind are bound to tell, and this one does not."""
        details = list(self._words["detail"]["details"])
        self._chance.shuffle(details)
        for turn in range(len(details)):
            for place, passage in enumerate(self._order):
                detail, subject = details[(turn + place) % len(details)], self._subjects[passage]
                asked = detail["questions"][(turn + place) % 2].format(topic=subject, **particles(subject))
                cues = content_morphemes(" ".join([*detail["cues"], detail["name"]]))
                if detail.get("names_only") and not is_name(subject):
                    continue
                if not self._tells(passage, cues) and not self._is_answered(asked, subject):
                    named = particles(detail["name"], "detail")
                    yield self._refusal("detail", asked, passage, detail["name"], detail=detail["name"], **named)

    def sections(self) -> Iterator[Refusal]:
        """A section that other documents have and this one lacks."""
        files: dict[str, int] = defaultdict(int)
        for names in self._headings.values():
            for name in names:
                files[name] += 1
        common = sorted(name for name, count in files.items() if count >= SECTIONS)
        for heading in common:
            for passage in self._order:
                subject = self._subjects[passage]
                if self._tells(passage, content_morphemes(heading)):
                    continue  # a heading is content of the sentences below it
                named = {"heading": heading, **particles(heading, "heading")}
                asked = self._next("section", "questions").format(topic=subject, **particles(subject), **named)
                if not self._is_answered(asked, subject):
                    yield self._refusal("section", asked, passage, f"{subject} {heading}", **named)

    def _questions(self) -> Iterator[tuple[Passage, str]]:
        """Rule questions that name their subject, the passages in turns, every other one as people type."""
        asked = [
            [q.question for number in self._shuffled(passage) for q in named_questions(passage, number)]
            for passage in self._order
        ]
        for turn in range(max(map(len, asked), default=0)):
            for place, passage in enumerate(self._order):
                if turn < len(asked[place]):
                    question = asked[place][turn]
                    yield passage, softened(question) if turn % 2 else question

    def _shuffled(self, passage: Passage) -> list[int]:
        return self._chance.sample(list(passage.numbers), len(passage.numbers))

    def _is_answered(self, question: str, subject: str) -> bool:
        return self._sentences.coverage(asked_words(question, subject), _about(subject)) >= KNOWN

    def _missing(self, question: str, passage: Passage) -> list[str]:
        """The nouns of a question that the documents about its subject lack, if they do not answer it."""
        subject = self._subjects[passage]
        words = asked_words(question, subject)
        absent = {word for word in words if not self._tells(passage, [word])}
        rare = {word for word in words if self._sentences.is_rare(word)}
        if rare - absent:
            return []  # it tells something of what is asked, if not all
        telling = absent & rare
        named = [
            noun
            for noun in written_nouns(question)
            if content_morphemes(noun) & telling and subject not in noun and noun not in _GENERAL
        ]
        if len(absent) < MISSING or not named or self._is_answered(question, subject):
            return []
        return named[:2]

    def _tells(self, passage: Passage, words: Iterable[str]) -> bool:
        """Whether its document speaks of one of them, be it in a compound: who tells of 임신부 tells of 임신."""
        content = self._content[passage.file]
        return any(
            word in content
            or any(
                len(short) > 1 and short in long for known in content for short, long in ((word, known), (known, word))
            )
            for word in words
        )

    def _refusal(self, kind: Kind, question: str, passage: Passage, group: str, **names: str) -> Refusal:
        subject = names.get("name") or self._subjects[passage]
        held = ", ".join(self._some(self._headings[passage.file]))
        filled = {**particles(subject), **names, "topic": subject, "held": held, "clause": as_clause(question)}
        filled["holds"] = self._next("holds", "sections" if held else "none").format(**filled)
        steps = self._fitting(kind, "steps", filled)
        answer = self._fitting(kind, "answers", filled)
        told = tuple(step.format(**filled) for step in steps)
        return Refusal(kind, question, told, answer.format(**filled), passage, group)

    def _some(self, headings: Sequence[str]) -> list[str]:
        """Some of the sections, in their order, other ones at each turn."""
        chosen = self._chance.sample(range(len(headings)), min(HELD, len(headings)))
        return [headings[place] for place in sorted(chosen)]

    def _fitting(self, kind: str, part: str, filled: dict[str, str]) -> Any:
        """The next wording all of whose blanks can be filled."""
        while True:
            wording = self._next(kind, part)
            if all(filled[blank] for blank in re.findall(r"{([^}]+)}", str(wording))):
                return wording

    def _next(self, kind: str, part: str) -> Any:
        """The wordings of a part in turns, so that none is met more often than another."""
        key = f"{kind}.{part}"
        if key not in self._turns:
            self._turns[key] = cycle(self._words[kind][part])
        return next(self._turns[key])


def _about(subject: str) -> Callable[[Found], bool]:
    return lambda found: found.subject == subject or squeeze(subject) in squeeze(found.text)


def _is_section(heading: str) -> bool:
    return bool(heading) and len(heading) <= 12 and register(heading) == "명사형" and not quantities(heading)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"‘{word}’" for word in words)


def _common(one: str, other: str) -> int:
    return len(set(one) & set(other))
