"""Personal data in a text: numbers and addresses by ko-pii (rules and checksums), names by ``names``.

Only what points to one person is looked for; the dates, ages and units of which medical texts are
full, and cases of courts, are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from phi4.documents.names import find_names

Treatment = Literal["report", "mask", "keep"]

NAME = "성명"
SLICE = 2000  # characters that are looked through at once: the finders take more than twice the time for twice the text
OVERLAP = 100  # of two slices: longer than any datum with the words that give it away
KINDS = {
    "RRN": "주민등록번호",
    "FRN": "외국인등록번호",
    "PHONE": "전화번호",
    "FAX": "팩스번호",
    "EMAIL": "이메일",
    "CARD": "카드번호",
    "ACCOUNT": "계좌번호",
    "PASSPORT": "여권번호",
    "DRIVER_LICENSE": "운전면허번호",
    "MEDICAL_INSURANCE": "건강보험증번호",
    "PRESCRIPTION_ID": "처방번호",
}


@dataclass(frozen=True)
class Finding:
    """One personal datum: its kind in Korean, and its place in the text."""

    kind: str
    start: int
    end: int


def find_personal(text: str) -> list[Finding]:
    """What in a text points to a person, from left to right, without overlaps."""
    return apart(one for start, end in _slices(text) for one in _found(text, start, end))


def _slices(text: str) -> Iterator[tuple[int, int]]:
    for start in range(0, max(1, len(text) - OVERLAP), SLICE - OVERLAP):
        yield start, min(start + SLICE, len(text))


def _found(text: str, start: int, end: int) -> Iterator[Finding]:
    """The findings in a slice; one that its edge cuts is whole in the slice beside it."""
    part = text[start:end]
    found = [one.detection for one in _finder().process(part).detections]
    places = [Finding(KINDS[one.label], one.start, one.end) for one in found if one.label in KINDS]
    places += [Finding(NAME, first, last) for first, last in find_names(part)]
    for one in places:
        if (one.start or not start) and (one.end < len(part) or end == len(text)):
            yield replace(one, start=start + one.start, end=start + one.end)


def apart(findings: Iterable[Finding]) -> list[Finding]:
    """Findings from left to right; those that overlap are one."""
    kept: list[Finding] = []
    for one in sorted(findings, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        else:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, one.end))
    return kept


def masked(text: str, findings: Sequence[Finding]) -> str:
    """The text with each finding (from left to right, apart) replaced by its kind: ``[전화번호]``; as many lines."""
    pieces, done = [], 0
    for one in findings:
        pieces += [text[done : one.start], f"[{one.kind}]", "\n" * text.count("\n", one.start, one.end)]
        done = one.end
    return "".join([*pieces, text[done:]])


def count_kinds(findings: Sequence[Finding]) -> dict[str, int]:
    """How often each kind was found, the most frequent first."""
    return dict(Counter(one.kind for one in findings).most_common())


@lru_cache(maxsize=1)
def _finder() -> Any:
    from ko_pii import Anonymizer, ProcessingMode

    return Anonymizer(mode=ProcessingMode.STRICT, strategy="redact", include=set(KINDS))
