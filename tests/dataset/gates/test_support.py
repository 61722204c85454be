"""Steps, answer and question take their words from the sentences."""

import pytest

from phi4.dataset.gates import check, support
from phi4.dataset.gates.support import nearest_sentence
from phi4.records import Passage
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, draft_about


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
    assert support.supported(draft, WARFARIN).startswith(seen)
    assert check(draft, WARFARIN)[0] == "support"


@pytest.mark.parametrize(
    "draft",
    [
        draft_about(4, steps={3: "성인의 목표 INR은 2.0~3.0입니다.", 4: "와파린은 하루 5 mg으로 시작합니다."}),
        draft_about(5, answer="임신부는 태아에게 출혈이 일어날 수 있어서 와파린을 복용하면 안 됩니다."),
    ],
)
def test_support_passes_a_sentence_said_in_other_words(draft):
    assert support.supported(draft, WARFARIN) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "연차휴가는 반나절씩 나누어 쓸 수 있으며, 반나절의 휴가는 4시간으로 셉니다.",
        "경조휴가는 다음 표와 같으며, 사유가 생긴 날부터 30일 안에 써야 합니다.",
        "1년 미만 일한 직원에게는 한 달을 개근할 때마다 하루를 줍니다.",
        "화면이 커서 글이 커 보입니다.",
    ],
)
def test_a_sentence_is_all_supported_by_itself_whatever_its_verbs_are_joined_with(sentence):
    passage = Passage(file="a.txt", sha256="0", first=1, sentences=("휴가", sentence), headings=("", ""))
    assert support.of_step(sentence, 2, passage) == 1.0


@pytest.mark.parametrize(("asked", "told"), [(4, 3), (6, 5), (1, 2)])
def test_focus_stops_an_answer_about_another_sentence(asked, told):
    draft = draft_about(asked, answer=SENTENCES[told - 1])
    assert support.focused(draft, WARFARIN) == f"the answer is about sentence {told}, not {asked}"


def test_a_lost_focus_is_what_stops_an_otherwise_good_draft():
    draft = draft_about(
        1, question="와파린은 어떤 약입니까?", answer=SENTENCES[5], steps={1: SENTENCES[0], 6: SENTENCES[5]}
    )
    assert check(draft, WARFARIN) == ("focus", "the answer is about sentence 6, not 1")


@pytest.mark.parametrize("focus", QUESTIONS)
def test_focus_passes_an_answer_about_its_sentence(focus):
    assert support.focused(draft_about(focus), WARFARIN) is None


def test_the_nearest_sentence_is_counted_in_the_files_numbers():
    later = WARFARIN.model_copy(update={"first": 31})
    assert nearest_sentence("시작 용량은 하루 5 mg입니다.", later) == 34
    assert nearest_sentence("", later) == 31


def test_a_question_about_another_sentence_than_its_answer_is_stopped():
    draft = draft_about(4, question="와파린을 아스피린과 함께 복용하면 출혈 위험이 어떻게 됩니까?")
    assert support.supported(draft, WARFARIN).startswith("the question is about sentence 6: ")


def test_a_question_that_takes_an_unknown_thing_for_granted_is_stopped():
    draft = draft_about(6, question="와파린을 자몽과 함께 복용하면 왜 출혈 위험이 커집니까?")
    assert support.supported(draft, WARFARIN) == "the question takes for granted: 자몽"


def test_a_question_asked_by_rule_is_its_sentence_and_needs_no_support():
    draft = draft_about(6, question="와파린을 자몽과 함께 복용하면 왜 출혈 위험이 커집니까?")
    assert support.supported(draft.model_copy(update={"asked_by": "rule"}), WARFARIN) is None


@pytest.mark.parametrize("answer", ["3~5일이 걸립니다.", "3~5일입니다.", "5 mg입니다."])
def test_support_passes_an_answer_that_is_hardly_more_than_its_number(answer):
    assert support.supported(draft_about(2, answer=answer), WARFARIN) is None
