"""Several requests at a time: none is lost, none hangs the others, the teacher's room is kept."""

import threading

import pytest

from phi4.dataset.crew import BUSY_TRIES, Crew, Posed, pause
from phi4.errors import TeacherBusy, TeacherFailed, TeacherSlow, TeacherUnavailable
from phi4.records import Message
from phi4.teachers import Sampling, TeacherAnswer

SAMPLING = Sampling(temperature=0.0, max_tokens=10, seed=0)


def posed(count):
    return {n: Posed([Message(role="user", content=str(n))], {}, SAMPLING, prefix=str(n // 3)) for n in range(count)}


def said(request):
    return int(request.messages[-1].content)


def never(under_way):
    return False


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("phi4.dataset.crew.BUSY_SECONDS", 0.001)


def test_every_request_is_answered_once():
    crew = Crew(lambda request: TeacherAnswer(str(said(request))), 8)
    found = list(crew.work(posed(50), never))
    assert sorted(index for index, _ in found) == list(range(50))
    assert all(answer.text == str(index) for index, answer in found)


def test_there_are_never_more_under_way_than_the_teacher_takes():
    lock, now, most = threading.Lock(), 0, 0

    def ask(request):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.002)
        with lock:
            now -= 1
        return TeacherAnswer("예")

    list(Crew(ask, 5).work(posed(40), never))
    assert 2 <= most <= 5


def test_a_busy_teacher_is_asked_again_and_less_at_once(quick):
    refused = set()

    def ask(request):
        if said(request) % 4 == 0 and said(request) not in refused:
            refused.add(said(request))
            raise TeacherBusy("429")
        return TeacherAnswer("예")

    crew = Crew(ask, 8)
    found = dict(crew.work(posed(20), never))
    assert all(isinstance(answer, TeacherAnswer) for answer in found.values())
    assert len(found) == 20
    assert crew.window.size < 8


def test_a_teacher_that_stays_busy_fails_the_request(quick):
    asked = []

    def ask(request):
        asked.append(said(request))
        raise TeacherBusy("503")

    ((_, outcome),) = Crew(ask, 4).work(posed(1), never)
    assert isinstance(outcome, TeacherBusy)
    assert len(asked) == BUSY_TRIES


@pytest.mark.parametrize("error", [TeacherFailed("bad"), TeacherSlow("late")])
def test_a_failure_is_handed_on_beside_the_answers(error):
    def ask(request):
        if said(request) == 3:
            raise error
        return TeacherAnswer("예")

    found = dict(Crew(ask, 4).work(posed(8), never))
    assert found[3] is error
    assert len(found) == 8


@pytest.mark.parametrize("error", [TeacherUnavailable("gone"), ZeroDivisionError()])
def test_what_ends_everything_is_raised_where_the_work_is_called(error):
    def ask(request):
        raise error

    with pytest.raises(type(error)):
        list(Crew(ask, 4).work(posed(8), never))


def test_an_answer_that_comes_too_late_is_none_to_a_later_request():
    """A call that an error ended leaves requests under way; the next call numbers its own from 0 again."""
    late = threading.Event()

    def ask(request):
        if said(request) == 1:
            late.wait()
        if said(request) == 0:
            raise TeacherUnavailable("gone")
        return TeacherAnswer(str(said(request)))

    crew = Crew(ask, 4)
    with pytest.raises(TeacherUnavailable):
        list(crew.work(posed(2), never))
    late.set()
    again = dict(enumerate([*posed(30).values()][10:]))
    assert {index: answer.text for index, answer in crew.work(again, never)} == {n: str(n + 10) for n in range(20)}


def test_a_limit_counts_what_is_under_way():
    asked = []

    def ask(request):
        asked.append(said(request))
        return TeacherAnswer("예")

    answered = []
    for index, _ in Crew(ask, 8).work(posed(20), lambda under_way: len(answered) + under_way >= 6):
        answered.append(index)
    assert len(asked) == len(answered) == 6


def test_the_pause_is_the_teachers_own_or_doubles():
    assert pause(TeacherBusy("429", seconds=7.0), 1) == 7.0
    assert 0.5 <= pause(TeacherBusy("429"), 1) <= 1.5
    assert 4.0 <= pause(TeacherBusy("429"), 4) <= 12.0
