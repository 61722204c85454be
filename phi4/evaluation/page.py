"""``evaluation.html``: did the tuning help, on one Korean page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from phi4.evaluation.candidates import BASE
from phi4.evaluation.conditions import CLOSED
from phi4.evaluation.history import changes
from phi4.evaluation.labels import KINDS, SCORES, Score, percent

CASES = 10
_EARLIER = 20  # exams of the history that are shown
_SIGNS = {
    1.0: '<b class="good">✓ 맞음</b>',
    0.0: '<b class="bad">✗ 틀림</b>',
    None: '<b class="dim">? 채점하지 못함</b>',  # the judge left it open
}
_KEPT = Score("kept", "right", "", "본문을 볼 때에 비한 기억")
_STYLE = """
:root{--base:#9aa5b4;--a0:#2f6db5;--a1:#c2643a;--a2:#3d8a5f;--a3:#8459b0;--line:#e3e7ee;--soft:#f6f8fb;--ink:#1c2430;
 --dim:#5b6676;--good:#1f7a4d;--bad:#b3412a}
*{box-sizing:border-box}
body{font:16px/1.6 system-ui,"Noto Sans KR","Malgun Gothic",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;
 color:var(--ink);background:#fff;word-break:keep-all}
h1{font-size:1.6rem;margin:0} h2{font-size:1.2rem;margin:2.6rem 0 .6rem} p{margin:.4rem 0}
small,.dim{color:var(--dim)}
.verdict{font-size:1.1rem;background:var(--soft);border-left:5px solid var(--a0);padding:.8rem 1rem;margin:1.2rem 0;
 border-radius:0 6px 6px 0}
table{border-collapse:collapse;width:100%} td,th{padding:.35rem .6rem;text-align:left;vertical-align:middle;
 border-bottom:1px solid var(--line)} th{font-weight:600} thead th{color:var(--dim);font-weight:400;font-size:.85rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;font-size:.9rem}
.score{width:17rem}.score small{white-space:nowrap;font-weight:400}.bars{min-width:14rem}td.n,th.n{width:10rem}
.bar{position:relative;height:.85rem;margin:3px 0;background:var(--soft);border-radius:3px}
.bar i{position:absolute;inset:0 auto 0 0;border-radius:3px}
.bar u{position:absolute;top:50%;height:2px;margin-top:-1px;background:var(--ink);opacity:.65;text-decoration:none}
.bar u:before,.bar u:after{content:"";position:absolute;top:-3px;height:8px;width:2px;background:inherit}
.bar u:before{left:0}.bar u:after{right:0}
.m-base{background:var(--base)}.m-0{background:var(--a0)}.m-1{background:var(--a1)}.m-2{background:var(--a2)}
.m-3{background:var(--a3)}
.key b{display:inline-block;width:.8rem;height:.8rem;border-radius:2px;margin:0 .3rem 0 1rem;vertical-align:-1px}
.key b:first-child{margin-left:0}
.good{color:var(--good)}.bad{color:var(--bad)}
article{border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;margin:.8rem 0}
article h3{font-size:1rem;margin:0 0 .4rem} blockquote{margin:.4rem 0;padding:.4rem .8rem;background:var(--soft);
 border-radius:4px;font-size:.92rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:.8rem;margin-top:.6rem}
.pair>div{border-top:3px solid var(--line);padding-top:.4rem;font-size:.95rem;overflow-wrap:anywhere}
ol{margin:.2rem 0 .4rem;padding-left:1.3rem;color:var(--dim);font-size:.88rem}
@media(prefers-color-scheme:dark){:root{--line:#2b3340;--soft:#1c222c;--ink:#dfe5ee;--dim:#9aa6b8;--base:#6b7686;
 --a0:#5b97dd;--good:#5fc793;--bad:#e98469}body{background:#14181f}}
@media(max-width:40rem){.scores thead{display:none} .scores tr{display:grid;grid-template-columns:1fr auto;
 border-bottom:1px solid var(--line);padding:.4rem 0} .scores th,.scores td{border:0;padding:.1rem 0;width:auto}
 .scores .score,.scores .bars{grid-column:1/-1} .scores td.n{text-align:left} .scores td.n:last-child{text-align:right}}
"""


def evaluation_page(report: dict[str, Any], history: Sequence[dict[str, Any]]) -> str:
    """The page. ``report`` is what ``evaluation.json`` holds, ``history`` the workspace's exams, oldest first."""
    adapters = [model for model in report["models"] if model != BASE]
    body = [
        "<h1>시험 보고서</h1>",
        f"<p class=dim>{escape(report['base_model'])} · {escape(', '.join(adapters))} · 문제 {report['questions']}개 · "
        f"{escape(report['when'])}</p>",
        _unchecked(report),
        _verdict(report, adapters[0]),
        _key(report),
        _scores(report, adapters),
        _groups("질문 종류별로 맞힌 비율", report, "by_kind"),
        _groups("문서별로 맞힌 비율", report, "by_file"),
        _cases("가장 나아진 답", report, adapters[0], best=True),
        _cases("가장 나쁜 답", report, adapters[0], best=False),
        _history(history),
        _notes(report),
    ]
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>시험 보고서</title><style>{_STYLE}</style><body>{''.join(body)}</body></html>\n"
    )


def _unchecked(report: dict[str, Any]) -> str:
    names = ", ".join(report.get("unchecked", ()))
    return names and (
        f'<div class="verdict"><b class="bad">{escape(names)}: 이 시험 문제로 학습했는지 확인하지 못했습니다.</b> '
        "학습에 쓴 데이터가 지금의 train.jsonl과 다르거나 없습니다. 아는 문제의 점수일 수 있습니다.</div>"
    )


def _verdict(report: dict[str, Any], adapter: str) -> str:
    """The answer to the question that everybody has."""
    found = report["comparisons"].get(CLOSED, {}).get(adapter, {}).get("right")
    if not found:
        return ""
    scores = report["scores"][CLOSED]
    before, after = (percent(scores[model]["right"]) for model in (BASE, adapter))
    if found["p"] >= 0.05:
        told = "학습의 효과가 있다고 말할 수 없습니다"
    else:
        told = "학습이 도움이 되었습니다" if found["difference"] > 0 else "학습이 오히려 해가 되었습니다"
    return f'<div class="verdict"><b>{told}.</b> 본문 없이 맞힌 비율이 {before}에서 {after}로 바뀌었습니다.</div>'


def _key(report: dict[str, Any]) -> str:
    marks = "".join(f'<b class="{_colour(report, model)}"></b>{escape(_name(model))}' for model in report["models"])
    return f'<p class="key">{marks} <small>&nbsp; 가는 선은 95% 신뢰구간입니다.</small></p>'


def _scores(report: dict[str, Any], adapters: Sequence[str]) -> str:
    rows = []
    for score in SCORES:
        found = report["scores"].get(score.condition, {})
        if not any(score.mark in told for told in found.values()):
            continue
        told = {model: found.get(model, {}).get(score.mark, {}) for model in report["models"]}
        change = report["comparisons"].get(score.condition, {}).get(adapters[0], {}).get(score.mark)
        rows.append(_row(score.korean, told, report, _change(change, score), score.mark))
    if report["kept"]:
        told = {model: report["kept"].get(model, {}) for model in report["models"]}
        rows.append(_row(_KEPT.korean, told, report, "", "right"))
    changed = _changed_by(adapters)
    head = f"<thead><tr><th></th><th></th><th class=n>점수 [구간]</th><th class=n>{changed}</th></tr></thead>"
    return f"<h2>점수</h2><table class=scores>{head}{''.join(rows)}</table>"


def _changed_by(adapters: Sequence[str]) -> str:
    return "변화" if len(adapters) == 1 else f"변화 ({escape(adapters[0])})"


def _row(name: str, told: dict[str, Any], report: dict[str, Any], change: str, mark: str) -> str:
    shown = "<br>".join(percent(found, mark) for found in told.values())
    bars = "" if mark == "tokens" else "".join(_bar(found, _colour(report, model)) for model, found in told.items())
    return (
        f'<tr><th class="score">{name}</th><td class="bars">{bars}</td><td class="n">{shown}</td>'
        f'<td class="n">{change}</td></tr>'
    )


def _bar(found: dict[str, float], colour: str) -> str:
    if not found:
        return '<div class="bar"></div>'
    value, low, high = (min(100.0, 100 * found[key]) for key in ("value", "low", "high"))
    return (
        f'<div class="bar"><i class="{colour}" style="width:{value:.1f}%"></i>'
        f'<u style="left:{low:.1f}%;width:{high - low:.1f}%"></u></div>'
    )


def _change(found: dict[str, Any] | None, score: Score) -> str:
    if not found:
        return ""
    scale = 1 if score.mark == "tokens" else 100
    points = f"{scale * found['difference']:+.0f}"
    if found["p"] >= 0.05:
        return f"<span class=dim>{points} (우연일 수 있음)</span>"
    better = (found["difference"] > 0) == score.more_is_better
    told = "p&lt;.001" if found["p"] < 0.001 else f"p={found['p']:.3f}"
    return f'<b class="{"good" if better else "bad"}">{points}</b> <small>{told}</small>'


def _groups(title: str, report: dict[str, Any], group: str) -> str:
    rows = []
    for name, found in report[group].items():
        told = {model: found.get(model, {}) for model in report["models"]}
        count = next((one["n"] for one in told.values() if one), 0)
        rows.append(_row(f"{escape(KINDS.get(name, name))} <small>{count}문제</small>", told, report, "", "right"))
    return f"<h2>{title}</h2><table class=scores>{''.join(rows)}</table>" if rows else ""


def _cases(title: str, report: dict[str, Any], adapter: str, best: bool) -> str:
    """The answers from memory with the largest gain, or the least to show for the tuning."""
    asked = [row for row in report["answers"] if _is_scored(row, (BASE, adapter))]

    def gain(row: dict[str, Any]) -> tuple[float, float, str]:
        after, before = (row["answers"][CLOSED][model]["marks"] for model in (adapter, BASE))
        rank = (after["right"] - before["right"], after["character_f1"] - before["character_f1"])
        return (-rank[0], -rank[1], row["id"]) if best else (*rank, row["id"])

    chosen = [row for row in sorted(asked, key=gain) if _belongs(row, adapter, best)][:CASES]
    told = "".join(_case(row, report) for row in chosen)
    return f"<h2>{title} {len(chosen)}개</h2>{told or '<p class=dim>없습니다.</p>'}"


def _is_scored(row: dict[str, Any], models: Sequence[str]) -> bool:
    told = row["answers"].get(CLOSED, {})
    return all("right" in told.get(model, {}).get("marks", {}) for model in models)


def _belongs(row: dict[str, Any], adapter: str, best: bool) -> bool:
    after, before = (row["answers"][CLOSED][model]["marks"]["right"] for model in (adapter, BASE))
    return bool(after > before) if best else not after


def _case(row: dict[str, Any], report: dict[str, Any]) -> str:
    passage = "".join(f"<blockquote>{escape(sentence)}</blockquote>" for sentence in row["passage"])
    answers = []
    for model, told in row["answers"][CLOSED].items():
        steps = "".join(f"<li>{escape(step)}</li>" for step in told["reasoning_steps"])
        sign = _SIGNS[told["marks"].get("right")]
        answers.append(
            f'<div><small><b class="key">{escape(_name(model))}</b></small> {sign}'
            f"{f'<ol>{steps}</ol>' if steps else ''}<p>{escape(_short(told['answer']))}</p></div>"
        )
    return (
        f"<article><h3>{escape(row['question'])}</h3><small>{escape(KINDS.get(row['kind'], row['kind']))} · "
        f"{escape(row['file'])} · 정답 {escape(' / '.join(row['gold']))}</small>{passage}"
        f'<div class="pair">{"".join(answers)}</div></article>'
    )


def _history(history: Sequence[dict[str, Any]]) -> str:
    if len(history) < 2:
        return ""
    rows = []
    earlier = list(history)[-_EARLIER - 1 :]
    for place, told in reversed(list(enumerate(earlier))):
        before = earlier[place - 1] if place else None
        changed = "<br>".join(escape(line) for line in changes(before, told)) if before else ""
        right = percent(told["scores"].get(f"{CLOSED}.right", {}))
        rows.append(
            f"<tr><td>{escape(str(told.get('when', '')))}</td><td>{escape(str(told.get('adapter', '')))}</td>"
            f'<td class="n">{right}</td><td><small>{changed}</small></td></tr>'
        )
    head = (
        "<thead><tr><th>때</th><th>어댑터</th><th class=n>맞힘 (기억으로)</th><th>앞선 시험과 다른 점</th></tr></thead>"
    )
    return f"<h2>지난 시험</h2><table>{head}{''.join(rows)}</table>"


def _notes(report: dict[str, Any]) -> str:
    lines = [
        "구간은 문제를 다시 뽑아 구한 95% 부트스트랩 구간이며, 맞고 틀림의 변화는 맥니머 정확 검정, "
        "나머지는 짝지은 부트스트랩으로 검정했습니다. 모든 모델이 같은 질문에 같은 방식(탐욕 생성)으로 답했습니다.",
    ]
    if judged := report.get("judge"):
        lines.append(
            f"긴 답은 {judged['name']}이(가) 본문을 보고 채점했습니다: 답 "
            f"{judged['judged']}개, 표 {judged['votes']}개, "
            f"형식을 벗어난 표 {judged['out_of_form']}개, 결정하지 못해 점수에서 뺀 답 {judged['undecided']}개."
        )
    return "".join(f"<p><small>{escape(line)}</small></p>" for line in lines)


def _colour(report: dict[str, Any], model: str) -> str:
    adapters = [name for name in report["models"] if name != BASE]
    return "m-base" if model == BASE else f"m-{adapters.index(model) % 4}"


def _name(model: str) -> str:
    return "학습 전" if model == BASE else model


def _short(text: str, longest: int = 400) -> str:
    told = text.strip() or "(답이 없습니다)"
    return told if len(told) <= longest else told[: longest - 1] + "…"
