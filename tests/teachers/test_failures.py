"""An error of any package is read for what it says of the teacher."""

from types import SimpleNamespace

import httpx
import pytest

from phi4.errors import TeacherBusy, TeacherSlow
from phi4.teachers.failures import understood


def error(kind="Error", **facts):
    """An error of somebody's own class, which descends from nothing that we know."""
    found = type(kind, (Exception,), {})("its words")
    for name, value in facts.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize("status", [429, 503, 529])
@pytest.mark.parametrize("place", ["status_code", "status", "code", "response"])
def test_a_refusal_for_lack_of_room_is_one_wherever_its_status_stands(status, place):
    told = SimpleNamespace(status_code=status) if place == "response" else status
    failure = understood(error(**{place: told}), "who")
    assert (type(failure), failure.message, failure.seconds) == (TeacherBusy, "who: its words", 0.0)


@pytest.mark.parametrize(
    ("after", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("9999", 60.0), ("Mon, 1", 0.0), (None, 0.0)]
)
@pytest.mark.parametrize("name", ["retry-after", "Retry-After"])
def test_the_pause_that_a_service_wants_is_told(name, after, seconds):
    response = SimpleNamespace(status_code=429, headers={name: after} if after else {})
    assert understood(error(response=response), "who").seconds == seconds


@pytest.mark.parametrize(
    "late", [TimeoutError(), httpx.ReadTimeout(""), error("APITimeoutError"), error("ReadTimeout")]
)
def test_a_time_out_is_one_whoever_names_it(late):
    assert isinstance(understood(late, "who"), TeacherSlow)
    assert isinstance(understood(type("Ours", (type(late),), {})(""), "who"), TeacherSlow)


@pytest.mark.parametrize("other", [KeyError("k"), error(code="rate_limit"), error(status_code=500), error(response={})])
def test_what_says_neither_is_not_known(other):
    assert understood(other, "who") is None
