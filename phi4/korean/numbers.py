"""Numbers with their units, so that 5 mg and 500 mg, 이상 and 이하 are never taken for each other.

The one place that knows how Korean writes an amount. ``korean/amounts`` asks for what is read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from phi4.korean.lexicon import word_set

Bound = Literal["", "<", "≤", ">", "≥"]

# Units, and the other ways to write some of them; case does not tell them apart.
_UNITS = word_set("""
mg g kg ug % %p mL L dL ℃ nm mm cm m km ㎡ ㎥ ㎢ 톤 헥타르 W kW kWh V kV Hz MHz GHz rpm bar psi MPa kPa km/h m/s
mg/dL mg/kg mL/min mOsm/L mmol/L mmol mEq mmHg 단위 시간 분 초 일 주 개월 년 월 박 세 회 명 배 정 알 개 캡슐 방울
장 마리 그루 가지 인분 등급 급 단계 점 학점 자리 곳 개소 건 권 편 쪽 문항 층 평 바퀴 대 잔
원 달러 유로 엔 KB MB GB TB kbps Mbps Gbps
""")
_SPELLINGS = {
    "mg": "밀리그램 ㎎", "g": "그램", "kg": "킬로그램 ㎏", "ug": "마이크로그램 μg µg ㎍ mcg", "%": "퍼센트 프로 ％",
    "%p": "퍼센트포인트 %포인트", "mL": "밀리리터 ㎖", "L": "리터", "℃": "도 °C", "mm": "밀리미터", "cm": "센티미터",
    "m": "미터", "km": "킬로미터", "㎡": "제곱미터", "㎥": "세제곱미터", "㎢": "제곱킬로미터", "W": "와트", "V": "볼트",
    "KB": "킬로바이트", "MB": "메가바이트", "GB": "기가바이트", "TB": "테라바이트", "쪽": "페이지",
    "단위": "iu units", "주": "주일", "개월": "달", "세": "살", "회": "번 차례", "명": "인 사람", "곳": "군데",
}  # fmt: skip
_CANONICAL = {name.lower(): unit.lower() for unit in _UNITS for name in (unit, *_SPELLINGS.get(unit, "").split())}
UNIT_NAMES = sorted(
    (name for unit in _UNITS for name in (unit, *_SPELLINGS.get(unit, "").split())),
    key=lambda name: (-len(name), name),  # the longest first, as a pattern must try them
)
# A Latin unit ends its word; "도로" is no degree and "회의" no time.
_UNIT = "|".join(rf"{re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name) for name in UNIT_NAMES)
_NO_UNIT = "|".join(
    word_set(
        "분의 도시 회사 회의실 장소 배포 배터리 정도 일반 월급 원금 주민 주택 주차 인터넷 개인 점검 대비 대기 "
        "대상 세대 편리 편안 편의 편집 편입 평균 평가 평소 평일 평생 평면 평방"
    )
)
_WIDE_DIGIT = re.compile(r"[^\D0-9]")
_VALUE = r"\d[\d,]*(?:\.\d+)?"
# A dash before a space is a bullet, one inside a word a hyphen; one that begins a line is a minus before degrees only.
_DEGREES = r"[-–−]\d[\d,.]*(?:\s?[~∼〜–-]\s?[-–−]?\d[\d,.]*)?\s?(?:℃|°|도|%)"
_MINUS = rf"영하\s?|(?:(?<=[ \t(\[~∼〜])|(?:^|(?<=\n))(?={_DEGREES}))[-–−](?=\d)"
_LARGE = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_NUMBER = re.compile(
    rf"(?<![A-Za-z\d.,_])(?:(?<!-)|(?<=^-)|(?<=\n-))(?<!제)(?P<minus>{_MINUS})?(?P<value>{_VALUE})"
    rf"(?:\s?[~∼〜–-]\s?(?P<to_minus>{_MINUS})?(?P<to>{_VALUE}))?"
    rf"(?P<large>\s?(?:[십백천]?[만억조]|[백천])(?:\s?\d[\d,]*\s?[백천]?만?(?=\s?(?:원|명|개)))?)?"
    rf"(?:\s?(?!{_NO_UNIT})(?(minus)|(?!도로))(?P<unit>{_UNIT}))?",
    re.IGNORECASE,
)
_NATIVE = {
    "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9,
    "열": 10, "열두": 12, "스무": 20,
}  # fmt: skip
NATIVE_COUNTERS = "번|차례|명|사람|개|장|알|정|시간|달|마리|방울|배|살|가지|잔|대|권|층|곳|군데"
_COUNTED = re.compile(rf"(?<![가-힣])(?P<number>{'|'.join(_NATIVE)})\s(?P<unit>{NATIVE_COUNTERS})(?!째)")
_DAYS = {
    "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15, "일주일": 7, "하루": 1,
}  # fmt: skip
_DAY_WORD = re.compile(rf"(?<![가-힣])(?:{'|'.join(_DAYS)})")
_CLOCK = re.compile(
    r"(?P<half>오전|오후|새벽|아침|낮|저녁|밤)?\s?(?<!\d)(?P<hour>\d{1,2})시(?!간)(?:\s?(?P<minute>\d{1,2})분|\s(?P<and_half>반))?"
)
_MONTH = re.compile(r"(?P<year>\d{3,4})년\s(?P<month>\d{1,2})월")
_AFTERNOON = ("오후", "저녁", "밤", "낮")

_NOT_OVER = re.compile(
    r"(?:까지)?[이가을를은는도]?\s?(?:넘기?지 (?:않|못|말)|넘을 수 없|초과하지 (?:않|못|말)|초과할 수 없)|"
    r"까지는?(?!\s?(?:올|높|내))|[을를이가]?\s?넘게 [가-힣 ]{1,12}지 (?:않|말|못)"
)
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("≤", _NOT_OVER),
    ("≥", re.compile(r"\s?이상")),
    ("≤", re.compile(r"\s?(?:이하|이내|안에)")),
    ("<", re.compile(r"[이가도]?\s?(?:미만|되지 않|안 [된되]|남지 않|못 [미되])|에 (?:미치지 못|못 미치)")),
    (">", re.compile(r"[을를이가]?\s?(?:초과|넘)")),
)
_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("≥", re.compile(r"(?:최소|적어도)(?: 약)? ?$")),
    ("≤", re.compile(r"(?:최대|많아야)(?: 약)? ?$")),
)
# Numbers that name a thing and measure nothing: 제12조, 제2형, CYP2C9, COVID-19.
_NAME = re.compile(
    r"(?:(?<![가-힣])|(?<=[조항호법령칙장절]))제\s?\d+\s?[조항호형급류장절](?:의\s?\d+)?|"  # and not 문제 2장
    r"(?<![A-Za-z\d])(?![ckm]?m[23](?![A-Za-z\d]))[A-Za-z]+-?\d[A-Za-z\d]*(?:-[A-Za-z\d]+)*"  # and not 10 m2
)
_PARTS_OF_NAME = re.compile(r"\d+|[A-Za-z]+|[가-힣]+")
_IN_BASE_UNITS = {"분": (60, "초"), "시간": (3600, "초"), "주": (7, "일"), "년": (12, "개월")}


class Quantity(NamedTuple):
    """A number in ASCII digits (commas removed, 만 and 억 folded in) and its unit in one spelling, or ""."""

    value: str
    unit: str


class Amount(NamedTuple):
    """One number of a text: its value, its unit in one spelling, the bound it is told as, and its place."""

    value: Decimal
    unit: str
    bound: Bound
    start: int
    end: int
    words: str

    @property
    def measure(self) -> tuple[Decimal, str]:
        """Value and unit as they are compared: an hour is 60 minutes, a week seven days, a year twelve months."""
        factor, unit = _IN_BASE_UNITS.get(self.unit, (1, self.unit))
        return self.value * factor, unit


@lru_cache(maxsize=8192)
def quantities(text: str) -> frozenset[Quantity]:
    """The quantities written in digits; a range gives both of its ends, each with the unit."""
    return frozenset(
        Quantity(_plain(amount.value), amount.unit)
        for match in _NUMBER.finditer(_plain_digits(text))
        for amount in _in_digits(text, match)
    )


@lru_cache(maxsize=8192)
def amounts(text: str) -> tuple[Amount, ...]:
    """Every number of a text with its bound, in order: also 세 번 and 사흘, hours of the clock (unit ``시``, 13.5
    for 오후 1시 반) and months of a year (unit ``연월``, months since the year 0)."""
    found = [amount for match in _COUNTED.finditer(text) for amount in _in_words(text, match, _NATIVE[match["number"]])]
    found += [amount for match in _DAY_WORD.finditer(text) for amount in _in_words(text, match, _DAYS[match[0]])]
    hours = list(_hours(text))
    found += hours
    for match in _NUMBER.finditer(_plain_digits(text)):
        if not any(hour.start <= match.start() < hour.end for hour in hours):
            found += _in_digits(text, match)
    for match in _MONTH.finditer(text):
        months = int(match["year"]) * 12 + int(match["month"])
        found.append(Amount(Decimal(months), "연월", "", match.start(), match.end(), match[0]))
    return tuple(_summed(text, sorted(found, key=lambda amount: amount.start)))


def numbered_names(text: str) -> list[str]:
    """The names with a number in them: ``제12조``, ``CYP2C9``."""
    return [match[0] for match in _NAME.finditer(_plain_digits(text))]


def holds_name(text: str, name: str) -> bool:
    """Whether a text holds a name with a number, in any spelling: ``제12조`` is ``제 12 조`` and ``12조``, and neither
    ``제12조의2`` nor ``제112조``."""
    parts = _PARTS_OF_NAME.findall(_plain_digits(name).removeprefix("제"))
    spelt = r"[\s-]*".join(parts)
    return bool(re.search(rf"(?<![A-Za-z\d]){spelt}(?![A-Za-z\d]|의\s?\d)", _plain_digits(text), re.IGNORECASE))


def _summed(text: str, found: Iterable[Amount]) -> list[Amount]:
    """``1시간 30분`` as 90 minutes."""
    summed: list[Amount] = []
    for amount in found:
        if summed and _continues(text, summed[-1], amount):
            before = summed.pop()
            value = amount.value + before.measure[0] / _factor(amount)
            amount = amount._replace(value=value, start=before.start, words=text[before.start : amount.end])
        summed.append(amount)
    return summed


def _continues(text: str, amount: Amount, following: Amount) -> bool:
    same = amount.measure[1] == following.measure[1] and _factor(following) < _factor(amount)
    return same and text[amount.end : following.start] == " "


def _factor(amount: Amount) -> int:
    return _IN_BASE_UNITS.get(amount.unit, (1, ""))[0]


def says_half_of_day(amount: Amount) -> bool:
    """Whether an hour of the clock says which half of the day it belongs to, or needs not (13시)."""
    return amount.value >= 13 or not amount.words[0].isdigit()


def _plain_digits(text: str) -> str:
    """The text with full-width digits as plain ones, and of the same length."""
    return _WIDE_DIGIT.sub(lambda digit: unicodedata.normalize("NFKC", digit[0]), text)


def _in_digits(text: str, match: re.Match[str]) -> Iterator[Amount]:
    unit = _CANONICAL.get((match["unit"] or "").lower(), "")
    bound = _bound(text, match.start(), match.end())
    below = (match["minus"] or "").strip()
    for value, minus in ((match["value"], below), (match["to"], match["to_minus"] or below.strip("-–−"))):
        if value:  # 영하 18~20℃ is below zero at both ends, -5~5℃ is not
            number = _folded(value, match["large"] or "") * (-1 if minus else 1)
            yield Amount(number, unit, bound, match.start(), match.end(), match[0].strip())


def _in_words(text: str, match: re.Match[str], value: int) -> Iterator[Amount]:
    unit = _CANONICAL[match["unit"]] if "unit" in match.groupdict() else "일"
    yield Amount(Decimal(value), unit, _bound(text, match.start(), match.end()), match.start(), match.end(), match[0])


def _hours(text: str) -> Iterator[Amount]:
    half = ""
    for match in _CLOCK.finditer(text):
        half = match["half"] or half  # 오후 6시부터 8시까지
        hour = Decimal(match["hour"]) + Decimal(match["minute"] or (30 if match["and_half"] else 0)) / 60
        if half in _AFTERNOON and hour < 12 and not (half == "밤" and hour < 6):
            hour += 12
        words = match[0].strip() if match["half"] else f"{half} {match[0].strip()}".strip()
        yield Amount(hour, "시", "", match.start(), match.end(), words)


def _folded(value: str, large: str) -> Decimal:
    """``3`` and ``천만`` as 30,000,000; ``2`` and ``만 5천`` as 25,000."""
    total = section = current = Decimal(0)
    for part in re.findall(rf"{_VALUE}|[십백천만억조]", f"{value}{large}"):
        if part[0].isdigit():
            current = Decimal(part.rstrip(",").replace(",", ""))
        elif _LARGE[part] < 10**4:
            section, current = section + (current or 1) * _LARGE[part], Decimal(0)
        else:
            total, section, current = total + (section + current or 1) * _LARGE[part], Decimal(0), Decimal(0)
    return total + section + current


def _bound(text: str, start: int, end: int) -> Bound:
    for bound, cue in _AFTER:
        if cue.match(text, end):
            return bound
    return next((bound for bound, cue in _BEFORE if cue.search(text, max(0, start - 8), start)), "")


def _plain(value: Decimal) -> str:
    bare = f"{value:f}"
    return bare.rstrip("0").rstrip(".") if "." in bare else bare
