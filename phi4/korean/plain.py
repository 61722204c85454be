"""Everyday words for written ones: ``약물을 복용하면`` is said as ``약을 먹으면``.

Documents are written in Sino-Korean words, and people ask in Korean ones. A small model that met a fact
under the document's words alone answers a question in other words with the question's own beginning.
"""

from __future__ import annotations

from itertools import groupby

from phi4.korean.words import Morpheme, join_morphemes, morphemes

# Noun and suffix of a verb -> the stem that people say, with its tag.
_VERBS = {
    ("가열", "하"): ("데우", "VV"), ("감소", "하"): ("줄어들", "VV"), ("감소", "되"): ("줄어들", "VV"),
    ("거주", "하"): ("살", "VV"), ("결합", "하"): ("붙", "VV"), ("구매", "하"): ("사", "VV"),
    ("구입", "하"): ("사", "VV"), ("권장", "하"): ("권하", "VV"), ("기록", "하"): ("적", "VV"),
    ("기재", "하"): ("적", "VV"), ("납부", "하"): ("내", "VV"), ("대여", "하"): ("빌리", "VV"),
    ("매입", "하"): ("사들이", "VV"), ("발생", "하"): ("생기", "VV"), ("발생", "되"): ("생기", "VV"),
    ("방문", "하"): ("찾아가", "VV"), ("방지", "하"): ("막", "VV"), ("변경", "하"): ("바꾸", "VV"),
    ("변경", "되"): ("바뀌", "VV"), ("보호", "하"): ("지키", "VV"), ("복용", "하"): ("먹", "VV"),
    ("사망", "하"): ("죽", "VV"), ("사용", "하"): ("쓰", "VV"), ("사용", "되"): ("쓰이", "VV"),
    ("상승", "하"): ("올라가", "VV"), ("생성", "하"): ("만들", "VV"), ("생성", "되"): ("만들어지", "VV"),
    ("섭취", "하"): ("먹", "VV"), ("소요", "되"): ("걸리", "VV"), ("수령", "하"): ("받", "VV"),
    ("악화", "되"): ("나빠지", "VV"), ("예방", "하"): ("막", "VV"),
    ("완료", "하"): ("마치", "VV"), ("유발", "하"): ("일으키", "VV"), ("유지", "되"): ("이어지", "VV"),
    ("이용", "하"): ("쓰", "VV"), ("저하", "되"): ("떨어지", "VV"), ("제거", "하"): ("없애", "VV"),
    ("제조", "하"): ("만들", "VV"), ("제출", "하"): ("내", "VV"), ("종료", "되"): ("끝나", "VV"),
    ("중단", "하"): ("멈추", "VV"), ("중지", "하"): ("멈추", "VV"), ("증가", "하"): ("늘어나", "VV"),
    ("증가", "되"): ("늘어나", "VV"), ("지급", "하"): ("주", "VV"), ("지속", "되"): ("이어지", "VV"),
    ("차단", "하"): ("막", "VV"), ("초래", "하"): ("일으키", "VV"), ("초과", "하"): ("넘", "VV"),
    ("촉진", "하"): ("돕", "VV-I"), ("치료", "하"): ("고치", "VV"), ("판매", "하"): ("팔", "VV"),
    ("하락", "하"): ("떨어지", "VV"), ("형성", "하"): ("만들", "VV"), ("형성", "되"): ("만들어지", "VV"),
    ("호전", "되"): ("나아지", "VV"), ("회수", "하"): ("거두어들이", "VV"),
    ("과도", "하"): ("지나치", "VA"), ("곤란", "하"): ("어렵", "VA-I"), ("동일", "하"): ("같", "VA"),
    ("빈번", "하"): ("잦", "VA"), ("상이", "하"): ("다르", "VA"), ("신속", "하"): ("빠르", "VA"),
    ("용이", "하"): ("쉽", "VA-I"), ("유사", "하"): ("비슷하", "VA"), ("적합", "하"): ("알맞", "VA"),
}  # fmt: skip
_NOUNS = {
    "가격": "값", "구강": "입안", "도로": "길", "매일": "날마다", "모발": "머리카락", "서적": "책", "소아": "어린이",
    "수면": "잠", "안구": "눈", "야간": "밤", "약물": "약", "약제": "약", "연령": "나이", "의복": "옷", "의약품": "약",
    "이후": "뒤", "장기간": "오랫동안", "질병": "병", "질환": "병", "차량": "차", "체중": "몸무게", "토양": "흙",
    "현재": "지금", "화재": "불",
}  # fmt: skip
_OF_TIME = ("이후", "현재")  # behind a date they stay: 2020년 뒤 출생자 were born when the year was over
_ADVERBS = {"가급적": "되도록", "매우": "아주", "반드시": "꼭", "신속히": "빨리", "약간": "조금", "즉시": "바로"}
_BARE = ("JKS", "JKO", "JKB", "JKG", "JX", "JC", "VCP")  # what may stand behind a noun that is a word of its own


def in_everyday_words(question: str) -> str:
    """The question with every written word that has an everyday one; the question itself where none has."""
    tokens = morphemes(question)
    words = [list(group) for _, group in groupby(tokens, key=lambda token: question.count(" ", 0, token.start))]
    said = question
    for place in reversed(range(len(words))):
        word, before = words[place], words[place - 1] if place else []
        if (plain := _word(word, before)) and " " not in plain:
            said = said[: word[0].start] + plain + said[_end(word) :]
    return said


def _word(word: list[Morpheme], before: list[Morpheme]) -> str:
    """One word between spaces, said plainly; "" where it is so already."""
    first, rest = word[0], [token for token in word[1:] if token.kind[0] != "S"]
    parts = [(token.form, token.tag) for token in rest]
    if rest and rest[0].kind in ("XSV", "XSA") and (verb := _VERBS.get((first.form, rest[0].form))):
        return "" if _is_bare_noun(before) else join_morphemes([verb, *parts[1:]])
    if first.kind == "MAG" and not rest:
        return _ADVERBS.get(first.form, "")
    if first.kind in ("NNG", "MAG") and first.form in _NOUNS and (not rest or rest[0].kind in _BARE):
        is_of_date = first.form in _OF_TIME and bool(before) and before[-1].kind == "NNB"
        return "" if is_of_date or _is_bare_noun(before) else join_morphemes([(_NOUNS[first.form], "NNG"), *parts])
    return ""


def _is_bare_noun(word: list[Morpheme]) -> bool:
    """Whether a word is a noun without a particle: what follows it belongs to it (``냉장 보관하``)."""
    return bool(word) and word[-1].kind in ("NNG", "NNP", "SL", "XSN", "XR")


def _end(word: list[Morpheme]) -> int:
    """Where a word ends, without the mark behind it."""
    return next(token.end for token in reversed(word) if token.kind[0] != "S")
