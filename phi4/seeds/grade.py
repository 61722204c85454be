"""How good a seed is, by the manual's guide: length, concrete facts, causes, terms explained.

The data make the model, and small faults of a seed spread (Phi-4 Technical Report, section 2): so a
person sees before any teacher is asked which files are worth asking about, and what to add to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from phi4.korean import content_morphemes
from phi4.korean.words import Morpheme, morphemes
from phi4.records import Passage, Seed
from phi4.seeds.passages import cut_passages

GOOD_LENGTH = range(500, 2001)  # characters, the manual's
FACTS = 0.5  # share of sentences with a number, a name, a Latin word or a noun of four syllables
CAUSES = 0.15  # share of sentences that give a reason, a condition or a consequence
UNEXPLAINED = 3  # bare abbreviations from which a reader is lost
COMMON = 50  # files with a sentence from which on it is boilerplate and tells of no pair; bounds the work too
NEAR = 0.8  # share of sentences in common from which two files are one

_NAMES = frozenset({"NNP", "SL", "SN", "NR"})
_CAUSE = re.compile(r"때문|므로|따라서|그래서|이유|원인|하여|해서|아서|어서|으면|하면|되면|려면|위해|의해")
_ABBREVIATION = re.compile(r"(?<![A-Za-z(])(?![IVX]+(?![A-Za-z0-9]))[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*(?![A-Za-z)])")
_BRACKETS = re.compile(r"\(([^()]+)\)")


@dataclass(frozen=True)
class Grade:
    """``A`` has nothing against it, ``B`` one thing, ``C`` more; each with what to do."""

    file: str
    letter: str
    characters: int
    sentences: int
    remarks: tuple[str, ...]


def grade(seed: Seed) -> Grade:
    """The grade of one seed."""
    sentences = [sentence for passage in cut_passages(seed) for sentence in passage.sentences]
    remarks = [
        remark for remark in (_length(seed), _facts(sentences), _causes(sentences), _terms(seed, sentences)) if remark
    ]
    letter = "ABC"[min(2, len(remarks))]
    return Grade(seed.file, letter, len(seed.text), len(sentences), tuple(remarks))


def _length(seed: Seed) -> str:
    count = len(seed.text)
    if count < GOOD_LENGTH.start:
        return f"짧습니다 ({count}자): {GOOD_LENGTH.start}자 이상이 좋습니다"
    if count >= GOOD_LENGTH.stop:
        return f"깁니다 ({count}자): {GOOD_LENGTH.stop - 1}자마다 나누면 좋습니다"
    return ""


def _facts(sentences: Sequence[str]) -> str:
    concrete = sum(any(_is_concrete(part) for part in morphemes(sentence)) for sentence in sentences)
    if concrete >= FACTS * len(sentences):
        return ""
    return f"구체적인 사실이 적습니다 ({concrete}/{len(sentences)}문장): 수치, 이름, 용어를 적습니다"


def _is_concrete(part: Morpheme) -> bool:
    return part.tag in _NAMES or (part.tag == "NNG" and len(part.form) >= 4)


def _causes(sentences: Sequence[str]) -> str:
    linked = sum(bool(_CAUSE.search(s)) for s in sentences)
    if linked >= CAUSES * len(sentences):
        return ""
    return f"인과관계가 적습니다 ({linked}/{len(sentences)}문장): 왜 그런지, 그러면 어떻게 되는지 적습니다"


def _terms(seed: Seed, sentences: Sequence[str]) -> str:
    explained = {word for aside in _BRACKETS.findall(seed.text) for word in _ABBREVIATION.findall(f" {aside} ")}
    asides_gone = _BRACKETS.sub(" ", seed.text)
    bare = sorted(set(_ABBREVIATION.findall(asides_gone)) - explained)
    followed = {word for word in bare if re.search(rf"{re.escape(word)}\s*\(", seed.text)}
    left = [word for word in bare if word not in followed]
    if len(left) < UNEXPLAINED:
        return ""
    return f"풀이 없는 약어가 많습니다: {', '.join(left[:5])}"


def near_duplicates(passages: Sequence[Passage]) -> list[tuple[str, str, float]]:
    """Pairs of files that say mostly the same: (file, the other, share of the smaller one's sentences).

    Sentences are compared by their content morphemes, so another register or order hides nothing.
    """
    held: dict[str, set[frozenset[str]]] = {}
    where: dict[frozenset[str], set[str]] = {}
    for passage in passages:
        for sentence in passage.sentences:
            content = content_morphemes(sentence)
            held.setdefault(passage.file, set()).add(content)
            where.setdefault(content, set()).add(passage.file)
    shared: dict[tuple[str, str], int] = {}
    for files in (files for files in where.values() if len(files) <= COMMON):
        names = sorted(files)
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                shared[one, other] = shared.get((one, other), 0) + 1
    pairs = [(one, other, count / min(len(held[one]), len(held[other]))) for (one, other), count in shared.items()]
    return sorted(pair for pair in pairs if pair[2] >= NEAR)
