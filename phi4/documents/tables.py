"""Tables as sentences: a cell means something only with the names of its row and column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from phi4.korean import has_verb_ending, topic_particle

LONG = 40  # characters of a cell that is told by itself, not within a sentence
_DIGITS = re.compile(r"\d")
_LABEL = re.compile(
    r"(?:성\s?명|이\s?름|성별|나이|연령|생년월일|주\s?소|전화|연락처|휴대폰|팩스|메일|번호|소속|부서|직급|직위|직책|담당자?|보호자|관계"
    r"|성함|전공|지역|기관|여부|주치의|일자|진료일|신청일|날짜|일시|기간|장소|제목|과목|진료과|병동|진단명|금액|수량|목적|비고|서명)"
    r"\s*[:：]?$"
)
Rows = Sequence[Sequence[str]]


def table_lines(rows: Rows, named: bool = False) -> list[str]:
    """The lines that say what a table says, one or more a row.

    With names of columns: ``와파린의 용량은 5 mg, 목표 INR은 2.0~3.0입니다.``, else ``- 항목: 값``.
    """
    filled = [list(row) for row in rows if any(cell.strip() for cell in row)]
    filled = _without_empty_columns(filled)
    if not filled:
        return []
    width = len(filled[0])
    if width == 1:
        return [row[0] for row in filled]
    if has_names(filled, named):
        return _with_names(filled[0], _filled_down(filled[1:]))
    return [line for row in _filled_down(filled) for line in _pairs(row)]


def has_names(rows: Rows, named: bool = False) -> bool:
    """Whether the first row names the columns: its format says so (``named``), or it looks like it."""
    return len(rows) > 1 and (named or (len(rows[0]) > 2 and _looks_like_names(rows[0]) and not is_form(rows[0])))


def is_label(cell: str) -> bool:
    """Whether a cell is what forms have beside a field: ``전화``, ``환자 성명``."""
    return bool(_LABEL.search(cell))


def is_form(row: Sequence[str]) -> bool:
    """Whether a row is labels and values by turns: ``성명 | 김철수 | 부서 | 약제부``, no names of four columns."""
    labels, values = row[::2], row[1::2]
    return len(row) > 2 and len(row) % 2 == 0 and all(map(is_label, labels)) and not any(map(is_label, values))


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    width = max((len(row) for row in rows), default=0)
    padded = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    kept = [column for column in range(width) if any(row[column] for row in padded)]
    return [[row[column] for column in kept] for row in padded]


def _looks_like_names(row: Sequence[str]) -> bool:
    """Names are short, all there, all different, and no numbers."""
    texts = [cell for cell in row if cell]
    bare = len(texts) >= len(row) - 1 and len(set(texts)) == len(texts)
    return bare and all(len(cell) <= 25 and not _DIGITS.match(cell) and not cell.endswith(".") for cell in texts)


def _filled_down(rows: list[list[str]]) -> list[list[str]]:
    """An empty first cell belongs to a merged one: it has the name of the row above."""
    above = ""
    for row in rows:
        above = row[0] = row[0] or above
    return rows


def _with_names(names: list[str], rows: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        key = row[0]
        told: list[tuple[str, str]] = []
        apart: list[tuple[str, str]] = []
        for name, value in zip(names[1:], row[1:], strict=True):
            if not value or (told and (name, value) == told[-1]):
                continue
            (apart if _is_long(value) else told).append((name, value))
        lines.extend(_sentence(names[0], key, told))
        lines.extend(f"- {' '.join(part for part in (key, name) if part)}: {value}" for name, value in apart)
    return lines


def _sentence(title: str, key: str, told: list[tuple[str, str]]) -> list[str]:
    if not told:
        return [f"- {title}: {key}"] if key and title else [f"- {key}"] if key else []
    parts = [f"{name}{topic_particle(name)} {value}" if name else value for name, value in told]
    owner = f"{title} {key}의 " if _is_number(key) and title else f"{key}의 " if key else ""
    return [f"{owner}{', '.join(parts)}입니다."]


def _pairs(row: list[str]) -> list[str]:
    """A row without names of columns: label and value by turns, or a label with its values."""
    cells = [cell for number, cell in enumerate(row) if cell and (number == 0 or cell != row[number - 1])]
    if not cells:
        return []
    labels = cells[::2]
    if (
        len(cells) % 2 == 0
        and len(cells) > 2
        and all(len(label) <= 15 and not _DIGITS.search(label) for label in labels)
    ):
        return [f"- {name}: {value}" for name, value in zip(labels, cells[1::2], strict=True)]
    return [f"- {cells[0]}: {', '.join(cells[1:])}" if len(cells) > 1 else f"- {cells[0]}"]


def _is_long(value: str) -> bool:
    return len(value) > LONG or (value.endswith((".", "다", "요")) and has_verb_ending(value))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[\d\s.,~/-]+", text))
