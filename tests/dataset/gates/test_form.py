"""Whole, Korean, polite, in its own words."""

import pytest

from phi4.dataset.gates import check, form
from tests.samples import SENTENCES, WARFARIN, draft_about

HANJA = WARFARIN.model_copy(
    update={"sentences": (*SENTENCES[:5], "와파린(華法林)을 아스피린과 함께 복용하면 출혈 위험이 커집니다.")}
)


@pytest.mark.parametrize("reason", ["length", "error", "content_filter"])
def test_finished_stops_an_answer_that_did_not_end_by_itself(reason):
    draft = draft_about(4, finish_reason=reason)
    assert form.finished(draft, WARFARIN) == f"ended by '{reason}'"
    assert check(draft, WARFARIN) == ("finished", f"ended by '{reason}'")


@pytest.mark.parametrize("focus", [1, 4])
def test_finished_passes_an_answer_that_ended_by_itself(focus):
    assert form.finished(draft_about(focus), WARFARIN) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"question": "What is the starting dose of warfarin?"},
        {"answer": "The starting dose is 5 mg입니다."},
        {"answer": "5 mg, 2.0~3.0"},
    ],
)
def test_korean_stops_a_text_that_is_not_korean(fault):
    draft = draft_about(4, **fault)
    assert form.korean(draft, WARFARIN).startswith(f"{next(iter(fault))}: ")
    assert check(draft, WARFARIN)[0] == "korean"


@pytest.mark.parametrize("answer", ["와파린(warfarin)을 복용하는 성인의 목표는 INR입니다.", "하루 5 mg입니다."])
def test_korean_passes_latin_names_inside_korean(answer):
    assert form.korean(draft_about(4, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"answer": "와파린의 시작 用量은 보통 하루 5 mg입니다."}, "用量"),
        ({"question": "와파린の 시작 용량은 얼마입니까?"}, "の"),
        ({"steps": {1: "와파린은 кровь 응고를 늦춥니다."}}, "кровь"),
        ({"answer": "와파린의 시작 용량은 와파rin 5 mg입니다."}, "rin"),
        ({"steps": {4: "와파린의 dose는 5 mg입니다."}}, "dose"),
    ],
)
def test_leak_stops_letters_and_words_that_the_passage_does_not_hold(fault, seen):
    draft = draft_about(4, **fault)
    assert seen in form.leak(draft, WARFARIN).replace(" ", "")
    assert check(draft, WARFARIN)[0] == "leak"


def test_leak_passes_what_the_passage_holds_itself():
    quoted = draft_about(6, answer="와파린(華法林)을 아스피린과 함께 복용하면 출혈 위험이 커집니다.")
    assert form.leak(quoted, HANJA) is None
    assert form.leak(quoted, WARFARIN) == "foreign letters: 華法林"
    assert form.leak(draft_about(3, question="와파린을 복용하는 성인의 목표 inr은 얼마입니까?"), WARFARIN) is None


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"answer": "와파린의 시작 용량은 보통 하루 5 mg이에요."}, "해요체"),
        ({"answer": "와파린의 시작 용량은 보통 하루 5 mg이다."}, "한다체"),
        ({"answer": "와파린의 시작 용량은 5 mg입니다. 이는 많은 것이 아니다."}, "한다체"),
        ({"steps": {4: "시작 용량 5 mg"}}, "명사형"),
        ({"steps": {1: SENTENCES[0], 4: "와파린의 시작 용량은 보통 하루 5 mg임."}}, "명사형"),
    ],
)
def test_register_stops_a_sentence_that_is_not_formal(fault, seen):
    draft = draft_about(4, **fault)
    assert form.polite(draft, WARFARIN) == f"register: {seen}"
    assert check(draft, WARFARIN)[0] == "register"


@pytest.mark.parametrize(
    "answer", ["와파린은 하루 5 mg입니다. 보통 그렇게 시작합니다.", "와파린의 용량은 5 mg입니다(하루 기준)."]
)
def test_register_passes_formal_sentences(answer):
    assert form.polite(draft_about(4, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(
    "steps",
    [
        {3: SENTENCES[3], 4: SENTENCES[3]},
        {3: "와파린은 하루 5 mg입니다.", 4: "와파린은 하루 5mg 입니다"},
    ],
)
def test_repetition_stops_a_step_that_was_said_before(steps):
    assert form.repetition(draft_about(4, steps=steps), WARFARIN) == "two steps are the same"
    assert check(draft_about(4, steps=steps), WARFARIN) == ("repetition", "two steps are the same")


@pytest.mark.parametrize("times", [2, 50])
def test_repetition_stops_an_answer_that_says_a_sentence_twice(times):
    draft = draft_about(4, answer=" ".join([SENTENCES[3]] * times))
    assert check(draft, WARFARIN) == ("repetition", "two sentences of the answer are the same")


@pytest.mark.parametrize("steps", [{3: SENTENCES[2], 4: SENTENCES[3]}, {4: SENTENCES[3]}])
def test_repetition_passes_steps_that_say_something_new(steps):
    assert form.repetition(draft_about(4, steps=steps), WARFARIN) is None


@pytest.mark.parametrize(
    "answer", ["와파린을 복용할 때는 다음을 지켜야 합니다:", "와파린은 항응고제입니다,", "와파린입니다;"]
)
def test_finished_stops_an_answer_that_announces_more(answer):
    assert form.finished(draft_about(1, answer=answer), WARFARIN).startswith("the answer goes on")


@pytest.mark.parametrize("word", ["응고인l자", "녹ㅇㅏ", "와파rㄹ린"])
def test_leak_stops_a_word_in_pieces(word):
    assert form.leak(draft_about(1, answer=f"와파린은 {word}를 늦춥니다."), WARFARIN).startswith("a broken word")


@pytest.mark.parametrize("word", ["비타민K는", "K를", "T자"])
def test_leak_passes_a_letter_that_is_a_name(word):
    held = WARFARIN.model_copy(update={"sentences": (*SENTENCES, "비타민K는 T자 모양입니다.")})
    assert form.leak(draft_about(1, answer=f"와파린은 {word} 막습니다."), held) is None
