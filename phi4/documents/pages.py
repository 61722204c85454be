"""Two pages for people, each in one file that needs nothing else: what came of an import, and one
document beside its seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from phi4.documents.blocks import Block
from phi4.documents.conversion import Conversion, Made
from phi4.documents.ledger import Entry

_STYLE = """
body{font:16px/1.65 system-ui,"Noto Sans KR","Malgun Gothic",sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;
 color:#1c2430;background:#fff}
h1{font-size:1.4rem} h2{font-size:1.1rem;margin-top:2rem} small,.dim{color:#5b6676}
table{border-collapse:collapse;width:100%}
td,th{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #e3e7ee}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1.2rem;margin:1rem 0 2.2rem}
.pair>div{background:#f6f8fb;border-radius:6px;padding:.6rem 1rem;overflow-wrap:anywhere;white-space:pre-wrap}
.pair>div.seed{background:#eef6f0}
p{margin:.3rem 0} del{color:#9a5a3a;background:#fbeee6} b.g{display:inline-block;min-width:1.4em;text-align:center}
@media(max-width:50rem){.pair{grid-template-columns:1fr}}
@media(prefers-color-scheme:dark){body{background:#14181f;color:#dfe5ee}
 td,th{border-color:#2b3340} small,.dim{color:#9aa6b8}
 .pair>div{background:#1c222c} .pair>div.seed{background:#1a2a20}
 del{background:#3a261c;color:#e0a888} a{color:#8ab4f0}}
"""
_REASONS = (  # how an English reason begins, and what a reader of the page is told
    ("it is encrypted", "암호가 걸려 있습니다"),
    ("it is locked by DRM", "DRM으로 잠겨 있습니다"),
    ("it has no text", "글자 정보가 없습니다 (스캔 문서: OCR이 필요합니다)"),
    ("it is an image", "그림 파일입니다 (OCR이 필요합니다)"),
    ("it is too short", "너무 짧습니다"),
    ("it says the same as", "다른 문서와 내용이 같습니다"),
    ("it is not Korean", "한국어가 아닙니다"),
    ("it is empty", "빈 파일입니다"),
    ("it would unpack", "압축을 풀면 지나치게 커집니다"),
    ("it is an archive in", "압축 파일 안의 압축 파일입니다"),
    ("its name leads", "압축 파일 밖을 가리키는 이름입니다"),
    ("reading it", "읽는 데 시간이나 메모리가 너무 많이 듭니다"),
    ("its reader", "읽는 중 오류가 났습니다 (손상된 파일)"),
    ("it is a broken", "손상된 파일입니다"),
    ("it is a binary", "문서가 아닌 이진 파일입니다"),
    ("it is neither", "문자 인코딩을 알 수 없습니다"),
    ("page header or footer", "머리말·꼬리말"),
    ("header or footer", "머리말·꼬리말"),
    ("page header", "머리말"),
    ("page footer", "꼬리말"),
    ("page number", "쪽 번호"),
    ("table of contents", "목차"),
    ("navigation", "메뉴·목차"),
    ("a page that is only an image", "그림뿐인 쪽 (OCR이 필요합니다)"),
    ("a page whose letters", "글자를 읽을 수 없는 쪽 (OCR이 필요합니다)"),
    ("a page without text", "빈 쪽"),
    ("a section that is not Korean", "한국어가 아닌 부분"),
    ("hidden slide", "숨긴 슬라이드"),
    ("hidden sheet", "숨긴 시트"),
    ("columns after", "너무 많은 열"),
    ("image", "그림"),
    ("chart", "차트"),
    ("comment", "메모"),
)


def in_korean(reason: str) -> str:
    """A reason as the pages tell it; what has no Korean words is told as it is."""
    for beginning, korean in _REASONS:
        if reason.startswith(beginning):
            return korean
    return reason


def import_page(entries: Sequence[Entry]) -> str:
    """Every document of a folder: what came in with its grades, what was left out and why."""
    imported = [entry for entry in entries if entry.state == "imported"]
    refused = [entry for entry in entries if entry.state != "imported"]
    seeds = sum(len(entry.seeds) for entry in imported)
    body = [
        "<h1>문서 가져오기 보고서</h1>",
        f"<p>문서 {len(entries):,}개 중 <b>{len(imported):,}개</b>에서 시드 <b>{seeds:,}개</b>를 만들었습니다.</p>",
        "<h2>가져온 문서</h2>",
        _table(("문서", "형식", "글자", "시드", "등급", "뺀 부분", "개인정보"), map(_imported, imported)),
        "<p><small>등급: A는 시드 기준에 맞음, B는 한 가지, C는 두 가지 이상 모자람. "
        "자세히 보려면 phi4 inspect --seeds</small></p>",
    ]
    if refused:
        body += ["<h2>가져오지 않은 문서</h2>", _table(("문서", "이유", "할 일"), map(_refused, refused))]
    return _page("문서 가져오기 보고서", body)


def preview_page(name: str, made: Conversion) -> str:
    """One document: on the left what stands in it, on the right the seed made of that."""
    body = [
        f"<h1>{escape(name)}</h1>",
        "<p class=dim>왼쪽은 원문, 오른쪽은 시드입니다. 줄을 그은 부분은 빼고 만들었습니다.</p>",
    ]
    done = -1
    for number, seed in enumerate(made.seeds, start=1):
        first, last = min(done + 1, seed.blocks[0]), seed.blocks[-1]
        body.append(_pair(number, seed, made.blocks[first : last + 1]))
        done = max(done, last)
    rest = [block for block in made.blocks[done + 1 :] if block.kind == "left"]
    if rest:
        body.append(f"<h2>그 밖에 뺀 부분</h2><div class=pair><div>{''.join(map(_original, rest))}</div></div>")
    return _page(name, body)


def _pair(number: int, seed: Made, blocks: Sequence[Block]) -> str:
    pages = f"{', '.join(map(str, seed.origin.pages))}쪽 · " if seed.origin.pages else ""
    headings = escape(" › ".join(seed.origin.headings))
    original = "".join(_original(block) for block in blocks if block.kind != "page")
    return (
        f"<h2>{number:03}.txt <small>{pages}{len(seed.text)}자 · 등급 {seed.letter} · {headings}</small></h2>"
        f'<div class=pair><div>{original}</div><div class="seed">{escape(seed.text)}</div></div>'
    )


def _original(block: Block) -> str:
    if block.kind == "left":
        text = f"{in_korean(block.reason)}: {block.text}" if block.text else in_korean(block.reason)
        return f"<p><del>{escape(text)}</del></p>"
    text = escape(block.original)
    return f"<p><b>{text}</b></p>" if block.kind == "heading" else f"<p>{text}</p>"


def _imported(entry: Entry) -> tuple[str, ...]:
    link = f'<a href="{quote(entry.name)}/preview.html">{escape(entry.name)}</a>'
    note = f"<br><small>{escape(entry.reason)}</small>" if entry.reason else ""
    left = ", ".join(f"{in_korean(reason)} {count}" for reason, count in entry.left)
    personal = ", ".join(f"{kind} {count}" for kind, count in entry.personal.items())
    treated = " (가림)" if personal and entry.treatment == "mask" else ""
    grades = " ".join(f"<b class=g>{letter}</b>{count}" for letter, count in entry.grades.items())
    count, seeds = f"{entry.characters:,}", f"{len(entry.seeds):,}"
    return link + note, escape(entry.format), count, seeds, grades, escape(left), escape(personal + treated)


def _refused(entry: Entry) -> tuple[str, ...]:
    korean = in_korean(entry.reason)
    told = escape(korean) + (f"<br><small>{escape(entry.reason)}</small>" if korean != entry.reason else "")
    return escape(entry.name), told, escape(entry.hint)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{lines}</table>"


def _page(title: str, body: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><body>{''.join(body)}</body></html>\n"
    )
