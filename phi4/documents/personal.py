"""Personal data in a text: numbers and addresses by ko-pii (rules and checksums), names by ``names``.

Only what points to one person is looked for; the dates, ages and units of which medical texts are
full, and cases of courts, are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from phi4.documents.names import find_names

Treatment = Literal["report", "mask", "keep"]

NAME = "성명"
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
    found = [one.detection for one in _finder().process(text).detections]
    places = [Finding(KINDS[one.label], one.start, one.end) for one in found if one.label in KINDS]
    places += [Finding(NAME, start, end) for start, end in find_names(text)]
    kept: list[Finding] = []
    for one in sorted(places, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def masked(text: str, findings: Sequence[Finding]) -> str:
    """The text with each finding replaced by its kind: ``[전화번호]``."""
    for one in sorted(findings, key=lambda one: -one.start):
        text = f"{text[: one.start]}[{one.kind}]{text[one.end :]}"
    return text


def count_kinds(findings: Sequence[Finding]) -> dict[str, int]:
    """How often each kind was found, the most frequent first."""
    return dict(Counter(one.kind for one in findings).most_common())


@lru_cache(maxsize=1)
def _finder() -> Any:
    from ko_pii import Anonymizer, ProcessingMode

    return Anonymizer(mode=ProcessingMode.STRICT, strategy="redact", include=set(KINDS))
