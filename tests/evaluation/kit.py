"""Questions and answers for the tests of the exam."""

from phi4.chat import Reply
from phi4.evaluation.marks import mark
from phi4.evaluation.report import Answered
from phi4.records import ExamQuestion, ExamSource

PASSAGE = ("아스피린은 혈소판의 응집을 억제합니다.", "아스피린의 효과는 7~10일 동안 이어집니다.")


def question(name, file="a.txt", **more):
    stated = {"question": f"{name}은 무엇입니까?", "answers": ("응집",), "source": ExamSource(file=file)}
    return ExamQuestion(id=name, **{**stated, **more})


def reply(answer, steps=(), finish_reason="stop", tokens=10):
    return Reply(
        answer=answer,
        reasoning_steps=tuple(steps),
        reasoning="\n".join(steps),
        finish_reason=finish_reason,
        prompt_tokens=5,
        completion_tokens=tokens,
        seconds=0.1,
    )


def answered(condition, model, asked, told, **more):
    given = reply(told, **more)
    return Answered(condition, model, asked, given, mark(asked, given, PASSAGE))
