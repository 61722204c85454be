"""Numbers with their units, so that 5 mg and 500 mg are never taken for each other."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_UNITS = {
    "밀리그램": "mg", "㎎": "mg", "그램": "g", "킬로그램": "kg", "㎏": "kg", "마이크로그램": "ug",
    "μg": "ug", "µg": "ug", "㎍": "ug", "mcg": "ug", "퍼센트": "%", "프로": "%", "％": "%",
    "밀리리터": "ml", "㎖": "ml", "리터": "l", "도": "℃", "°c": "℃", "분간": "분", "일간": "일",
    "시간마다": "시간", "주간": "주", "년간": "년", "개월간": "개월", "살": "세", "iu": "단위", "units": "단위",
}  # fmt: skip
_UNIT = (
    r"(?:(?:mg/kg|mg/dl|ml/min|mmol/l|mmol|mmhg|mcg|mg|kg|ml|dl|mm|cm|g|l|units|iu)(?![a-z])|밀리그램|마이크로그램|킬로그램|그램|밀리리터|리터|퍼센트|"
    r"㎎|㎍|㎏|㎖|μg|µg|℃|°c|%|％|단위|시간|개월|분|초|일|주|년|세|살|배|회|번|정|명|도)"
)
_NUMBER = re.compile(
    rf"(?<![\w.])(\d[\d,]*(?:\.\d+)?)(?=\s*(?:[~∼〜–-]\s*(\d[\d,]*(?:\.\d+)?))?\s*({_UNIT})?)", re.IGNORECASE
)


class Quantity(NamedTuple):
    """A number as written (commas removed, in ASCII digits) and its unit in one spelling, or ""."""

    value: str
    unit: str


def quantities(text: str) -> set[Quantity]:
    """The quantities of a text; a range gives both of its ends, each with the unit."""
    found: set[Quantity] = set()
    for match in _NUMBER.finditer(text):
        unit = (match[3] or "").lower()
        for value in (match[1], match[2]):
            if value:
                found.add(Quantity(_plain(value), _UNITS.get(unit, unit)))
    return found


def _plain(value: str) -> str:
    bare = unicodedata.normalize("NFKC", value).replace(",", "")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare
