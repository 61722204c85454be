"""No question of the exam in the training rows, in its words or nearly so.

The Phi-4 Technical Report (B.1) compares word n-grams. Korean puts particles and endings on its
words and moves its phrases freely, so questions are compared by the content morphemes that they share in
any order, and by runs of content morphemes for what is quoted inside a longer question. Questions that
of which each has a number or a noun of its own ask different things however much else they share. The thresholds are
calibrated on labelled pairs: ``benchmarks/decontamination.py``.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from phi4.errors import RecordError, WorkspaceError
from phi4.korean import content_morphemes, nfc, quantities, squeeze
from phi4.korean.words import morphemes

NEAR = 0.65  # Jaccard of content morphemes from which two questions are one
RUN = 8  # content morphemes in a row that no two questions share by chance
BOILERPLATE = 3  # known questions that hold a run from which on it is a manner of speaking and counts no more
_NAMING = ("NNG", "NNP", "SL", "SN", "SH")
# Words that ask, and that one wording has and another has not: 왜 and 이유는 무엇, 언제 and 시기는.
_ASKING = frozenset({
    "왜", "이유", "까닭", "어떻게", "어떻", "방법", "언제", "때", "시기", "얼마", "며칠", "무엇", "어디", "누구",
    "때문", "뒤", "후", "사람", "먼저", "질문", "다음", "답",
})  # fmt: skip


class Exam:
    """The questions that must not be trained on."""

    def __init__(self, questions: Iterable[str] = (), near: float = NEAR, run: int = RUN) -> None:
        told = list(dict.fromkeys(questions))
        self._near, self._run = near, run
        self._exact = {squeeze(question): question for question in told}
        self._content = [(content_of(question), question) for question in told]
        held = Counter(part for question in told for part in set(runs(question, run)))
        self._runs = {part: question for question in told for part in runs(question, run) if held[part] < BOILERPLATE}
        self._with: dict[str, list[int]] = defaultdict(list)
        for place, (content, _) in enumerate(self._content):
            for morpheme in content:
                self._with[morpheme].append(place)

    def asks(self, question: str) -> str | None:
        """The exam question that ``question`` repeats, word for word or in other order; else None."""
        if (known := self._exact.get(squeeze(question))) is not None:
            return known
        return self._nearly(question) or self._quoted(question)

    def _nearly(self, question: str) -> str | None:
        content = content_of(question)
        shared = Counter(place for morpheme in content for place in self._with.get(morpheme, ()))
        for place, count in shared.most_common():
            known, asked = self._content[place]
            if count >= self._near * len(content | known) and not ask_apart(question, asked):
                return asked
        return None

    def _quoted(self, question: str) -> str | None:
        found = (self._runs[part] for part in runs(question, self._run) if part in self._runs)
        return next((asked for asked in found if not ask_apart(question, asked)), None)


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Every ``length`` content morphemes in a row (the n-grams of a text without particles and endings)."""
    content = content_morphemes(text)
    told = [token.form.lower() for token in morphemes(text) if token.form.lower() in content]
    return (tuple(told[start : start + length]) for start in range(len(told) - length + 1))


def ask_apart(one: str, other: str) -> bool:
    """Whether each of two questions has a number or a noun that the other lacks: 5 mg and 10 mg, 지진 and 화재."""
    mine, theirs = _named(one), _named(other)
    return bool(mine - theirs) and bool(theirs - mine)


def _named(question: str) -> set[object]:
    names = {token.form.lower() for token in morphemes(question) if token.tag.startswith(_NAMING)}
    return {*(names - _ASKING), *quantities(question)}


def content_of(question: str) -> frozenset[str]:
    """What a question is compared by: its content morphemes but for those that ask."""
    return content_morphemes(question) - _ASKING


def read_questions(file: str) -> list[str]:
    """The questions of ``--against FILE``: each ``question`` of a JSONL file, or each line of a text.

    None for "". Raises ``WorkspaceError`` for a file that cannot be read, ``RecordError`` for a line of
    JSONL without a question.
    """
    if not file:
        return []
    path = Path(file).expanduser()
    try:
        lines = nfc(path.read_text(encoding="utf-8-sig")).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"--against: '{file}' cannot be read: {error}", "name a UTF-8 file: JSONL with a key 'question', or text"
        ) from error
    told = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if path.suffix.lower() not in (".jsonl", ".json"):
        return [line for _, line in told]
    return [_question(line, f"'{file}', line {number}") for number, line in told]


def _question(line: str, where: str) -> str:
    try:
        found = json.loads(line)["question"]
    except (ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{where}: no JSON object with a 'question'", "mend or delete that line") from error
    if not isinstance(found, str):
        raise RecordError(f"{where}: question: it is no text", "mend or delete that line")
    return found
