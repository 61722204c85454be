"""What the exam asks is kept out of the training rows, also in other words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.dataset.decontamination import Exam, ask_apart, read_questions
from phi4.errors import RecordError, WorkspaceError

QUESTION = "와파린을 복용하는 성인의 목표 INR은 얼마입니까?"


@pytest.mark.parametrize(
    "asked",
    [
        QUESTION,
        "  와파린을 복용하는 성인의 목표 INR은 얼마입니까 ?",
        "성인의 목표 INR은, 와파린을 복용하는 경우에, 얼마입니까?",
        "와파린을 복용하는 성인은 목표 INR이 얼마인가요?",
    ],
)
def test_a_question_of_the_exam_is_known_in_any_order_and_ending(asked):
    assert Exam([QUESTION]).asks(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "와파린의 시작 용량은 하루 몇 mg입니까?",
        "와파린은 왜 효과가 늦게 나타납니까?",
        "헤파린을 투여하는 소아의 최소 용량은 몇 단위입니까?",
        "",
    ],
)
def test_another_question_is_free(asked):
    assert Exam([QUESTION]).asks(asked) is None


def test_without_an_exam_every_question_is_free():
    assert Exam().asks(QUESTION) is None


def test_a_question_without_content_bars_no_other():
    assert Exam(["?"]).asks("하고 있습니까?") is None


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_every_question_of_the_exam_is_known_again(question):
    assert Exam([QUESTION, question]).asks(question) in (QUESTION, question)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("체중 10 kg인 어린이에게 시럽을 몇 mL 먹입니까?", "체중 20 kg인 어린이에게 시럽을 몇 mL 먹입니까?"),
        ("지진이 나면 왜 승강기를 타면 안 됩니까?", "화재가 나면 왜 승강기를 타면 안 됩니까?"),
    ],
)
def test_another_number_or_noun_is_another_question(one, other):
    assert ask_apart(one, other)
    assert Exam([one]).asks(other) is None


LONG = "의료 기관 개설자가 감염병 환자를 진단하였을 때 관할 보건소장에게 신고해야 하는 기한은 언제입니까?"


def test_a_question_quoted_in_a_longer_one_is_known():
    assert Exam([LONG]).asks(f"당신은 시험을 보는 중이니 짧게 쓰십시오. {LONG}") == LONG


def test_a_manner_of_speaking_of_many_questions_bars_none():
    opening = "의사 또는 치과의사의 처방에 따라 조제된 약을 다른 사람에게 준 환자가"
    known = [
        f"{opening} {what}" for what in ("받는 벌은 무엇입니까?", "알릴 곳은 어디입니까?", "내는 돈은 얼마입니까?")
    ]
    assert Exam(known).asks(f"{opening} 겪는 부작용 가운데 가장 흔한 것은 무엇이며 대처는 어떻게 합니까?") is None


def test_the_questions_of_a_file_are_read(tmp_path):
    lines = tmp_path / "known.jsonl"
    lines.write_text('{"question": "왜?", "answer": "때문"}\n\n{"question": "언제?"}\n', encoding="utf-8")
    text = tmp_path / "known.txt"
    text.write_text("왜?\n\n언제?\n", encoding="utf-8")
    assert read_questions(str(lines)) == read_questions(str(text)) == ["왜?", "언제?"]
    assert read_questions("") == []


def test_a_file_that_is_none_or_has_no_questions_is_named(tmp_path):
    with pytest.raises(WorkspaceError, match="nowhere"):
        read_questions(str(tmp_path / "nowhere.jsonl"))
    broken = tmp_path / "broken.jsonl"
    for line in ('{"prompt": "왜?"}', "[]", '{"question": 3}', "왜?"):
        broken.write_text(f'{{"question": "왜?"}}\n{line}\n', encoding="utf-8")
        with pytest.raises(RecordError, match="line 2"):
            read_questions(str(broken))
