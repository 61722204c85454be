"""Speech registers, polite questions and the topic particle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.korean import is_polite_question, polite_question, register, registers, topic_particle


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("와파린을 복용합니다.", "합니다체"),
        ("출혈이 있습니다", "합니다체"),
        ("무엇입니까?", "합니다체"),
        ("물과 함께 드십시오.", "합니다체"),
        ("의사와 상의합시다!", "합니다체"),
        ("“복용하지 않습니다.”", "합니다체"),
        ("하루 한 번 복용합니다(식후 30분).", "합니다체"),
        ("물과 함께 드세요.", "해요체"),
        ("위험이 커져요", "해요체"),
        ("그렇죠?", "해요체"),
        ("와파린을 복용한다.", "한다체"),
        ("이것은 항생제가 아니다.", "한다체"),
        ("위험이 크다", "한다체"),
        ("약을 먹지 마라.", "한다체"),
        ("왜 늦게 나타나는가?", "한다체"),
        ("출혈이 생기니까", "한다체"),
        ("두통", "명사형"),
        ("출혈 위험", "명사형"),
        ("하루 한 번 복용함.", "명사형"),
    ],
)
def test_the_register_is_read_off_the_ending(sentence, expected):
    assert register(sentence) == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "임신 3기 사용 금지",
        "12세 미만 어린이 사용 금지 (레이 증후군)",
        "졸링거-엘리슨 증후군",
        "심장병 환자",
        "만 2세 미만의 소아",
        "간 기능 검사 필요",
        "통증 완화",
    ],
)
def test_a_noun_phrase_that_ends_like_a_verb_is_still_a_noun_phrase(phrase):
    assert register(phrase) == "명사형"


def test_the_registers_of_a_text_are_collected_and_blank_sentences_skipped():
    assert registers(["복용합니다.", "복용해요.", " ", "있습니다."]) == {"합니다체", "해요체"}
    assert registers([]) == set()


@given(st.text())
def test_any_text_has_a_register(text):
    assert register(text) in {"합니다체", "해요체", "한다체", "명사형"}


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("왜 출혈이 커집니다?", "왜 출혈이 커집니까?"),
        ("용량은 얼마입니다 ?", "용량은 얼마입니까?"),
        ("어떤 효과가 있는가?", "어떤 효과가 있는가요?"),
        ("무엇인가?", "무엇인가요?"),
        ("어떻게 작용하는지?", "어떻게 작용하나요?"),
        ("왜 금지되니까?", "왜 금지됩니까?"),
        ("무엇이 있니까?", "무엇이 있습니까?"),
        ("왜 금지되니까 ?", "왜 금지됩니까?"),
        (" 용량은 얼마입니까 ? ", "용량은 얼마입니까?"),
    ],
)
def test_a_question_gets_its_polite_ending(asked, mended):
    assert not is_polite_question(asked)
    assert polite_question(asked) == mended
    assert is_polite_question(mended)


@pytest.mark.parametrize(
    "question",
    ["무엇입니까?", "왜 생기나요?", "어떻게 할까요?", "얼마인가요?", "왜 그렇지요?", "누가 먹었죠?", "왜 있습니까?"],
)
def test_a_polite_question_stays_word_for_word(question):
    assert is_polite_question(question)
    assert polite_question(question) == question


@pytest.mark.parametrize("text", ["무엇입니까", "복용합니다.", "왜?", "왜 금지되니까?", "", "무엇인지 말해 주세요."])
def test_what_is_no_polite_question_is_told_apart(text):
    assert not is_polite_question(text)


def test_words_before_the_ending_are_never_rewritten():
    assert polite_question("효과가 있는지 왜 확인합니까?") == "효과가 있는지 왜 확인합니까?"
    assert polite_question("복용합니다.") == "복용합니다."


@given(st.text())
def test_mending_a_question_twice_changes_nothing_more(text):
    once = polite_question(text)
    assert polite_question(once) == once


@pytest.mark.parametrize(
    ("word", "particle"),
    [("적응증", "은"), ("용법", "은"), ("와파린 ", "은"), ("주의", "는"), ("NSAID", "는"), ("", "는")],
)
def test_the_topic_particle_follows_the_last_syllable(word, particle):
    assert topic_particle(word) == particle
