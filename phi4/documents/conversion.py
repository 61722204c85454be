"""One document becomes seeds: read, repaired, cut, looked through for personal data, graded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from phi4.documents.blocks import Block, left
from phi4.documents.detect import Format
from phi4.documents.isolation import read_isolated
from phi4.documents.ledger import sketch
from phi4.documents.masking import Personal
from phi4.documents.personal import Finding, Treatment, count_kinds, masked
from phi4.documents.repair import repair
from phi4.documents.sections import Draft, cut_seeds
from phi4.errors import DocumentError
from phi4.korean import glue, hangul_share
from phi4.origins import Origin, Part
from phi4.paths import sha256_of
from phi4.records import Seed

SHORTEST = 100  # characters of a document that is worth a seed
MIN_HANGUL = 0.2  # of its letters, as in ``phi4.seeds``

Grader = Callable[[Seed], str]  # the letter of a seed, A to C


@dataclass(frozen=True)
class Made:
    """One seed with where it comes from, and the numbers of the blocks that it holds."""

    text: str
    origin: Origin
    blocks: tuple[int, ...]
    letter: str


@dataclass(frozen=True)
class Conversion:
    """What came of one document."""

    blocks: tuple[Block, ...]  # in reading order, with what was left out
    seeds: tuple[Made, ...]
    characters: int
    sketch: tuple[int, ...]
    personal: dict[str, int]

    @property
    def left(self) -> tuple[tuple[str, int], ...]:
        """Parts that were left out: reason, how often."""
        return tuple(Counter(block.reason for block in self.blocks if block.kind == "left").most_common())


def convert(path: Path, kind: Format, name: str, treatment: Treatment, grade: Grader) -> Conversion:
    """The seeds of a document. Raises ``DocumentError`` when there is none in it."""
    blocks = list(repair(read_isolated(path, kind), glue))
    drafts = cut_seeds(blocks)
    text = "\n\n".join(draft.text for draft in drafts)
    _refuse(text, blocks)
    origin = Origin(document=name, sha256=sha256_of(path), format=kind)
    personal = None if treatment == "keep" else Personal(blocks)
    made: list[Made] = []
    found: Counter[str] = Counter()
    foreign: list[Block] = []
    for draft in drafts:
        findings = personal.in_draft(draft) if personal else []
        told = masked(draft.text, findings) if treatment == "mask" else draft.text
        if hangul_share(draft.text) < MIN_HANGUL:
            foreign.append(left("a section that is not Korean", told, draft.pieces[0].page))
            continue
        found.update(count_kinds(findings))
        made.append(_seed(draft, told, findings, origin, grade))
    if personal and treatment == "mask":
        made = [replace(one, origin=_hidden(one.origin, personal)) for one in made]
        blocks = [personal.hide_block(number, block) for number, block in enumerate(blocks)]
    return Conversion((*blocks, *foreign), tuple(made), len(text), sketch(text), dict(found.most_common()))


def _refuse(text: str, blocks: Sequence[Block]) -> None:
    if len(text.strip()) < SHORTEST:
        reasons = "; ".join(dict.fromkeys(block.reason for block in blocks if block.kind == "left"))
        told = f" (left out of it: {reasons})" if reasons else ""
        raise DocumentError(
            f"it is too short: {len(text.strip())} characters{told}", f"add text: {SHORTEST} characters at least"
        )
    if hangul_share(text) < MIN_HANGUL:
        raise DocumentError(f"it is not Korean: {hangul_share(text):.0%} of its letters are Hangul")


def _seed(draft: Draft, text: str, findings: Sequence[Finding], origin: Origin, grade: Grader) -> Made:
    parts: list[Part] = []
    for number, (_, piece) in enumerate(draft.lines(), start=1):
        part = Part(first=number, page=piece.page, headings=piece.headings)
        if not parts or (parts[-1].page, parts[-1].headings) != (part.page, part.headings):
            parts.append(part)
    told = origin.model_copy(
        update={
            "pages": tuple(sorted({piece.page for piece in draft.pieces if piece.page})),
            "headings": draft.pieces[0].headings,
            "parts": tuple(parts),
            "personal": count_kinds(findings),
        }
    )
    letter = grade(Seed(file=origin.document, sha256=origin.sha256, text=text))
    return Made(text, told, tuple(dict.fromkeys(piece.block for piece in draft.pieces)), letter)


def _hidden(origin: Origin, personal: Personal) -> Origin:
    """Where a seed comes from, without what the seed hides."""

    def hide(headings: Sequence[str]) -> tuple[str, ...]:
        return tuple(map(personal.hide_heading, headings))

    parts = tuple(part.model_copy(update={"headings": hide(part.headings)}) for part in origin.parts)
    return origin.model_copy(update={"headings": hide(origin.headings), "parts": parts})
