"""The records of the teacher seam."""

from phi4.teachers import ScriptedTeacher, Teacher, TeacherAnswer


def test_a_lone_surrogate_is_replaced_so_that_the_text_can_be_stored():
    assert TeacherAnswer("가\ud800나").text.encode("utf-8").decode() == "가?나"
    assert TeacherAnswer("가😀나").text == "가😀나"


def test_the_fake_is_a_teacher():
    teacher: Teacher = ScriptedTeacher([])
    assert teacher.name == "scripted"
