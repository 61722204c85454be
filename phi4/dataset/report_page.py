"""``report.html``: what is in a dataset, on one page that needs nothing else, for people who decide about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from phi4.dataset.contents import FILES, Contents, spread
from phi4.records import Example

_STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans KR","Malgun Gothic",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
 color:#1c2430;background:#fff}
h1{font-size:1.5rem} h2{font-size:1.15rem;margin-top:2.2rem}
table{border-collapse:collapse;width:100%}
td,th{padding:.3rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #e3e7ee}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.bar{background:#e8edf5;border-radius:3px;height:.8rem;min-width:8rem}
.bar i{display:block;height:100%;border-radius:3px;background:#3b6fb6} .bad i{background:#c2643a}
.cells{display:flex;flex-wrap:wrap;gap:2px} .cells b{width:1.1rem;height:1.1rem;border-radius:3px;background:#eceff4}
.cells b.r1{background:#b9d0ec} .cells b.r2{background:#7fa9da} .cells b.r3{background:#3b6fb6}
figure{margin:1rem 0;padding:.8rem 1rem;background:#f6f8fb;border-radius:6px} figure p{margin:.2rem 0}
small{color:#5b6676}
@media(prefers-color-scheme:dark){
 body{background:#14181f;color:#dfe5ee} td,th{border-color:#2b3340} .bar,.cells b{background:#2b3340}
 figure{background:#1c222c} small{color:#9aa6b8}}
"""
_KINDS = {
    "cause": "이유", "mechanism": "과정", "quantity": "수치",
    "prohibition": "금지", "consequence": "결과", "fact": "사실",
    "refusal": "모름", "explain": "설명",
}  # fmt: skip
_REASONS = {
    "schema": "형식이 아님", "finished": "끝맺지 못함", "korean": "한국어가 아님", "leak": "본문에 없는 글자·단어",
    "register": "합니다체가 아님", "stand_alone": "홀로 읽을 수 없음", "question": "질문이 아니거나 답을 말함",
    "repetition": "같은 단계 반복", "support": "근거 문장이 뒷받침하지 않음", "numbers": "본문에 없는 수치",
    "fits": "질문과 답이 맞지 않음", "polarity": "긍정과 부정이 뒤바뀜", "roles": "주체나 인과가 뒤바뀜",
    "additions": "문장에 없는 내용", "unit": "묻는 단위와 다른 답",
    "focus": "다른 문장에 대한 답", "duplicate": "중복", "exam": "시험 문제와 같음",
    "teacher": "교사 모델 오류", "vote_support": "본문과 맞지 않는다는 판정",
    "vote_alone": "질문만으로 알 수 없다는 판정", "blind": "다시 물으면 다른 답",
    "answerable": "모른다고 할 질문에 답이 있음",
    "review": "사람이 거절", "surplus": "행이 이미 충분함",
}  # fmt: skip
_PARTS = {"question": "질문", "reasoning": "풀이", "answer": "답"}


def report_page(report: dict[str, Any], rows: int, contents: Contents) -> str:
    """The page. ``report`` is what ``report.json`` holds, ``contents`` what is in the ``rows``."""
    body = [
        "<h1>데이터셋 보고서</h1>",
        _headline(report, rows),
        _funnel(report),
        _reasons(report),
        _kinds(contents.kinds),
        _coverage(contents),
        _lengths(contents),
        _samples(contents.samples),
    ]
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>데이터셋 보고서</title><style>{_STYLE}</style><body>{''.join(body)}</body></html>\n"
    )


def _headline(report: dict[str, Any], rows: int) -> str:
    """What there is to train on, and what this run took: answers of earlier runs were free."""
    took = (
        f"이번 실행: 요청 {report['requests']:,}번 · 쓴 토큰 {report['completion_tokens']:,} · "
        f"{report['seconds'] / 60:.1f}분" + (f" · 비용 {report['cost']:g}" if report.get("cost") else "")
    )
    stopped = report.get("stopped_at", "")
    told = f"<p>학습 데이터 <b>{rows:,}행</b> · 교사 <b>{escape(report['teacher'])}</b></p><p><small>{took}</small></p>"
    return told + (f"<p><small>{escape(stopped)}에서 멈추었습니다.</small></p>" if stopped else "")


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _bar(part: int, whole: int, kind: str = "") -> str:
    width = 100 * part / whole if whole else 0
    return f'<td><div class="bar {kind}"><i style="width:{width:.1f}%"></i></div></td>'


def _funnel(report: dict[str, Any]) -> str:
    total = report["drafts"]
    steps = [("초안", total, ""), ("통과", report["accepted"], ""), ("탈락", total - report["accepted"], "bad")]
    rows = (_row([f"<th>{name}</th>", f'<td class="n">{n:,}</td>', _bar(n, total, kind)]) for name, n, kind in steps)
    notes = (
        f"통과한 행 중 {report['by_rule']:,}개는 질문을 규칙으로 바꾸어 썼고, "
        f"{report['mended']:,}개는 풀이 단계를 근거 문장으로 바로잡았습니다."
    )
    if report.get("verbatim"):
        notes += f" 통과한 행 중 {report['verbatim']:,}개는 본문의 문장을 그대로 답으로 썼습니다."
    if report.get("exam_questions"):
        notes += f" 시험 문제 {report['exam_questions']:,}개를 만들고 그와 같은 {report['held_out']:,}행을 뺐습니다."
    if report.get("refusals"):
        notes += f" 본문에 없는 것을 모른다고 답하는 행 {report['refusals']:,}개를 더했습니다."
    return f"<h2>초안에서 통과까지</h2><table>{''.join(rows)}</table><p><small>{notes}</small></p>"


def _reasons(report: dict[str, Any]) -> str:
    most = max(report["rejected"].values(), default=0)
    rows = []
    for reason, count in report["rejected"].items():
        samples = "".join(
            f"<p><small>{escape(one['file'])}</small> {escape(one['question'])}<br>"
            f"<small>{escape(one['detail'])}</small></p>"
            for one in report["samples"][reason]
        )
        name = f"{_REASONS.get(reason, reason)} <small>{reason}</small>"
        shown = f"<td><details><summary>예</summary>{samples}</details></td>"
        rows.append(_row([f"<th>{name}</th>", f'<td class="n">{count:,}</td>', _bar(count, most, "bad"), shown]))
    return f"<h2>탈락한 이유</h2><table>{''.join(rows) or '<tr><td>없음</td></tr>'}</table>"


def _kinds(counts: Counter[str]) -> str:
    most = max(counts.values(), default=0)
    rows = (
        _row([f"<th>{escape(_KINDS.get(kind, kind))}</th>", f'<td class="n">{count:,}</td>', _bar(count, most)])
        for kind, count in counts.most_common()
    )
    return f"<h2>질문 종류</h2><table>{''.join(rows)}</table>"


def _coverage(contents: Contents) -> str:
    """A cell a sentence, the darker the more rows ask about it."""
    rows, asked = [], contents.asked
    for document in contents.documents:
        file = document.file
        sentences = [(number, passage.sentence(number)) for passage in document.passages for number in passage.numbers]
        cells = "".join(
            f'<b class="r{min(3, asked[file, n])}" title="[{n}] {escape(text)} ({asked[file, n]}행)"></b>'
            for n, text in sentences
        )
        covered, whole = contents.covered(document)
        share = f'<td class="n">{covered}/{whole}</td>'
        rows.append(_row([f"<th>{escape(file)}</th>", share, f'<td><div class="cells">{cells}</div></td>']))
    told = "<p><small>칸 하나가 문장 하나이고, 진할수록 묻는 행이 많습니다.</small></p>"
    if len(contents.documents) == FILES:
        told += f"<p><small>앞의 {FILES}개 파일입니다.</small></p>"
    return f"<h2>문장 포함 범위</h2>{told}<table>{''.join(rows)}</table>"


def _lengths(contents: Contents) -> str:
    head = _row(["<th></th>", *(f'<th class="n">{name}</th>' for name in ("가장 짧은", "중간", "가장 긴"))])
    rows = (
        _row([f"<th>{_PARTS[part]}</th>", *(f'<td class="n">{n}자</td>' for n in spread(counts))])
        for part, counts in contents.lengths.items()
    )
    varied = f"<p><small>질문에 쓰인 낱말 중 서로 다른 낱말의 비율: {contents.diversity:.2f}</small></p>"
    return f"<h2>길이</h2><table>{head}{''.join(rows)}</table>{varied}"


def _samples(examples: Sequence[Example]) -> str:
    figures = "".join(
        f"<figure><p><b>Q</b> {escape(one.question)}</p>"
        + "".join(f"<p>{n}. {escape(step)}</p>" for n, step in enumerate(one.reasoning_steps, start=1))
        + f"<p><b>A</b> {escape(one.answer)}</p></figure>"
        for one in examples
    )
    return f"<h2>예</h2>{figures}"
