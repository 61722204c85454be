"""Each gate, with drafts that it must stop and drafts that it must let through."""

import pytest

from phi4.dataset import gates
from phi4.dataset.gates import GATES, check, nearest_sentence
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, draft_about

HANJA = WARFARIN.model_copy(
    update={"sentences": (*SENTENCES[:5], "와파린(華法林)을 아스피린과 함께 복용하면 출혈 위험이 커집니다.")}
)
NO_TOPIC = WARFARIN.model_copy(update={"sentences": SENTENCES[:1], "headings": ("",)})


@pytest.mark.parametrize("focus", QUESTIONS)
def test_a_good_draft_passes_every_gate(focus):
    assert check(draft_about(focus), WARFARIN) is None


@pytest.mark.parametrize("reason", ["length", "error", "content_filter"])
def test_finished_stops_an_answer_that_did_not_end_by_itself(reason):
    draft = draft_about(4, finish_reason=reason)
    assert gates.finished(draft, WARFARIN) == f"ended by '{reason}'"
    assert check(draft, WARFARIN) == ("finished", f"ended by '{reason}'")


@pytest.mark.parametrize("focus", [1, 4])
def test_finished_passes_an_answer_that_ended_by_itself(focus):
    assert gates.finished(draft_about(focus), WARFARIN) is None


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
    assert gates.korean(draft, WARFARIN).startswith(f"{next(iter(fault))}: ")
    assert check(draft, WARFARIN)[0] == "korean"


@pytest.mark.parametrize("answer", ["와파린(warfarin)을 복용하는 성인의 목표는 INR입니다.", "하루 5 mg입니다."])
def test_korean_passes_latin_names_inside_korean(answer):
    assert gates.korean(draft_about(4, answer=answer), WARFARIN) is None


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
    assert seen in gates.leak(draft, WARFARIN).replace(" ", "")
    assert check(draft, WARFARIN)[0] == "leak"


def test_leak_passes_what_the_passage_holds_itself():
    quoted = draft_about(6, answer="와파린(華法林)을 아스피린과 함께 복용하면 출혈 위험이 커집니다.")
    assert gates.leak(quoted, HANJA) is None
    assert gates.leak(quoted, WARFARIN) == "foreign letters: 華法林"
    assert gates.leak(draft_about(3, question="와파린을 복용하는 성인의 목표 inr은 얼마입니까?"), WARFARIN) is None


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
    assert gates.polite(draft, WARFARIN) == f"register: {seen}"
    assert check(draft, WARFARIN)[0] == "register"


@pytest.mark.parametrize(
    "answer", ["와파린은 하루 5 mg입니다. 보통 그렇게 시작합니다.", "와파린의 용량은 5 mg입니다(하루 기준)."]
)
def test_register_passes_formal_sentences(answer):
    assert gates.polite(draft_about(4, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"question": "본문에서 와파린의 시작 용량은 얼마입니까?"}, "question speaks of its source: '본문'"),
        ({"question": "다음 중 와파린의 시작 용량은 무엇입니까?"}, "question speaks of its source: '다음 중'"),
        ({"answer": "위 글에 따르면 와파린은 5 mg입니다."}, "answer speaks of its source: '위 글'"),
        ({"steps": {4: "[4]에 따르면 와파린은 5 mg입니다."}}, r"steps speaks of its source: '[4]'"),
        ({"question": "시작 용량은 보통 하루에 몇 mg입니까?"}, "the question does not name '와파린'"),
        ({"question": "이 약의 시작 용량은 얼마입니까?"}, "the question does not name '와파린'"),
    ],
)
def test_stand_alone_stops_what_leans_on_its_source(fault, seen):
    draft = draft_about(4, **fault)
    assert gates.stand_alone(draft, WARFARIN) == seen
    assert check(draft, WARFARIN) == ("stand_alone", seen)


def test_stand_alone_passes_a_question_that_names_its_subject_or_has_none_to_name():
    assert gates.stand_alone(draft_about(4), WARFARIN) is None
    assert gates.stand_alone(draft_about(4, question="와 파린의 시작 용량은 몇 mg입니까?"), WARFARIN) is None
    assert gates.stand_alone(draft_about(1, question="혈액 응고를 늦추는 것은 무엇입니까?"), NO_TOPIC) is None


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"question": "와파린의 시작 용량을 말하십시오."}, "not the form of a question"),
        ({"question": "와파린은 얼마입니까? 왜 그렇습니까?"}, "not the form of a question"),
        ({"question": "와파린의 시작 용량은 얼마일까?"}, "not the form of a question"),
        ({"question": "와파린은 항응고제입니까?"}, "no question word"),
        ({"question": "와파린은 항응고제입니다. 어떤 약입니까?"}, "a statement inside the question: '입니다'"),
        ({"question": "와파린의 시작 용량은 보통 하루 5 mg이 왜 됩니까?"}, "the question holds 100% of its answer"),
        ({"question": "와파린의 시작 용량은 보통 하루 5 mg인데 얼마입니까?"}, "the question holds 100% of its answer"),
    ],
)
def test_question_stops_what_is_no_single_open_question(fault, seen):
    draft = draft_about(4, **fault)
    assert gates.question_form(draft, WARFARIN).startswith(seen)
    assert check(draft, WARFARIN)[0] == "question"


@pytest.mark.parametrize(
    "question",
    [
        "와파린의 시작 용량은 얼마인가요?",
        "와파린은 어떻게 시작하나요?",
        "와파린의 시작 용량은 보통 하루 몇 mg입니까?",  # all but the number, as a question for a number must
    ],
)
def test_question_passes_one_open_question(question):
    assert gates.question_form(draft_about(4, question=question), WARFARIN) is None


@pytest.mark.parametrize(
    "steps",
    [
        {3: SENTENCES[3], 4: SENTENCES[3]},
        {3: "와파린은 하루 5 mg입니다.", 4: "와파린은 하루 5mg 입니다"},
    ],
)
def test_repetition_stops_a_step_that_was_said_before(steps):
    assert gates.repetition(draft_about(4, steps=steps), WARFARIN) == "two steps are the same"
    assert check(draft_about(4, steps=steps), WARFARIN) == ("repetition", "two steps are the same")


@pytest.mark.parametrize("steps", [{3: SENTENCES[2], 4: SENTENCES[3]}, {4: SENTENCES[3]}])
def test_repetition_passes_steps_that_say_something_new(steps):
    assert gates.repetition(draft_about(4, steps=steps), WARFARIN) is None


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"steps": {1: SENTENCES[0], 99: SENTENCES[3]}}, "sentence 99 does not exist"),
        ({"steps": {1: SENTENCES[0], 0: SENTENCES[3]}}, "sentence 0 does not exist"),
        ({"steps": {1: "와파린은 콩팥에서 포도당의 배설을 늘려 혈당을 낮춥니다."}}, "step at "),
        ({"steps": {3: SENTENCES[4], 4: SENTENCES[3]}}, "step at "),
        ({"answer": "와파린은 두통과 발열과 기침에 널리 처방되는 감기약입니다."}, "answer at "),
        ({"question": "와파린의 색깔과 모양은 어떤 제약 회사가 정합니까?"}, "question at "),
    ],
)
def test_support_stops_what_rests_on_no_cited_sentence(fault, seen):
    draft = draft_about(4, **fault)
    assert gates.support(draft, WARFARIN).startswith(seen)
    assert check(draft, WARFARIN)[0] == "support"


@pytest.mark.parametrize(
    "draft",
    [
        draft_about(4, steps={3: "성인의 목표 INR은 2.0~3.0입니다.", 4: "와파린은 하루 5 mg으로 시작합니다."}),
        draft_about(5, answer="임신부는 태아에게 출혈이 일어날 수 있어서 와파린을 복용하면 안 됩니다."),
    ],
)
def test_support_passes_a_sentence_said_in_other_words(draft):
    assert gates.support(draft, WARFARIN) is None


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"answer": "와파린의 시작 용량은 보통 하루 500 mg입니다."}, "not in the passage: 500 mg"),
        ({"answer": "와파린의 시작 용량은 보통 하루 5 g입니다."}, "not in the passage: 5 g"),
        ({"steps": {4: "와파린의 시작 용량은 보통 하루 2.5 mg입니다."}}, "not in the passage: 2.5 mg"),
        ({"question": "와파린 10 mg의 시작 용량은 왜 그렇습니까?"}, "not in the passage: 10 mg"),
    ],
)
def test_numbers_stops_a_quantity_that_the_passage_does_not_hold(fault, seen):
    assert gates.numbers(draft_about(4, **fault), WARFARIN) == seen


def test_a_wrong_number_is_what_stops_an_otherwise_good_draft():
    wrong = draft_about(4, answer="와파린의 시작 용량은 보통 하루 500 mg입니다.")
    assert check(wrong, WARFARIN) == ("numbers", "not in the passage: 500 mg")


@pytest.mark.parametrize(
    "answer",
    ["와파린의 시작 용량은 보통 하루 5밀리그램입니다.", "와파린은 3일에서 5일이 걸립니다.", "목표 INR은 2~3입니다."],
)
def test_numbers_passes_the_passages_quantities_in_any_spelling(answer):
    assert gates.numbers(draft_about(4, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(
    ("question", "answer", "unit"),
    [
        ("와파린은 하루 몇 mg을 복용합니까?", "와파린은 하루 한 번 복용합니다.", "mg"),
        ("와파린의 효과는 며칠, 몇 시간 뒤에 나타납니까?", "효과가 나타나는 데 3~5일이 걸립니다.", "시간"),
        ("와파린 5 mg은 몇 mg입니까?", "와파린의 시작 용량은 5 mg입니다.", "mg"),
    ],
)
def test_unit_stops_an_answer_without_the_number_that_was_asked_for(question, answer, unit):
    draft = draft_about(4, question=question, answer=answer)
    assert gates.asked_unit(draft, WARFARIN) == f"asks for {unit}, the answer has none"


def test_a_missing_unit_is_what_stops_an_otherwise_good_draft():
    draft = draft_about(2, question="와파린은 효과가 나타나는 데 몇 시간이 걸립니까?")
    assert check(draft, WARFARIN) == ("unit", "asks for 시간, the answer has none")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("와파린의 시작 용량은 몇 mg입니까?", "5밀리그램입니다."),
        ("와파린의 효과는 몇 일 뒤에 나타납니까?", "3~5일이 걸립니다."),
        ("와파린의 부작용은 몇 가지입니까?", "출혈이 있습니다."),
        ("와파린은 왜 위험합니까?", "출혈이 있습니다."),
    ],
)
def test_unit_passes_an_answer_with_that_unit_and_a_question_that_names_none(question, answer):
    assert gates.asked_unit(draft_about(4, question=question, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(("asked", "told"), [(4, 3), (6, 5), (1, 2)])
def test_focus_stops_an_answer_about_another_sentence(asked, told):
    draft = draft_about(asked, answer=SENTENCES[told - 1])
    assert gates.focus(draft, WARFARIN) == f"the answer is about sentence {told}, not {asked}"


def test_a_lost_focus_is_what_stops_an_otherwise_good_draft():
    draft = draft_about(
        4,
        question="와파린의 시작 용량은 어떤 목표에 맞춥니까?",
        answer=SENTENCES[2],
        steps={3: SENTENCES[2], 4: SENTENCES[3]},
    )
    assert check(draft, WARFARIN) == ("focus", "the answer is about sentence 3, not 4")


@pytest.mark.parametrize("focus", QUESTIONS)
def test_focus_passes_an_answer_about_its_sentence(focus):
    assert gates.focus(draft_about(focus), WARFARIN) is None


def test_the_first_gate_that_objects_is_named():
    twice_wrong = draft_about(4, question="dose?", answer="5 mg", finish_reason="length")
    assert check(twice_wrong, WARFARIN)[0] == "finished"


def test_every_gate_has_a_reason_of_its_own():
    assert len({name for name, _ in GATES}) == len(GATES) == len({gate for _, gate in GATES})


def test_the_nearest_sentence_is_counted_in_the_files_numbers():
    later = WARFARIN.model_copy(update={"first": 31})
    assert nearest_sentence("시작 용량은 하루 5 mg입니다.", later) == 34
    assert nearest_sentence("", later) == 31
