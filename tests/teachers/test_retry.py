"""Trying again: only what may pass, only a few times, waiting longer each time."""

from types import SimpleNamespace

import pytest

from phi4.errors import TeacherBusy, TeacherFailed, TeacherSlow
from phi4.teachers.retry import TRIES, with_retries


class Asked:
    """Fails with the given errors in turn, then answers; counts."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.times = 0

    def __call__(self):
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def test_an_answer_at_once_needs_no_pause(no_pauses):
    assert with_retries(Asked(), (OSError,), "who") == "answer"
    assert no_pauses == []


def test_a_passing_error_is_tried_again(no_pauses):
    asked = Asked(OSError(), OSError())
    assert with_retries(asked, (OSError,), "who") == "answer"
    assert asked.times == TRIES == 3


def test_pauses_grow(no_pauses):
    with_retries(Asked(OSError(), OSError()), (OSError,), "who")
    first, second = no_pauses
    assert 0.5 <= first <= 1.5
    assert 1.0 <= second <= 3.0


def test_the_last_error_becomes_a_failure_that_says_who_and_why(no_pauses):
    asked = Asked(OSError("1"), OSError("2"), OSError("disk on fire"), OSError("4"))
    with pytest.raises(TeacherFailed, match=r"^who: disk on fire \(tries: 3\)$") as caught:
        with_retries(asked, (OSError,), "who")
    assert asked.times == 3
    assert isinstance(caught.value.__cause__, OSError)
    assert len(no_pauses) == 2


def test_an_error_without_words_is_named_by_its_kind(no_pauses):
    with pytest.raises(TeacherFailed, match="TimeoutError"):
        with_retries(Asked(*[TimeoutError() for _ in range(3)]), (TimeoutError,), "who")


class Refusal(OSError):
    def __init__(self, status, after=None):
        super().__init__("full")
        self.status_code = status
        self.response = SimpleNamespace(headers={"retry-after": after} if after else {})


@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_refusal_for_lack_of_room_is_handed_on_at_once(status, no_pauses):
    asked = Asked(Refusal(status))
    with pytest.raises(TeacherBusy, match=r"^who: full$") as caught:
        with_retries(asked, (OSError,), "who")
    assert (asked.times, no_pauses, caught.value.seconds) == (1, [], 0.0)


@pytest.mark.parametrize(("after", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("9999", 60.0), ("Mon, 1", 0.0)])
def test_the_pause_that_a_service_wants_is_told(after, seconds):
    with pytest.raises(TeacherBusy) as caught:
        with_retries(Asked(Refusal(429, after)), (OSError,), "who")
    assert caught.value.seconds == seconds


def test_what_took_too_long_is_not_tried_again(no_pauses):
    asked = Asked(TimeoutError())
    with pytest.raises(TeacherSlow):
        with_retries(asked, (OSError,), "who", once=(TimeoutError,))
    assert asked.times == 1


def test_an_error_of_another_kind_is_not_tried_again(no_pauses):
    asked = Asked(KeyError("k"))
    with pytest.raises(KeyError):
        with_retries(asked, (OSError,), "who")
    assert asked.times == 1
