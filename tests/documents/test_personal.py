"""Personal data: found, counted, masked."""

import time

import pytest

from phi4.documents.personal import count_kinds, find_personal, masked

TEXT = "환자 홍길동(850505-1234567)님의 전화는 010-1234-5678, 이메일은 hong@example.com입니다."


def kinds(text):
    return [one.kind for one in find_personal(text)]


def test_what_points_to_a_person_is_found_and_counted():
    assert count_kinds(find_personal(TEXT)) == {"성명": 1, "주민등록번호": 1, "전화번호": 1, "이메일": 1}


def test_masking_leaves_the_kind_and_nothing_of_the_datum():
    hidden = masked(TEXT, find_personal(TEXT))
    assert hidden == "환자 [성명]([주민등록번호])님의 전화는 [전화번호], 이메일은 [이메일]입니다."
    assert find_personal(hidden) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("카드 4111-1111-1111-1111", ["카드번호"]),
        ("카드 4111-1111-1111-1112", []),  # Luhn
        ("번호 900230-1234567", []),  # no such day
        ("전화 031-123-4567", ["전화번호"]),
    ],
)
def test_numbers_must_be_possible(text, found):
    assert kinds(text) == found


@pytest.mark.parametrize(
    "text",
    ["하루 최대 4,000 mg, INR 2.0~3.0", "2024-05-01부터 5월 31일까지", "약사법 제3조의2제1항", "보험코드 641900280"],
)
def test_doses_dates_and_articles_are_not_personal(text):
    assert kinds(text) == []


def test_a_datum_is_found_wherever_a_slice_ends(monkeypatch):
    monkeypatch.setattr("phi4.documents.personal.SLICE", 150)
    found = find_personal(
        "손을 씻어야 합니다. " * 20 + TEXT + " 약을 먹습니다." * 20 + " 문의 02-5944-7560 " + "끝. " * 50
    )
    assert count_kinds(found) == {"전화번호": 2, "성명": 1, "주민등록번호": 1, "이메일": 1}
    assert len(masked(TEXT, find_personal(TEXT)).split("\n")) == 1


def test_the_time_grows_as_the_text_does():
    """Twenty times the text, forty times the time at most: a page without empty lines is no trap."""
    text = "환자는 손을 씻고 약을 하루 두 번 먹었으며 다음 날 다시 방문하였습니다. "

    def seconds(times):
        started = time.process_time()
        find_personal(text * times)
        return time.process_time() - started

    seconds(1)
    assert seconds(1000) < 40 * seconds(50)
