"""One open question that is understood alone and answered by its answer."""

import pytest

from phi4.dataset.gates import check, question
from tests.samples import SENTENCES, WARFARIN, draft_about

NO_TOPIC = WARFARIN.model_copy(update={"sentences": SENTENCES[:1], "headings": ("",)})


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"question": "본문에서 와파린의 시작 용량은 얼마입니까?"}, "question speaks of its source: '본문에서'"),
        ({"question": "다음 중 와파린의 시작 용량은 무엇입니까?"}, "question speaks of its source: '다음 중'"),
        ({"answer": "위 글에 따르면 와파린은 5 mg입니다."}, "answer speaks of its source: '위 글'"),
        ({"steps": {4: "[4]에 따르면 와파린은 5 mg입니다."}}, r"steps speaks of its source: '[4]'"),
        ({"question": "시작 용량은 보통 하루에 몇 mg입니까?"}, "the question does not name '와파린'"),
        ({"question": "이 약의 시작 용량은 얼마입니까?"}, "the question leans on '이'"),
    ],
)
def test_stand_alone_stops_what_leans_on_its_source(fault, seen):
    draft = draft_about(4, **fault)
    assert question.stand_alone(draft, WARFARIN) == seen
    assert check(draft, WARFARIN) == ("stand_alone", seen)


def test_stand_alone_passes_a_question_that_names_its_subject_or_has_none_to_name():
    assert question.stand_alone(draft_about(4), WARFARIN) is None
    assert question.stand_alone(draft_about(4, question="와 파린의 시작 용량은 몇 mg입니까?"), WARFARIN) is None
    assert question.stand_alone(draft_about(1, question="혈액 응고를 늦추는 것은 무엇입니까?"), NO_TOPIC) is None


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
    assert question.open_question(draft, WARFARIN).startswith(seen)
    assert check(draft, WARFARIN)[0] == "question"


@pytest.mark.parametrize(
    "asked",
    [
        "와파린의 시작 용량은 얼마인가요?",
        "와파린은 어떻게 시작하나요?",
        "와파린의 시작 용량은 보통 하루 몇 mg입니까?",  # all but the number, as a question for a number must
    ],
)
def test_question_passes_one_open_question(asked):
    assert question.open_question(draft_about(4, question=asked), WARFARIN) is None


@pytest.mark.parametrize(
    ("asked", "answer", "unit"),
    [
        ("와파린은 하루 몇 mg을 복용합니까?", "와파린은 하루 한 번 복용합니다.", "mg"),
        ("와파린의 효과는 며칠, 몇 시간 뒤에 나타납니까?", "효과가 나타나는 데 3~5일이 걸립니다.", "시간"),
        ("와파린 5 mg은 몇 mg입니까?", "와파린의 시작 용량은 5 mg입니다.", "mg"),
    ],
)
def test_unit_stops_an_answer_without_the_number_that_was_asked_for(asked, answer, unit):
    draft = draft_about(4, question=asked, answer=answer)
    assert question.asked_unit(draft, WARFARIN) == f"asks for {unit}, the answer has none"


def test_a_missing_unit_is_what_stops_an_otherwise_good_draft():
    draft = draft_about(2, question="와파린은 효과가 나타나는 데 몇 시간이 걸립니까?")
    assert check(draft, WARFARIN) == ("unit", "asks for 시간, the answer has none")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("와파린의 시작 용량은 몇 mg입니까?", "5밀리그램입니다."),
        ("와파린의 효과는 몇 일 뒤에 나타납니까?", "3~5일이 걸립니다."),
        ("와파린의 부작용은 몇 군데에 나타납니까?", "두 군데에 나타납니다."),
        ("와파린은 왜 위험합니까?", "출혈이 있습니다."),
    ],
)
def test_unit_passes_an_answer_with_that_unit_and_a_question_that_names_none(asked, answer):
    assert question.asked_unit(draft_about(4, question=asked, answer=answer), WARFARIN) is None


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("이 와파린은 왜 위험합니까?", "이"),
        ("와파린은 이보다 많으면 어떻게 됩니까?", "이보다"),
        ("와파린은 왜 그렇게 복용합니까?", "그렇게"),
        ("와파린을 복용하는 이들은 누구입니까?", "이들은"),
        ("이러한 와파린은 무엇입니까?", "이러한"),
    ],
)
def test_stand_alone_stops_a_question_that_points_at_something(asked, word):
    told = question.stand_alone(draft_about(1, question=asked), WARFARIN)
    assert told == f"the question leans on '{word.removesuffix('보다').removesuffix('은')}'" or word in told


@pytest.mark.parametrize(
    "asked",
    [
        "와파린의 용량에 이의가 있는 사람은 누구입니까?",
        "와파린을 복용하는 그 이유는 무엇입니까?",
        "와파린은 이가 아픈 사람에게 어떻습니까?",
        "와파린을 복용하면 이를 닦을 때 왜 피가 납니까?",
        "와파린을 복용하면 위 내용물이 역류합니까, 왜 그렇습니까?",
        "와파린은 간이 글리코겐을 분해하는 것을 어떻게 막습니까?",
        "와파린을 받을 때 지문 인증은 왜 합니까?",
        "와파린을 알리는 공지문은 어디에 있습니까?",
        "와파린을 복용하면 무릎 아래 동맥은 어떻게 됩니까?",
        "와파린을 복용하는 환자의 질문은 누가 받습니까?",
        "와파린은 어느 건물 앞에서 나누어 줍니까?",
        "와파린 간이 자료는 어디에 냅니까?",
    ],
)
def test_stand_alone_passes_words_that_only_look_like_pointing(asked):
    assert question.stand_alone(draft_about(1, question=asked), WARFARIN) is None


@pytest.mark.parametrize(
    "asked",
    [
        "위 지문에 따르면 와파린은 무엇입니까?",
        "아래 문장에서 와파린은 무엇입니까?",
        "위 내용에 따르면 와파린은 무엇입니까?",
        "이 글에서 와파린은 무엇입니까?",
        "본문의 내용을 보면 와파린은 무엇입니까?",
        "지문을 읽고 와파린이 무엇인지 고르면 무엇입니까?",
        "이 질문은 와파린의 무엇을 묻습니까?",
        "앞서 언급한 와파린은 무엇입니까?",
    ],
)
def test_stand_alone_stops_every_way_to_speak_of_the_source(asked):
    assert "speaks of its source" in question.stand_alone(draft_about(1, question=asked), WARFARIN)


def test_words_of_the_passage_itself_do_not_speak_of_it():
    held = "와파린은 위 내용이 역류하는 것을 막고, 처방전은 본문에 나와 있습니다."
    passage = WARFARIN.model_copy(update={"sentences": (*SENTENCES, held), "headings": ("",) * (len(SENTENCES) + 1)})
    asked = draft_about(1, question="와파린은 위 내용이 역류하는 것을 왜 막습니까?")
    assert question.stand_alone(asked, WARFARIN)
    assert question.stand_alone(asked, passage) is None


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("와파린은 혈액 응고를 늦춥니까, 아니면 무엇을 합니까?", "asks for no fact"),
        ("와파린에 대해 어떻게 생각하십니까?", "asks for no fact"),
        ("와파린의 용량은 얼마이고, 효과는 언제 나타납니까?", "two questions"),
        ("와파린은 언제, 어디서, 누가 복용합니까?", "two questions"),
        ("와파린을 복용하면 안 됩니다는 이유는 무엇입니까?", "a statement inside"),
    ],
)
def test_question_stops_a_choice_an_opinion_and_two_at_once(asked, seen):
    assert question.open_question(draft_about(1, question=asked), WARFARIN).startswith(seen)


@pytest.mark.parametrize(
    "asked",
    [
        "와파린의 효과는 언제 시작되어 언제 끝납니까?",
        "와파린은 누구에게 언제까지 줍니까?",
        "와파린은 며칠, 몇 번 복용합니까?",
    ],
)
def test_question_passes_two_words_of_one_question(asked):
    assert question.open_question(draft_about(1, question=asked), WARFARIN) is None


@pytest.mark.parametrize(
    ("asked", "answer", "seen"),
    [
        (
            "와파린은 왜 하루 5 mg입니까?",
            "와파린의 시작 용량은 보통 하루 5 mg입니다.",
            "asks why, the answer gives no reason",
        ),
        (
            "와파린의 목표를 정하는 이유는 무엇입니까?",
            "와파린의 목표 INR은 2.0~3.0입니다.",
            "asks why, the answer gives no reason",
        ),
        (
            "와파린은 누가 하루 5 mg으로 시작합니까?",
            "와파린의 시작 용량은 하루 5 mg입니다.",
            "asks who, the answer names nobody",
        ),
        (
            "진료비는 얼마나 냅니까?",
            "진료비는 진료가 끝난 뒤 1층 수납 창구에서 냅니다.",
            "asks how much, the answer tells no amount",
        ),
    ],
)
def test_fits_stops_an_answer_of_another_kind(asked, answer, seen):
    assert question.fits(draft_about(4, question=asked, answer=answer), WARFARIN) == seen


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("와파린은 왜 며칠 뒤에 듣습니까?", "응고 인자가 만들어지는 것을 억제하기 때문입니다."),
        ("승강기를 왜 타지 않습니까?", "연기가 차서 숨을 쉴 수 없습니다."),
        ("공사를 앞당긴 이유는 무엇입니까?", "장마를 피하려고 앞당겼습니다."),
        ("휴가는 누가 승인합니까?", "부서장이 승인합니다."),
        ("계정은 누가 정지합니까?", "담당자가 정지합니다."),
        ("와파린을 복용하면 안 되는 사람은 누구입니까?", "임신부는 복용해서는 안 됩니다."),
        ("병가는 얼마나 늘릴 수 있습니까?", "병가는 180일까지 늘릴 수 있습니다."),
        ("증명서는 얼마입니까?", "증명서는 무료입니다."),
        ("와파린은 얼마나 자주 먹습니까?", "와파린은 매일 먹습니다."),
        ("반나절은 얼마로 셉니까?", "반나절은 하루의 절반으로 셉니다."),
    ],
)
def test_fits_passes_a_reason_a_person_and_an_amount(asked, answer):
    assert question.fits(draft_about(4, question=asked, answer=answer), WARFARIN) is None
