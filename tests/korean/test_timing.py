"""Before and after, until and from."""

import pytest

from phi4.korean.timing import are_opposed, timings
from phi4.korean.words import morphemes


def timing(text):
    found = timings(text, morphemes(text))
    return found[-1]


@pytest.mark.parametrize(
    ("text", "side", "end"),
    [
        ("식사 30분 전에 먹습니다.", "전", ""),
        ("식사 30분 뒤에 먹습니다.", "후", ""),
        ("2020년 이후에 지었습니다.", "후", ""),
        ("개강 7일 전까지 받습니다.", "전", "까지"),
        ("3월 2일부터 받습니다.", "", "부터"),
        ("3일 이내에 신고합니다.", "", "까지"),
        ("3일 안에 신고합니다.", "", "까지"),
        ("30분 동안 기다립니다.", "", ""),
        ("5년 전후에 바꿉니다.", "", ""),
        ("2명 전용 방입니다.", "", ""),
    ],
)
def test_the_side_and_the_end_of_an_amount_are_read(text, side, end):
    assert (timing(text).side, timing(text).end) == (side, end)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("식사 30분 전에 먹습니다.", "식사 30분 후에 먹습니다."),
        ("30분 전에 먹습니다.", "식사 30분 후에 복용합니다."),
        ("3월 2일까지 받습니다.", "3월 2일부터 받습니다."),
        ("3일 이내에 신고합니다.", "사흘 뒤에 신고합니다."),
        ("오후 6시까지 엽니다.", "오후 6시부터 엽니다."),
        ("이용 7일 전까지 예약을 받습니다.", "이용 7일 전부터 예약을 받습니다."),
        ("퇴원 2주 후부터 운동합니다.", "퇴원 2주 후까지 운동합니다."),
    ],
)
def test_times_that_exclude_each_other_are_opposed(one, other):
    assert are_opposed(timing(one), timing(other))
    assert are_opposed(timing(other), timing(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("식사 30분 전에 먹습니다.", "복용하고 30분 뒤에 식사합니다."),
        ("3월 2일까지 받습니다.", "3월 2일 이후에는 받지 않습니다."),
        ("4주까지 씁니다.", "4주 후에는 버립니다."),
        ("3일 이내에 신고합니다.", "3일까지 신고합니다."),
        ("3일 이내에 신고합니다.", "5일 이후에 신고합니다."),
        ("3일 후까지 신고합니다.", "3일 이내에 신고합니다."),
    ],
)
def test_times_that_can_both_hold_are_not_opposed(one, other):
    assert not are_opposed(timing(one), timing(other))
