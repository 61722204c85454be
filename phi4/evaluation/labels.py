"""What the scores are called, in which order, and which way is better; the terminal and the page share it."""

from __future__ import annotations

from typing import NamedTuple

from phi4.evaluation.conditions import CLOSED, GENERAL, OPEN, UNANSWERABLE


class Score(NamedTuple):
    """A line of a report: which condition, which mark, its names, and whether more is better."""

    condition: str
    mark: str
    label: str
    korean: str
    more_is_better: bool = True


SCORES = (
    Score(CLOSED, "right", "right, from memory", "맞힘 (기억으로)"),
    Score(OPEN, "right", "right, with passage", "맞힘 (본문을 보고)"),
    Score(UNANSWERABLE, "refused", "declines the unknown", "모르는 것을 모른다고 함"),
    Score(CLOSED, "refused", "declines the known", "아는 것을 모른다고 함", more_is_better=False),
    Score(GENERAL, "right", "right, general Korean", "일반 상식 (잊지 않음)"),
    Score(CLOSED, "character_f1", "character F1", "글자 F1"),
    Score(CLOSED, "exact", "exactly the gold", "정답과 똑같음"),
    Score(CLOSED, "reasoned", "shows reasoning", "풀이를 보임"),
    Score(CLOSED, "supported", "steps rest on seed", "풀이의 근거가 본문에 있음"),
    Score(CLOSED, "follows", "answer follows", "답이 풀이에서 나옴"),
    Score(CLOSED, "korean", "answers in Korean", "한국어로 답함"),
    Score(CLOSED, "foreign", "Hanja, foreign letters", "한자 등 외국 글자", more_is_better=False),
    Score(CLOSED, "polite", "polite register", "합니다체"),
    Score(CLOSED, "ended", "ends by itself", "스스로 끝맺음"),
    Score(CLOSED, "tokens", "tokens an answer", "답의 길이 (토큰)", more_is_better=False),
)
KINDS = {
    "fact": "사실", "cause": "이유", "comparison": "비교", "number": "수치", "quantity": "수치",
    "contraindication": "금기", "interaction": "상호작용", "mechanism": "과정", "prohibition": "금지",
    "consequence": "결과", "unanswerable": "답이 없는 물음", "general": "일반",
}  # fmt: skip


def percent(found: dict[str, float], mark: str = "") -> str:
    """``47% [36–58]``; tokens are no share: ``92 [88–97]``. "–" where nothing was scored."""
    if not found:
        return "–"
    scale, unit = (1, "") if mark == "tokens" else (100, "%")
    value, low, high = (round(scale * found[key]) for key in ("value", "low", "high"))
    return f"{value}{unit} [{low}–{high}]"
