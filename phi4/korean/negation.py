"""What a text affirms and what it denies, and which words are opposites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from phi4.korean.lexicon import word_set
from phi4.korean.words import Morpheme, morphemes

_SAYS_NOTHING = word_set("있 없 하 되 이 같 대하 의하 따르 위하 통하 관하 인하")
_DENYING = frozenset({"않", "말", "못하", "못", "없"})
_NOUNS = ("NNG", "NNP", "XR", "SL", "SH")
_ENDS_A_PREDICATE = (*_NOUNS, "NR", "SN", "MAG", "NP", "NNB", "MM", "SF", "SP")
_SELDOM = frozenset({"드물", "적"})  # 드물지 않습니다 affirms
_ENDS_A_CLAUSE = ("EC", "ETM", "ETN", "EF", "SF", "SP")
_ENDS_A_PHRASE = ("EC", "EF", "SF", "SP", "JX", "JKS", "JKO")
_ENDS_A_STATEMENT = ("EC", "EF", "SF", "SP")
_LINKS = word_set("며 으며 고 지만 으나 나 므로 으므로 거나 면 으면 는데 ᆫ데 은데 되 니 으니 자 도록 려면 으려면")

# Two sides of one scale a line; a text that tells one where its source tells the other turns it round.
_SCALES = """
늘 늘리 늘어나 늘어 증가 많 많아지 많이 커지 넓히 넓어지 | 줄 줄이 줄어들 줄어 감소 적 적어지 작아지 좁히 좁아지
높 높이 높아지 올라가 오르 올라오 올리 상승 상승시키 | 낮 낮추 낮아지 내리 내려가 내려오 떨어지 떨어뜨리 하락 하강 저하
빠르 빨라지 빨리 앞당기 | 느리 느려지 늦 늦추 늦어지 천천히
길 길어지 | 짧 짧아지
열 열리 | 닫 닫히 잠그
위 위쪽 | 아래 아래쪽
앞 앞쪽 | 뒤쪽
안쪽 | 바깥쪽
먼저 | 나중 나중에
계속 지속 | 중단 중지 멈추 그만두 끊
시작 | 종료 끝나
켜 켜지 | 끄 꺼지
밀 | 당기
무겁 무거워지 | 가볍 가벼워지
강하 강해지 강화 | 약하 약해지 약화
뜨겁 뜨거워지 | 차갑 차가워지
촉진 활성화 | 억제 방해 막
수축 | 확장 이완
악화 나빠지 | 호전 개선 좋아지
식전 | 식후
면제 | 부과
유료 | 무료
의무 필수 | 선택 자유
"""
# What is not on one side of this scale is on the other: 허용되지 않습니다 forbids.
_FORBIDDEN, _ALLOWED = word_set("금지 금하 금기 불가 불가능 불허"), word_set("허용 허가 가능 권장 권하")
OPPOSITES = (
    *((word_set(one), word_set(other)) for one, other in (line.split("|") for line in _SCALES.strip().splitlines())),
    (_FORBIDDEN, _ALLOWED),
)
_PREFIXES = "불부비미무"  # 불필요, 부적합, 비급여, 미가입, 무제한
_NO_DENIALS = word_set("불고기 불꽃놀이 부작용 부산물")  # other things than 고기, 작용 and so on, not their denial


class Predicate(NamedTuple):
    """What is said: its stem, whether it is denied, and the nouns before it in its clause."""

    stem: str
    denied: bool
    about: tuple[str, ...]


def predicates(tokens: Sequence[Morpheme]) -> list[Predicate]:
    """The verbs, adjectives and verbal nouns of a text; two denials affirm (``않지 않습니다``)."""
    found: list[Predicate] = []
    about: tuple[str, ...] = ()
    for index, token in enumerate(tokens):
        after = _stem_end(tokens, index)
        if after:
            stem = "".join(part.form for part in tokens[index:after] if part.kind not in ("XSV", "XSA"))
            found.append(Predicate(stem, _is_denied(tokens, index, after), about))
        elif token.kind in _NOUNS:
            about = (*about, token.form)
        elif token.kind in ("EC", "ETM", "SP", "SF") and found:
            about = ()
    return found


def without_refuted(text: str) -> str:
    """The text without what it says something is not: ``4시간이 아니라 8시간입니다`` -> ``· 아니라 8시간입니다``."""
    tokens = morphemes(text)
    return _cut(text, tokens, _refuted(tokens))


def without_denied(text: str) -> str:
    """The text without what it refutes, and without what its denied verbs are said of: ``간독성은 없지만
    졸립니다`` -> ``· 없지만 졸립니다``. Conditions, reasons and other clauses stay."""
    tokens = morphemes(text)
    return _cut(text, tokens, [*_refuted(tokens), *_denied(tokens)])


def _refuted(tokens: Sequence[Morpheme]) -> list[tuple[int, int]]:
    """The phrases before ``아니다``, as places of tokens; ``뿐만 아니라`` refutes nothing."""
    places = [place for place, token in enumerate(tokens) if token.kind == "VCN"]
    return [
        (_opening(tokens, place, _ENDS_A_PHRASE), place)
        for place in places
        if not {"뿐", "만"} & {before.form for before in tokens[max(0, place - 3) : place]}
    ]


def _denied(tokens: Sequence[Morpheme]) -> list[tuple[int, int]]:
    """The predicates that are denied, each with what stands before it in its clause."""
    spans = []
    for place, token in enumerate(tokens):
        if token.form == "없" and token.kind == "VA":
            denied, end = not {"수", "밖에"} & {before.form for before in tokens[max(0, place - 2) : place]}, place
        else:
            end = _stem_end(tokens, place)
            denied = end > 0 and token.form not in _SELDOM and _is_denied(tokens, place, end)
        if denied:
            spans.append((_opening(tokens, place, _ENDS_A_CLAUSE), end))
    return spans


def _opening(tokens: Sequence[Morpheme], place: int, ends: tuple[str, ...]) -> int:
    """Where what belongs to a predicate begins. To a noun right before ``아니다`` and ``없다`` belongs the clause
    that modifies it: ``간독성이 나타난 적은 없습니다``."""
    start = place
    while start and tokens[start - 1].kind[0] == "J":
        start -= 1
    says_nothing = tokens[place].kind == "VCN" or tokens[place].form == "없"
    if says_nothing and start > 1 and tokens[start - 2].kind == "ETM":
        start, ends = start - 2, _ENDS_A_STATEMENT
    while start and tokens[start - 1].kind not in ends and tokens[start - 1].form != "때문":
        start -= 1
    return start


def _cut(text: str, tokens: Sequence[Morpheme], spans: Sequence[tuple[int, int]]) -> str:
    kept, done = "", 0
    for start, end in sorted(spans):
        first, last = (tokens[place].start if place < len(tokens) else len(text) for place in (start, end))
        if last > done:
            kept, done = f"{kept}{text[done : max(first, done)]} · ", last
    return kept + text[done:]


def turned_round(told: Sequence[Morpheme], source: Sequence[Morpheme]) -> str:
    """A word of ``told`` whose opposite stands in ``source``, as ``늘리 for 줄이``; "" where there is none."""
    said, held = _words(told), _words(source)
    for pair in OPPOSITES:
        for side, other in (pair, pair[::-1]):
            more = {word for word in side if said[word]}
            fewer = {word for word in other if held[word]}
            if side in (_ALLOWED, _FORBIDDEN) and _denials(told) > _denials(source):
                continue  # 금지합니다 said as 하지 않기를 권장합니다, 해야 가능합니다 as 없이는 불가능합니다
            if _count(said, side) > _count(held, side) and _count(said, other) < _count(held, other):
                return f"{', '.join(sorted(more))} for {', '.join(sorted(fewer))}"
    return _without_prefix(told, source) or _without_prefix(source, told, back=True)


def _without_prefix(one: Sequence[Morpheme], other: Sequence[Morpheme], back: bool = False) -> str:
    """A noun of ``one`` that ``other`` only holds behind a prefix that denies it: ``필요 for 불필요``."""
    held, own = _nouns(other), _nouns(one)
    ruled_out = (*_NO_DENIALS, *_FORBIDDEN)  # 불가능 has a scale of its own
    denied = [word for word in held if word[0] in _PREFIXES and not word.startswith(ruled_out)]
    for place, token in enumerate(one):
        if token.kind not in ("NNG", "XR") or len(token.form) < 2 or token.form in held or _is_denied_near(one, place):
            continue
        for word in denied:
            if word[1:].startswith(token.form) and not any(noun.startswith(word[0] + token.form) for noun in own):
                return f"{word} for {token.form}" if back else f"{token.form} for {word}"
    return ""


def _nouns(tokens: Sequence[Morpheme]) -> list[str]:
    """The nouns and roots, each with the prefix that Kiwi read apart from it (부/XPN 적절/XR)."""
    before = (Morpheme("", "", 0, 0), *tokens)
    return [
        f"{prefix.form if prefix.kind == 'XPN' and prefix.end == token.start else ''}{token.form}"
        for prefix, token in zip(before, tokens, strict=False)
        if token.kind in ("NNG", "NNP", "XR")
    ]


def _is_denied_near(tokens: Sequence[Morpheme], place: int) -> bool:
    """Whether a noun has a denial of its own, to the end of its clause: 필요가 없습니다, 급여 항목에 포함되지 않습니다,
    부적절 read as 부 + 적절."""
    if place and (tokens[place - 1].kind == "XPN" or tokens[place - 1].form in ("안", "못")):
        return True
    for token in tokens[place + 1 :]:
        if token.kind in ("SF", "SP") or (token.kind == "EC" and token.form in _LINKS):
            return False
        if _denies(token):
            return True
    return False


def _denies(token: Morpheme) -> bool:
    return token.kind == "VCN" or token.form in _DENYING or token.form == "없이"


def _denials(tokens: Sequence[Morpheme]) -> int:
    """How often something is denied, but for what is allowed or forbidden."""
    denied = sum(one.denied for one in predicates(tokens) if one.stem not in _ALLOWED | _FORBIDDEN)
    return denied + sum(token.form == "없이" or token.kind == "VCN" for token in tokens)


def _count(words: Counter[str], side: frozenset[str]) -> int:
    return sum(words[word] for word in side)


def _words(tokens: Sequence[Morpheme]) -> Counter[str]:
    words = Counter(token.form for token in tokens if token.kind in ("VV", "VA", "NNG", "MAG", "NNB", "XR"))
    for stem, denied, _ in predicates(tokens):
        if denied and stem in _ALLOWED | _FORBIDDEN:
            words[stem] -= 1
            words["금지" if stem in _ALLOWED else "허용"] += 1
    forms = [token.form for token in tokens]
    for place, form in enumerate(forms):
        if form == "가능" and (forms[place + 1 : place + 3] == ["하", "면"] or forms[place + 3 : place + 4] == ["한"]):
            words["가능"] -= 1  # 가능하면 and 가능한 한 빨리 allow nothing
    return words


def _stem_end(tokens: Sequence[Morpheme], index: int) -> int:
    """The index behind the stem of a predicate that begins here; 0 where none does."""
    token = tokens[index]
    if token.kind in ("VV", "VA"):
        return 0 if token.form in _SAYS_NOTHING else index + 1
    if token.kind not in ("NNG", "XR"):
        return 0
    end = index + 1
    while end < len(tokens) and tokens[end].kind == "XSN":
        end += 1
    return end + 1 if end < len(tokens) and tokens[end].kind in ("XSV", "XSA") else 0


def _is_denied(tokens: Sequence[Morpheme], index: int, after: int) -> bool:
    denials = int(index > 0 and tokens[index - 1].kind == "MAG" and tokens[index - 1].form in ("안", "못"))
    place = after
    while place < len(tokens):
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        possible = any(before.form == "수" for before in tokens[place - 2 : place])  # …ㄹ 수 없습니다
        if token.form == "수" and token.kind == "NNB":
            pass
        elif token.form == "안" and token.kind == "MAG" and following and following.form == "되":
            denials += 1
            place += 1
        elif token.kind in _ENDS_A_PREDICATE or (token.kind in ("VV", "VA") and not possible):
            break
        elif token.form == "밖에":
            break  # …ㄹ 수밖에 없습니다 affirms
        elif token.kind == "EC" and token.form in _LINKS:
            if following is None or not (following.form == "안" or following.kind == "VX"):
                break
        elif token.form in _DENYING and token.kind in ("VX", "VV", "VA"):
            denials += 1
        place += 1
    return denials % 2 == 1
