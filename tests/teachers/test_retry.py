"""Trying again: only what may pass, only a few times, waiting longer each time."""

import pytest

from phi4.errors import TeacherBusy, TeacherFailed, TeacherRefused, TeacherSlow
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
    with pytest.raises(TeacherFailed, match="BrokenPipeError"):
        with_retries(Asked(*[BrokenPipeError() for _ in range(3)]), (OSError,), "who")


class Full(Exception):
    status_code = 429


def test_a_refusal_for_lack_of_room_is_handed_on_at_once_whatever_its_kind(no_pauses):
    asked = Asked(Full("full"))
    with pytest.raises(TeacherBusy, match=r"^who: full$") as caught:
        with_retries(asked, (OSError,), "who")
    assert (asked.times, no_pauses) == (1, [])
    assert isinstance(caught.value.__cause__, Full)


class Wrong(OSError):
    status_code = 400


@pytest.mark.parametrize("refusal", [Wrong("too long"), TeacherRefused("who: too long")])
def test_a_refusal_for_what_is_asked_is_not_tried_again(refusal, no_pauses):
    asked = Asked(refusal)
    with pytest.raises(TeacherRefused, match=r"^who: too long"):
        with_retries(asked, (OSError,), "who")
    assert asked.times == 1


def test_what_took_too_long_is_not_tried_again(no_pauses):
    asked = Asked(TimeoutError())
    with pytest.raises(TeacherSlow, match="TimeoutError"):
        with_retries(asked, (OSError,), "who")
    assert asked.times == 1


def test_an_error_of_another_kind_is_not_tried_again(no_pauses):
    asked = Asked(KeyError("k"))
    with pytest.raises(KeyError):
        with_retries(asked, (OSError,), "who")
    assert asked.times == 1
