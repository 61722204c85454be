"""A wrong step is replaced by the sentence that it cites, one that leads nowhere is left out; no more is touched."""

import pytest

from phi4.dataset.gates import check
from phi4.dataset.mend import mend_steps
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, draft_about


def steps_of(draft):
    return [(step.cite, step.step) for step in draft.steps]


@pytest.mark.parametrize(
    "wrong",
    [
        "와파린은 두통과 발열을 줄이는 해열진통제입니다.",  # another fact
        SENTENCES[4],  # the neighbour's fact
        "와파린의 시작 용량은 보통 하루 5 mg이다.",  # another register
        "시작 용량 5 mg",  # a note
        "와파린의 시작 용量은 보통 하루 5 mg입니다.",  # a foreign letter
        "와파rin의 시작 용량은 보통 하루 5 mg입니다.",  # a misspelt name
        "와파린의 시작 용량은 보통 하루 500 mg입니다.",  # another number
    ],
)
def test_a_wrong_step_becomes_its_sentence(wrong):
    mended = mend_steps(draft_about(4, steps={3: SENTENCES[2], 4: wrong}), WARFARIN)
    assert steps_of(mended) == [(3, SENTENCES[2]), (4, SENTENCES[3])]
    assert mended.mended == 1
    assert check(mended, WARFARIN) is None


def test_a_step_that_copies_a_sentence_in_plain_style_is_said_politely():
    plain = tuple(sentence.replace("입니다.", "이다.").replace("습니다.", "다.") for sentence in SENTENCES)
    passage = WARFARIN.model_copy(update={"sentences": plain})
    mended = mend_steps(draft_about(4, steps={4: plain[3]}), passage)
    assert plain[3] != SENTENCES[3]
    assert steps_of(mended) == [(4, SENTENCES[3])]
    assert mend_steps(mended, passage).steps == mended.steps


def test_a_step_said_twice_becomes_its_own_sentence():
    draft = draft_about(4, steps={3: "와파린을 복용합니다.", 4: "와파린을 복용합니다."})
    assert steps_of(mend_steps(draft, WARFARIN))[1] == (4, SENTENCES[3])


def test_every_wrong_step_is_counted():
    mended = mend_steps(draft_about(4, steps={3: "엉뚱한 말이다", 4: "다른 엉뚱한 말이다"}), WARFARIN)
    assert steps_of(mended) == [(3, SENTENCES[2]), (4, SENTENCES[3])]
    assert mended.mended == 2


@pytest.mark.parametrize("focus", QUESTIONS)
def test_a_good_draft_stays_as_it_is(focus):
    draft = draft_about(focus, steps={focus: SENTENCES[focus - 1]})
    assert mend_steps(draft, WARFARIN) == draft


def test_a_step_that_has_nothing_to_do_with_the_answer_is_left_out():
    mended = mend_steps(draft_about(4, steps={1: SENTENCES[0], 3: SENTENCES[2], 4: SENTENCES[3]}), WARFARIN)
    assert steps_of(mended) == [(3, SENTENCES[2]), (4, SENTENCES[3])]  # they share 보통; the first only the subject
    assert mended.mended == 0


def test_steps_of_which_none_leads_to_the_answer_stay():
    draft = draft_about(4, steps={1: SENTENCES[0]})
    assert mend_steps(draft, WARFARIN) == draft


def test_a_good_step_in_other_words_stays():
    draft = draft_about(
        4, steps={3: "와파린을 복용하는 성인의 목표 INR은 2.0~3.0입니다.", 4: "와파린은 하루 5밀리그램으로 시작합니다."}
    )
    assert mend_steps(draft, WARFARIN) == draft


def test_a_step_that_cites_no_sentence_is_left_to_the_gates():
    draft = draft_about(4, steps={1: SENTENCES[0], 99: "엉뚱한 말이다"})
    assert mend_steps(draft, WARFARIN) == draft
    assert check(mend_steps(draft, WARFARIN), WARFARIN)[0] == "register"


def test_question_and_answer_are_never_rewritten():
    draft = draft_about(4, question="엉뚱한 질문", answer="엉뚱한 답이다", steps={4: "엉뚱한 말이다"})
    mended = mend_steps(draft, WARFARIN)
    assert (mended.question, mended.answer) == ("엉뚱한 질문", "엉뚱한 답이다")
    assert draft.steps[0].step == "엉뚱한 말이다"


def test_mending_twice_mends_nothing_more():
    once = mend_steps(draft_about(4, steps={3: "엉뚱한 말이다", 4: SENTENCES[0]}), WARFARIN)
    assert once.mended == 2
    assert mend_steps(once, WARFARIN).mended == 0
