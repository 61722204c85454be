"""Names of persons, where the words beside them say that it is one.

ko-pii finds names by a dictionary of syllables and takes 고혈압 환자 for Mr 고; measured on texts about
health it marks a hundred words for each name (docs/decisions/0012). Here three signs must agree: a
family name, a proper noun (Kiwi), and a word beside it that belongs to persons.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from phi4.documents.tables import is_label
from phi4.korean.words import Morpheme, morphemes

_FAMILY = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)  # the commonest hundred of the census
_FAMILY_TWO = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")
_BEFORE = re.compile(
    r"(?:환자\s?(?:성명|명|이름)?|성\s?명|이\s?름|보호자(?:명)?|수진자(?:명)?|피보험자(?:명)?|신청인|의뢰인|내원자|피해자|담당의|주치의|의사|간호사|약사"
    r"|가족|아들|딸|배우자|대표자?|연락처|입원한|내원한|방문한|수술받은|진단받은)(?:은|는|이|가|인)?\s*[:：|]?\s*$"
)
_AFTER = re.compile(
    r"^\s?(?:님|씨|환자|군(?=[은는이가의\s])|양(?=[은는이가의\s])|어르신|할머니|할아버지|산모|원장|과장|교수|선생|간호사|약사"
    r"|\s?\(\s?(?:만\s?)?\d{1,3}\s?세|\s?\(\s?[남여][,/)\s]|\s?\(\s?\d{6})"
)
_ILLNESS = ("증", "염", "암", "병", "부전")  # 신부전 환자 is nobody of that name
_FIELD = re.compile(r"(?:성\s?명|이\s?름|환자명|보호자명|수진자명?|피보험자)\s*[:：|]\s*$")
_WORD = re.compile(r"(?<![가-힣])[가-힣]{2,8}")


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Places of names of persons in a text."""
    parts = morphemes(text)
    starts = [part.start for part in parts]
    for word in _WORD.finditer(text):
        near = parts[bisect_left(starts, word.start()) : bisect_left(starts, word.start() + 3)]
        before = text[max(0, word.start() - 20) : word.start()]
        name, field = _name_at(word.start(), word[0], near), _FIELD.search(before)
        if is_label(word[0]):
            continue  # beside the empty field of a form it would pass for a name
        if not name and field and _is_name(word[0][:3]):
            name = word[0][:3]  # a form says that it is one, whatever it looks like
        start, end = word.start(), word.start() + len(name)
        if name and (field or _BEFORE.search(before) or _AFTER.match(text[end : end + 12])):
            yield start, end


def _name_at(start: int, word: str, inside: Sequence[Morpheme]) -> str:
    """The name that a word begins with: a proper noun, or syllables in which Kiwi knows no word at all.

    ``inside`` are the morphemes that begin in its first three syllables.
    """
    first = inside[0] if inside and inside[0].start == start else None
    if first is not None and first.tag == "NNP" and _is_name(first.form):
        return first.form
    unknown = len(word) >= 3 and all(part.end - part.start == 1 for part in inside) and _is_name(word[:3])
    return word[:3] if unknown else ""


def _is_name(form: str) -> bool:
    family = 2 if form.startswith(_FAMILY_TWO) else 1
    return 1 <= len(form) - family <= 2 and (family == 2 or form[0] in _FAMILY) and not form.endswith(_ILLNESS)
