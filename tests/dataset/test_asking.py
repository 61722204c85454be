"""Requests through the cache: each paid for once, in order, and counted."""

import threading
import time

import pytest

from phi4.dataset.asking import LANDING_SECONDS, Asker, warmer
from phi4.dataset.cache import AnswerCache
from phi4.dataset.crew import Posed
from phi4.dataset.meter import Ceiling, Meter, Prices
from phi4.errors import TeacherBusy, TeacherFailed, TeacherRefused, TeacherUnavailable
from phi4.records import Message
from phi4.teachers import Sampling, ScriptedTeacher, TeacherAnswer

SAMPLING = Sampling(temperature=0.3, max_tokens=10, seed=5)
BOTH = pytest.mark.parametrize("at_once", [1, 8])


def posed(number):
    return Posed([Message(role="user", content=str(number))], {}, SAMPLING, prefix=str(number // 4))


@pytest.fixture
def asker(tmp_path):
    """An asker over a script; all share one cache."""
    cache = AnswerCache(tmp_path / "cache.sqlite")
    yield lambda script, at_once=1, **ceiling: Asker(
        ScriptedTeacher(script, at_once=at_once), cache, Meter(ceiling=Ceiling(**ceiling))
    )
    cache.close()


def echo(messages, schema):
    return TeacherAnswer(messages[-1].content, completion_tokens=1)


def texts(outcomes):
    return [outcome and outcome.text for outcome in outcomes]


@BOTH
def test_answers_come_in_the_order_of_the_requests(asker, at_once):
    assert texts(asker(echo, at_once).all([posed(n) for n in range(30)])) == [str(n) for n in range(30)]


@BOTH
def test_what_was_answered_once_is_not_asked_again(asker, at_once):
    asker(echo, at_once).all([posed(n) for n in range(0, 30, 2)])
    second = asker(echo, at_once)
    assert len(second.all([posed(n) for n in range(30)])) == 30
    assert sorted(int(turns[-1].content) for turns in second.teacher.asked) == list(range(1, 30, 2))
    assert second.meter.calls == 15


@BOTH
def test_equal_requests_are_asked_and_counted_once_and_all_get_the_answer(asker, at_once):
    told = asker(lambda messages, schema: next(answers), at_once)
    answers = (TeacherAnswer(str(number), completion_tokens=1) for number in range(9))
    twins = [posed(1), Posed(posed(1).messages, {}, SAMPLING, prefix="another file"), posed(1)]
    assert texts(told.all(twins)) == ["0", "0", "0"]
    assert len(told.teacher.asked) == told.meter.calls == told.meter.completion_tokens == 1


@BOTH
def test_among_others_equal_requests_keep_their_places(asker, at_once):
    told = asker(echo, at_once)
    assert texts(told.all([posed(n % 7) for n in range(30)])) == [str(n % 7) for n in range(30)]
    assert len(told.teacher.asked) == 7


@BOTH
def test_what_fails_once_is_tried_again_once_and_its_failure_is_that_of_all_equal_ones(asker, at_once):
    broken = asker(lambda *_: TeacherFailed("bad"), at_once)
    outcomes = broken.all([posed(1)] * 8)  # eight failures in a row would end the run
    assert [str(outcome) for outcome in outcomes] == ["bad"] * 8
    assert len(broken.teacher.asked) == 2


@BOTH
def test_what_a_teacher_refuses_is_not_asked_again(asker, at_once):
    strict = asker(lambda *_: TeacherRefused("too long"), at_once)
    assert [str(outcome) for outcome in strict.all([posed(1), posed(2)])] == ["too long"] * 2
    assert len(strict.teacher.asked) == 2


def named(asker, script, name, identity):
    """An asker of a teacher that is called like that, at the same cache."""
    one = asker(script)
    one.teacher = ScriptedTeacher(script, name, identity=identity)
    return one


def test_answers_are_kept_by_which_model_gave_them_not_by_what_it_was_called(asker):
    named(asker, echo, "embedded", "embedded:the-one").all([posed(n) for n in range(3)])
    silent = named(asker, [], "embedded:the", "embedded:the-one")
    assert texts(silent.all([posed(n) for n in range(3)])) == ["0", "1", "2"]
    assert silent.known(posed(1)).text == silent.one(posed(1)).text == "1"
    other = named(asker, lambda messages, schema: "new", "embedded", "embedded:another")
    assert texts(other.all([posed(n) for n in range(3)])) == ["new"] * 3


@pytest.mark.parametrize("end", [TeacherUnavailable("gone"), TeacherFailed("bad")])
def test_what_others_were_answered_when_the_teacher_went_away_is_kept(asker, end):
    """Sixteen at once: one request ends the run while answers to the others are there or on their way."""
    answered = []

    def some(messages, schema):
        number = int(messages[-1].content)
        if number > 20 and number % 8:
            return end
        time.sleep(0.05 if number > 20 else 0.005)
        answered.append(number)
        return echo(messages, schema)

    first = asker(some, 16)
    with pytest.raises(TeacherUnavailable):
        first.all([posed(n) for n in range(0, 200)])
    time.sleep(0.2)  # whoever is not waited for answers into the void
    assert len([n for n in answered if first.known(posed(n))]) == len(answered) == first.meter.calls


def test_ctrl_c_keeps_what_has_arrived_and_does_not_wait_for_the_rest(asker):
    hanging = threading.Event()
    asked = asker(lambda m, s: hanging.wait() and "" if m[-1].content == "9" else echo(m, s), 4)

    def stop():
        time.sleep(0.1)  # meanwhile the other answer arrives
        raise KeyboardInterrupt

    asked.heard = stop
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        asked.all([posed(n) for n in (0, 4, 9)])
    hanging.set()
    assert asked.known(posed(0))
    assert asked.known(posed(4))
    assert time.monotonic() - start < LANDING_SECONDS


@pytest.mark.parametrize("at_once", [1, 64])
def test_a_limit_of_cost_holds_for_many_at_once_and_for_a_teacher_that_counts_no_tokens(asker, at_once):
    limited = asker(lambda messages, schema: "가" * 100, at_once)
    limited.meter = Meter(Prices(completion=1.0), Ceiling(cost=70 * 10 / 1e6))
    outcomes = limited.all([posed(n) for n in range(200)])
    assert 10 <= sum(outcome is not None for outcome in outcomes) <= 11


@BOTH
def test_what_failed_alone_is_asked_once_more_at_the_end(asker, at_once):
    failed = []

    def once(messages, schema):
        if messages[-1].content == "3" and not failed:
            failed.append(1)
            return TeacherFailed("hiccup")
        return echo(messages, schema)

    assert texts(asker(once, at_once).all([posed(n) for n in range(9)])) == [str(n) for n in range(9)]


@BOTH
def test_what_fails_twice_comes_back_as_its_failure(asker, at_once):
    def never(messages, schema):
        return TeacherFailed("bad") if messages[-1].content == "3" else echo(messages, schema)

    outcomes = asker(never, at_once).all([posed(n) for n in range(9)])
    assert isinstance(outcomes[3], TeacherFailed)
    assert sum(isinstance(outcome, TeacherAnswer) for outcome in outcomes) == 8


@BOTH
def test_a_teacher_that_fails_always_is_soon_left_alone(asker, at_once):
    broken = asker(lambda *_: TeacherFailed("out of memory"), at_once)
    with pytest.raises(TeacherUnavailable, match="5 requests in a row failed: out of memory"):
        broken.all([posed(n) for n in range(99)])
    assert len(broken.teacher.asked) < 30


@BOTH
def test_requests_that_do_not_fit_fail_alone_and_the_rest_goes_on(asker, at_once):
    def long(messages, schema):
        number = int(messages[-1].content)
        return TeacherRefused("too long") if 30 <= number < 40 else echo(messages, schema)

    outcomes = asker(long, at_once).all([posed(n) for n in range(60)])
    assert sum(isinstance(outcome, TeacherRefused) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, TeacherAnswer) for outcome in outcomes) == 50


@BOTH
def test_a_limit_leaves_the_rest_unasked(asker, at_once):
    outcomes = asker(echo, at_once, calls=4).all([posed(n) for n in range(9)])
    assert sum(outcome is None for outcome in outcomes) == 5


def test_a_busy_teacher_is_asked_again_after_a_pause(asker, monkeypatch):
    pauses = []
    monkeypatch.setattr("phi4.dataset.asking.time.sleep", pauses.append)
    one = asker([TeacherBusy("429", seconds=3.0), TeacherAnswer("예")]).one(posed(1))
    assert (one.text, pauses) == ("예", [3.0])


def test_every_answer_is_heard_but_the_known_ones(asker):
    heard = []
    asker(echo).one(posed(1))
    second = asker(echo)
    second.heard = lambda: heard.append(1)
    second.all([posed(1), posed(2)])
    assert heard == [1]


def test_a_further_try_is_warmer_and_has_another_seed():
    assert warmer(SAMPLING, 0) == SAMPLING
    assert (warmer(SAMPLING, 1).temperature, warmer(SAMPLING, 1).seed) == (0.5, 6)
    assert warmer(SAMPLING, 9).temperature == 1.0
    hot = Sampling(temperature=1.5, max_tokens=10, seed=0)
    assert warmer(hot, 2).temperature == 1.5
