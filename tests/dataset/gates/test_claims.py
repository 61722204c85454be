"""What is compared with what."""

from phi4.dataset.gates.claims import claims, gate_of, nearest, step_claim
from tests.dataset.gates.pairs import claim_of
from tests.samples import SENTENCES, WARFARIN, draft_about


def told(draft):
    return [(claim.where, claim.told, claim.source) for claim in claims(draft, WARFARIN)]


def test_an_answer_of_one_sentence_stands_beside_the_one_asked_about():
    answer = "성인의 목표 INR은 2.0~3.0입니다."
    draft = draft_about(4, answer=answer, steps={3: SENTENCES[2], 4: SENTENCES[3]})
    assert told(draft) == [("answer", answer, SENTENCES[3])]


def test_each_sentence_of_a_longer_answer_stands_beside_the_cited_one_it_is_nearest_to():
    draft = draft_about(
        4,
        answer="와파린의 목표 INR은 2.0~3.0입니다. 시작 용량은 하루 5 mg입니다.",
        steps={3: SENTENCES[2], 4: SENTENCES[3]},
    )
    assert [claim[2] for claim in told(draft)] == [SENTENCES[2], SENTENCES[3]]


def test_what_is_said_word_for_word_is_not_compared():
    assert told(draft_about(4)) == []
    assert told(draft_about(4, steps={4: "와파린의 시작 용량은 보통 하루 5mg 입니다"})) == []


def test_a_sentence_that_the_program_made_polite_is_said_word_for_word():
    plain = WARFARIN.model_copy(update={"sentences": (*SENTENCES[:3], "이틀 일하고 하루 쉰다.", *SENTENCES[4:])})
    copied = draft_about(4, answer="이틀 일하고 하루 쉽니다.", steps={4: "이틀 일하고 하루 쉽니다."})
    assert claims(copied, plain) == ()


def test_a_step_stands_beside_its_own_sentence_and_one_that_cites_nothing_beside_none():
    draft = draft_about(4, steps={3: "와파린의 목표는 INR입니다.", 99: "엉뚱한 말입니다.", 4: SENTENCES[3]})
    assert told(draft) == [("step", "와파린의 목표는 INR입니다.", SENTENCES[2])]


def test_the_gate_of_a_comparison_says_where_it_saw_the_fault():
    gate = gate_of(lambda claim: "long" if len(claim.told) > 40 else None)
    assert gate(draft_about(4), WARFARIN) is None
    assert gate(draft_about(4, steps={4: "와파린은 " + "아주 " * 20 + "적습니다."}), WARFARIN) == "step: long"


def test_a_name_and_a_compound_are_one_noun_each():
    claim = claim_of("비밀번호는 노르베진이 정합니다.", "노르베진은 비밀 번호를 정합니다.", "노르베진은 높습니다.")
    assert [token.form for token in claim.read(claim.told)][:3] == ["비밀번호", "는", "노르베진"]


def test_a_step_may_use_the_words_of_the_first_sentence():
    assert step_claim("와파린은 5 mg입니다.", 4, WARFARIN).context == f"{SENTENCES[0]}\n{SENTENCES[3]}"


def test_of_equally_near_sentences_the_first_is_taken():
    assert nearest("엉뚱한 말", WARFARIN, [4, 2, 3]) == 4
