"""The fake teacher does what its script says."""

import pytest

from phi4.errors import TeacherFailed, TeacherUnavailable
from phi4.records import Message
from phi4.teachers import Sampling, ScriptedTeacher, TeacherAnswer

SAMPLING = Sampling(0.0, 10, 0)


def ask(teacher, text="질문"):
    return teacher.ask([Message(role="user", content=text)], {}, SAMPLING)


def test_it_answers_in_the_order_of_its_list():
    answer = TeacherAnswer("둘", finish_reason="length")
    teacher = ScriptedTeacher(["하나", answer])
    assert ask(teacher) == TeacherAnswer("하나")
    assert ask(teacher) is answer


def test_a_list_that_ran_out_fails_the_request():
    with pytest.raises(TeacherFailed, match="ran out"):
        ask(ScriptedTeacher([]))


def test_an_exception_in_the_script_is_raised():
    with pytest.raises(TeacherUnavailable, match="gone"):
        ask(ScriptedTeacher([TeacherUnavailable("gone")]))


def test_a_function_sees_the_request():
    teacher = ScriptedTeacher(lambda messages, schema: messages[-1].content + str(schema))
    assert ask(teacher, "뭐?").text == "뭐?{}"


def test_it_is_known_by_its_name_unless_it_is_told_to_be_somebody():
    assert ScriptedTeacher([]).identity == "scripted"
    assert ScriptedTeacher([], identity="me").identity == "me"


def test_it_remembers_what_it_was_asked_and_that_it_was_closed():
    teacher = ScriptedTeacher(["하나"])
    ask(teacher, "왜?")
    assert teacher.asked == [(Message(role="user", content="왜?"),)]
    assert not teacher.closed
    teacher.close()
    assert teacher.closed
