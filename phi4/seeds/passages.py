"""Cut a seed into passages of numbered sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from phi4.korean import register, split_sentences, topic_particle
from phi4.korean.items import finishes_word, starts_item
from phi4.korean.polite import has_topic, polite_note
from phi4.records import Passage, Seed, Span

MAX_CHARACTERS = 2000  # the manual's upper bound of a good seed
MIN_SENTENCE = 2  # a shorter one is a stray mark
_MARKED = re.compile(r"^#{1,6}\s+(?P<name>\S.*)$")
_HEADING = re.compile(r"^(?P<name>[^.!?\n]{1,30}?)\s*[:：]?$")
# Headings whose items happen only to some, or must not happen; 할 것 is a duty below any of them.
_CASES = re.compile(
    r"(?:금지(?:\s?사항)?|금기|행위|사유|이유|원인|경우|때|증상|징후|부작용|반응|대상|대상자|자격|요건|조건|기준|예|예시|사례|예외|제외|위험|효과"
    r"|효능|목표|계획)$"
)
_DUTY = re.compile(r"것[\s.;,]*$")
_LINE = re.compile(r"^.*$", re.MULTILINE)


def _heading(line: str) -> str:
    """The heading that a line is, or "": ``주의사항:``, ``# 용법``."""
    if marked := _MARKED.match(line):
        return marked["name"].rstrip(":： ")
    if not (line.endswith((":", "："))) or starts_item(line):
        return ""
    match = _HEADING.match(line)
    return match["name"].strip() if match else ""


class Sentence(NamedTuple):
    """A sentence, the section heading above it, and where it stands in the text."""

    text: str
    heading: str
    span: Span


def numbered_sentences(text: str) -> list[Sentence]:
    """Every sentence of a text.

    A line that begins a list item, a heading or an empty line ends the paragraph before it;
    other line breaks are the typist's and join with a space.
    """
    found: list[Sentence] = []
    heading, block, start = "", "", 0

    def close() -> None:
        nonlocal block
        place = start
        for piece in (piece for sentence in split_sentences(block) for piece in _pieces(sentence)):
            span = _span(text, piece, place)
            place = span[1]
            if len(piece) >= MIN_SENTENCE:
                found.append(Sentence(piece, heading, span))
        block = ""

    for match in _LINE.finditer(text):
        line = match[0].strip()
        name = _heading(line)
        if not line or name or starts_item(line, block):
            close()
        if name:
            heading = name
        elif line:
            start = start if block else match.start()
            block += line if not block or finishes_word(line, block) else f" {line}"
    close()
    return _join_items(found)


def _pieces(sentence: str) -> Iterator[str]:
    """A sentence in pieces that fit into a passage: mostly one. More is a list or a table that lost its lines, and
    would fill a teacher's context, since a request quotes its sentence below the passage."""
    while len(sentence) > MAX_CHARACTERS:
        cut = sentence.rfind(" ", 1, MAX_CHARACTERS + 1)
        cut = cut if cut > 0 else MAX_CHARACTERS
        yield sentence[:cut].rstrip()
        sentence = sentence[cut:].lstrip()
    yield sentence


def _span(text: str, sentence: str, start: int) -> Span:
    """Where a sentence stands in a text from ``start`` on, whatever white space the text has between its words."""
    words = sentence.split()
    place = text.find(words[0], start)
    while place >= 0:
        if end := _end(text, words, place):
            return place, end
        place = text.find(words[0], place + 1)
    return start, start


def _end(text: str, words: list[str], place: int) -> int:
    """Where ``words`` end that stand in a text one after the other from ``place`` on; 0 where they do not."""
    for number, word in enumerate(words):
        behind = place
        while number and text[place : place + 1].isspace():
            place += 1
        end = _end_of_word(text, word, place)
        if not end or (number and place == behind):
            return 0
        place = end
    return place


def _end_of_word(text: str, word: str, place: int) -> int:
    """Where a word ends that stands in a text at ``place``, be it broken by the end of a line; 0 where it does not."""
    if text.startswith(word, place):
        return place + len(word)
    head = text[place : max(place, text.find("\n", place, place + len(word)))].rstrip()
    if not head or not word.startswith(head):
        return 0
    place += len(head)
    while text[place : place + 1].isspace():
        place += 1
    return place + len(word) - len(head) if text.startswith(word[len(head) :], place) else 0


def _join_items(sentences: list[Sentence]) -> list[Sentence]:
    """List items without a verb mean something only with their heading and each other.

    ``- 두통`` and ``- 발열 감소`` under ``적응증:`` become one sentence, ``적응증은 두통, 발열 감소입니다.`` Notes that
    say something by themselves stay apart: ``- 서류를 제출함`` is ``서류를 제출합니다.``
    """
    joined: list[Sentence] = []
    for (heading, bare), group in groupby(map(_told, sentences), key=lambda one: (one.heading, _is_name(one.text))):
        items = list(group)
        joined.extend(_lists(items, heading) if bare and heading else items)
    return joined


def _told(item: Sentence) -> Sentence:
    """An item as a sentence, if it is a clause with its verb as a noun; its place is that of the item.

    Not below a heading of which it is a case: who eats below 금지 행위 does what is forbidden.
    """
    note = register(item.text) == "명사형" and not (_CASES.search(item.heading) and not _DUTY.search(item.text))
    sentence = polite_note(item.text) if note else None
    return item._replace(text=sentence) if sentence else item


def _is_name(item: str) -> bool:
    return register(item) == "명사형" and not has_topic(item)


def _lists(items: list[Sentence], heading: str) -> Iterator[Sentence]:
    """The items of a heading as a sentence, or as several where one would fill half a passage."""
    opening, size, first = f"{heading}{topic_particle(heading)} ", 0, 0
    for index, item in enumerate(items):
        if index > first and size + len(item.text) > MAX_CHARACTERS // 2:
            yield _list(opening, items[first:index])
            size, first = 0, index
        size += len(item.text)
    yield _list(opening, items[first:])


def _list(opening: str, items: list[Sentence]) -> Sentence:
    told = ", ".join(item.text.rstrip(".,;") for item in items)
    return Sentence(f"{opening}{told}입니다.", items[0].heading, (items[0].span[0], items[-1].span[1]))


def cut_passages(seed: Seed) -> list[Passage]:
    """The passages of one seed, cut where a section begins, else between sentences."""
    sentences = numbered_sentences(seed.text)
    passages: list[Passage] = []
    start = size = 0
    for index, (sentence, heading, _) in enumerate(sentences):
        new_section = index > start and heading != sentences[index - 1].heading
        full = size + len(sentence) > MAX_CHARACTERS
        if full or (new_section and size > MAX_CHARACTERS // 2):
            passages.append(_passage(seed, sentences, start, index))
            start, size = index, 0
        size += len(sentence)
    if start < len(sentences):
        passages.append(_passage(seed, sentences, start, len(sentences)))
    return passages


def _passage(seed: Seed, sentences: list[Sentence], start: int, stop: int) -> Passage:
    chosen = sentences[start:stop]
    return Passage(
        file=seed.file,
        sha256=seed.sha256,
        first=start + 1,
        sentences=tuple(one.text for one in chosen),
        headings=tuple(one.heading for one in chosen),
        spans=tuple(one.span for one in chosen),
    )
