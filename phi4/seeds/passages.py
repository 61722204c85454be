"""Cut a seed into passages of numbered sentences."""

from __future__ import annotations

import re
from itertools import groupby

from phi4.korean import register, split_sentences, topic_particle
from phi4.korean.words import starts_item
from phi4.records import Passage, Seed

MAX_CHARACTERS = 2000  # the manual's upper bound of a good seed
MIN_SENTENCE = 2  # a shorter one is a stray mark
_MARKED = re.compile(r"^#{1,6}\s+(?P<name>\S.*)$")
_HEADING = re.compile(r"^(?P<name>[^.!?\n]{1,30}?)\s*[:：]?$")


def _heading(line: str) -> str:
    """The heading that a line is, or "": ``주의사항:``, ``# 용법``."""
    if marked := _MARKED.match(line):
        return marked["name"].rstrip(":： ")
    if not (line.endswith((":", "："))) or starts_item(line):
        return ""
    match = _HEADING.match(line)
    return match["name"].strip() if match else ""


def numbered_sentences(text: str) -> list[tuple[str, str]]:
    """Every sentence of a text with the section heading above it.

    A line that begins a list item, a heading or an empty line ends the paragraph before it;
    other line breaks are the typist's and join with a space.
    """
    found: list[tuple[str, str]] = []
    heading, block = "", ""

    def close() -> None:
        nonlocal block
        found.extend((s, heading) for s in split_sentences(block) if len(s) >= MIN_SENTENCE)
        block = ""

    for line in (raw.strip() for raw in text.split("\n")):
        name = _heading(line)
        if not line or name or starts_item(line):
            close()
        if name:
            heading = name
        else:
            block = f"{block} {line}".strip()
    close()
    return _join_items(found)


def _join_items(sentences: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """List items without a verb mean something only with their heading and each other.

    ``- 두통`` and ``- 발열 감소`` under ``적응증:`` become one sentence, ``적응증은 두통, 발열 감소입니다.``
    """
    joined: list[tuple[str, str]] = []
    for (heading, bare), group in groupby(sentences, key=lambda pair: (pair[1], register(pair[0]) == "명사형")):
        texts = [sentence for sentence, _ in group]
        if bare and heading:
            items = ", ".join(text.rstrip(".,;") for text in texts)
            joined.append((f"{heading}{topic_particle(heading)} {items}입니다.", heading))
        else:
            joined.extend((text, heading) for text in texts)
    return joined


def cut_passages(seed: Seed) -> list[Passage]:
    """The passages of one seed, cut where a section begins, else between sentences."""
    sentences = numbered_sentences(seed.text)
    passages: list[Passage] = []
    start = size = 0
    for index, (sentence, heading) in enumerate(sentences):
        new_section = index > start and heading != sentences[index - 1][1]
        full = size + len(sentence) > MAX_CHARACTERS
        if full or (new_section and size > MAX_CHARACTERS // 2):
            passages.append(_passage(seed, sentences, start, index))
            start, size = index, 0
        size += len(sentence)
    if start < len(sentences):
        passages.append(_passage(seed, sentences, start, len(sentences)))
    return passages


def _passage(seed: Seed, sentences: list[tuple[str, str]], start: int, stop: int) -> Passage:
    chosen = sentences[start:stop]
    return Passage(
        file=seed.file,
        sha256=seed.sha256,
        first=start + 1,
        sentences=tuple(sentence for sentence, _ in chosen),
        headings=tuple(heading for _, heading in chosen),
    )
