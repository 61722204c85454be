"""Names of persons, where the words beside them say so."""

import pytest

from phi4.documents.names import find_names


def names(text):
    return [text[start:end] for start, end in find_names(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("환자 홍길동은 와파린을 먹습니다.", "홍길동"),
        ("김영희 환자는 65세입니다.", "김영희"),
        ("성명: 남궁민수", "남궁민수"),
        ("이수진 씨가 내원했습니다.", "이수진"),
        ("수술받은 최민호(45세)는 퇴원했습니다.", "최민호"),
    ],
)
def test_a_name_is_found_by_what_stands_beside_it(text, name):
    assert names(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "고혈압 환자는 소금을 줄입니다.",
        "신부전 환자",
        "환자 안전을 위해",
        "치과 의사",
        "정하는 사유",
        "임신부 환자",
        "홍길동전은 소설입니다.",
    ],
)
def test_illnesses_and_other_words_are_no_names(text):
    assert names(text) == []


def test_an_empty_form_holds_no_names():
    assert names("성명:\n연락처:\n주소:") == []
    assert names("성명 | 나이 | 병동") == []
