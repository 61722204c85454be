"""One model at several addresses: work goes where there is room, and a dead replica stops nothing."""

import threading
import time

import pytest

from phi4.dataset.asking import Asker
from phi4.dataset.crew import Posed
from phi4.errors import TeacherBusy, TeacherFailed, TeacherRefused, TeacherSlow, TeacherUnavailable, UsageError
from phi4.records import Message
from phi4.teachers import Sampling, ScriptedTeacher
from phi4.teachers.replicas import Replicas, open_replicas

SAMPLING = Sampling(temperature=0.0, max_tokens=10, seed=0)


def replicas(*scripts, at_once=4):
    teachers = [ScriptedTeacher(lambda messages, schema, one=one: one(), at_once=at_once) for one in scripts]
    return Replicas(teachers, "m@a"), teachers


def says(text, seconds=0.0):
    def answer():
        time.sleep(seconds)
        return text

    return answer


def fails(error):
    return lambda: error


def ask(teacher):
    return teacher.ask((), {}, SAMPLING).text


def test_they_have_one_name_and_take_as_much_as_all_together():
    teacher, _ = replicas(says("a"), says("b"))
    assert (teacher.name, teacher.at_once) == ("m@a", 8)


def test_services_are_known_by_the_first_address_and_models_that_say_which_they_are_by_that():
    services = [ScriptedTeacher([], name) for name in ("openai:m@b", "openai:m@c")]
    teacher = Replicas(services, "openai:m@a")  # which is away
    assert teacher.identity == "openai:m@a"
    models = [ScriptedTeacher([], "ollama:m@b", identity="ollama:m@1f")]
    teacher = Replicas(models, "ollama:m@a")
    assert (teacher.name, teacher.identity) == ("ollama:m@a", "ollama:m@1f")


def test_each_request_goes_where_the_fewest_are_under_way_so_that_a_slow_one_gets_less():
    teacher, (slow, quick) = replicas(says("slow", 0.2), says("quick", 0.005))
    threads = [threading.Thread(target=lambda: [ask(teacher) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slow.asked) + len(quick.asked) == 40
    assert len(slow.asked) < len(quick.asked) / 2


@pytest.mark.parametrize("error", [TeacherFailed("no"), TeacherUnavailable("gone")])
def test_what_one_cannot_answer_is_asked_of_another_and_the_dead_one_rests(error):
    teacher, (dead, _) = replicas(fails(error), says("alive"))
    assert [ask(teacher) for _ in range(20)] == ["alive"] * 20
    assert len(dead.asked) <= 1


def test_one_that_rested_is_asked_again(monkeypatch):
    monkeypatch.setattr("phi4.teachers.replicas.REST_SECONDS", 0.0)
    teacher, (dead, _) = replicas(fails(TeacherFailed("no")), says("alive"))
    for _ in range(40):
        ask(teacher)
    assert len(dead.asked) > 1


def test_one_that_is_busy_hands_on_and_does_not_rest():
    teacher, (busy, _) = replicas(fails(TeacherBusy("full")), says("free"))
    assert [ask(teacher) for _ in range(40)] == ["free"] * 40
    assert len(busy.asked) > 5


def test_a_request_that_took_too_long_is_asked_of_one_that_is_awake():
    teacher, (slow, _) = replicas(fails(TeacherSlow("late")), says("quick"))
    assert [ask(teacher) for _ in range(20)] == ["quick"] * 20
    assert len(slow.asked) <= 1


def test_a_request_that_took_too_long_is_not_asked_of_one_that_rests():
    teacher, both = replicas(fails(TeacherSlow("late")), fails(TeacherSlow("late")))
    for _ in range(2):
        with pytest.raises(TeacherSlow):
            ask(teacher)
    assert sum(len(one.asked) for one in both) == 3, "each once, then the one that wakes first"


def test_a_request_that_two_refuse_is_asked_of_no_third_and_nobody_rests():
    teacher, all_three = replicas(*(fails(TeacherRefused("too long")) for _ in range(3)))
    for _ in range(20):
        with pytest.raises(TeacherRefused):
            ask(teacher)
    assert sum(len(one.asked) for one in all_three) == 40
    assert all(len(one.asked) > 1 for one in all_three)


def test_one_that_refuses_what_another_answers_is_set_up_otherwise_and_rests():
    teacher, (narrow, _) = replicas(fails(TeacherRefused("too long")), says("whole"))
    assert [ask(teacher) for _ in range(20)] == ["whole"] * 20
    assert len(narrow.asked) <= 1


@pytest.mark.parametrize("other", [TeacherFailed("no such token"), TeacherBusy("full")])
def test_one_that_is_gone_does_not_make_the_failure_of_another_the_end(other):
    teacher, _ = replicas(fails(TeacherUnavailable("gone")), fails(other))
    for _ in range(4):
        with pytest.raises(TeacherFailed, match=str(other)):
            ask(teacher)


def test_when_all_are_gone_the_teacher_is():
    teacher, _ = replicas(fails(TeacherUnavailable("gone")), fails(TeacherUnavailable("gone")))
    with pytest.raises(TeacherUnavailable):
        ask(teacher)


def test_a_replica_that_hangs_does_not_end_a_run():
    def hangs():
        time.sleep(0.3)
        return TeacherSlow("timed out")

    teacher, _ = replicas(says("quick", 0.01), hangs, at_once=16)
    posed = [Posed((Message(role="user", content=str(number)),), {}, SAMPLING) for number in range(300)]
    outcomes = Asker(teacher, Nothing()).all(posed)
    assert [outcome.text for outcome in outcomes] == ["quick"] * 300


class Nothing:
    """A cache that keeps nothing."""

    def get(self, key):
        return None

    def put(self, key, answer):
        pass

    def close(self):
        pass


def test_when_all_fail_the_request_fails_and_all_are_closed_at_the_end():
    teacher, both = replicas(fails(TeacherFailed("a")), fails(TeacherFailed("b")))
    with pytest.raises(TeacherFailed):
        ask(teacher)
    teacher.close()
    assert [one.closed for one in both] == [True, True]


def test_one_that_cannot_be_opened_is_named_and_left_out(capsys):
    def open_one(name):
        if name.endswith("b"):
            raise TeacherUnavailable("nobody answers at b")
        return ScriptedTeacher(["x"], name=name)

    teacher = open_replicas(["openai:m@a", "openai:m@b"], open_one)
    assert (teacher.name, teacher.at_once) == ("openai:m@a", 1)
    assert capsys.readouterr().out == "⚠️ left out: nobody answers at b\n"
    with pytest.raises(TeacherUnavailable, match="nobody"):
        open_replicas(["openai:m@b", "openai:m@b"], open_one)


def test_several_models_are_refused():
    with pytest.raises(UsageError, match="several models: openai:m, openai:n"):
        open_replicas(["openai:m@a", "openai:n@a"], ScriptedTeacher)
