"""An error of any package is read for what it says of the teacher."""

from types import SimpleNamespace

import httpx
import pytest

from phi4.errors import TeacherBusy, TeacherRefused, TeacherSlow
from phi4.teachers.failures import refused, understood


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


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refusal_for_what_is_asked_is_told_as_it_is(status):
    failure = understood(error(status_code=status), "who")
    assert (type(failure), failure.message) == (TeacherRefused, "who: its words")


@pytest.mark.parametrize(
    "told",
    [
        "request (812 tokens) exceeds the available context size (512 tokens), try increasing it",
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
        "The decoder prompt (length 3000) is longer than the maximum model length of 2048.",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "400 + 400 tokens do not fit in 512",
    ],
)
def test_a_prompt_that_is_too_long_is_told_with_the_settings_that_decide(told):
    failure = refused("who", told)
    assert failure.message.startswith(f"who: {told} (")
    assert "--teacher-context" in failure.message
    assert "--teacher-context" not in refused("who", "the content was filtered").message


@pytest.mark.parametrize("other", [KeyError("k"), error(code="rate_limit"), error(status_code=500), error(response={})])
def test_what_says_neither_is_not_known(other):
    assert understood(other, "who") is None
