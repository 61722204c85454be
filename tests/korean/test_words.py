"""Sentences, list items and the morphemes that carry content."""

import multiprocessing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.korean import content_morphemes, read_ahead, split_sentences, without_particles, words
from phi4.korean.words import compounds, glue, has_verb_ending, join_morphemes, morphemes


def test_a_paragraph_becomes_its_sentences():
    text = "와파린은 항응고제입니다. 하루 한 번 복용합니다. 왜 그럴까요? 출혈 때문입니다."
    assert split_sentences(text) == [
        "와파린은 항응고제입니다.",
        "하루 한 번 복용합니다.",
        "왜 그럴까요?",
        "출혈 때문입니다.",
    ]


def test_a_decimal_point_ends_no_sentence():
    assert split_sentences("목표는 2.0~3.0입니다. 용량은 1.5 mg입니다.") == [
        "목표는 2.0~3.0입니다.",
        "용량은 1.5 mg입니다.",
    ]


def test_no_sentence_ends_inside_a_name():
    assert split_sentences("더커차가신의 시작 용량은 하루 9 mg입니다.") == ["더커차가신의 시작 용량은 하루 9 mg입니다."]


def test_line_breaks_inside_a_sentence_become_spaces():
    assert split_sentences("와파린은\n  항응고제입니다.") == ["와파린은 항응고제입니다."]


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_has_no_sentences(text):
    assert split_sentences(text) == []


def test_particles_and_endings_carry_no_content():
    assert content_morphemes("와파린은 혈액을 늦춥니다.") == content_morphemes("와파린이 혈액도 늦추었고")
    assert {"와파린", "혈액"} <= content_morphemes("와파린은 혈액을 늦춥니다.")


def test_different_content_gives_different_morphemes():
    assert content_morphemes("위장관 출혈") != content_morphemes("위장관 궤양")


def test_latin_words_and_numbers_carry_content_in_lower_case():
    assert {"inr", "3"} <= content_morphemes("목표 INR은 3입니다.")


def test_a_text_without_content_has_none():
    assert content_morphemes("") == frozenset()
    assert content_morphemes("하고 있습니다") == frozenset()


@pytest.mark.parametrize("sentence", ["복용한다", "약이 아니다", "드세요", "누구요", "먹지 마라", "위험이 크다."])
def test_a_verb_ending_is_seen(sentence):
    assert has_verb_ending(sentence)


@pytest.mark.parametrize("phrase", ["사용 금지", "수술 필요", "환자", "레이 증후군", "", "…"])
def test_a_noun_is_no_verb_ending(phrase):
    assert not has_verb_ending(phrase)


@settings(max_examples=40)
@given(st.text(st.sampled_from("와파린은 비타민 막습니다.?!1\n"), max_size=60))
def test_no_letter_is_lost_or_doubled_by_splitting(text):
    bare = "".join(text.split())
    joined = "".join("".join(sentence.split()) for sentence in split_sentences(text))
    assert joined == bare or bare.endswith(joined)  # a bullet may be gone


def test_morphemes_come_in_order_with_their_places():
    text = "와파린은 아름답습니다."
    found = morphemes(text)
    assert [token.start for token in found] == sorted(token.start for token in found)
    assert next(token.kind for token in found if token.form == "아름답") == "VA"  # the tag says VA-I
    assert text[found[0].start : found[0].end] == "와파린"


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ([("막", "VV"), ("ᆸ니다", "EF")], "막습니다"),
        ([("만들", "VV"), ("나요", "EF")], "만드나요"),
        ([("하", "XSV"), ("었", "EP"), ("나요", "EF")], "했나요"),
        ([("무겁", "VA-I"), ("ᆫ가요", "EF")], "무거운가요"),
    ],
)
def test_morphemes_are_joined_with_their_sound_changes(parts, word):
    assert join_morphemes(parts) == word


def test_lines_of_a_paragraph_are_joined_with_a_space_only_where_one_belongs():
    assert glue(["환자는 약을 복", "용하기 전에", "손을 씻습니다."]) == "환자는 약을 복용하기 전에 손을 씻습니다."


def test_a_name_is_one_noun_wherever_it_stands_as_a_word():
    forms = [token.form for token in morphemes("황색포도상구균이 만든 독소", "황색포도상구균")]
    assert forms[:2] == ["황색포도상구균", "이"]
    assert morphemes("독소를 만듭니다.", "황색포도상구균") == morphemes("독소를 만듭니다.")


def test_nouns_written_together_are_one_noun_however_they_were_cut():
    cut = compounds(morphemes("사내 비밀번호는 10자리입니다."))
    assert [token.form for token in cut][:3] == ["사내", "비밀번호", "는"]
    assert [token.form for token in compounds(morphemes("비밀 번호"))] == ["비밀", "번호"]


@pytest.mark.parametrize(
    ("word", "bare"), [("학생은", "학생"), ("학교에서는", "학교"), ("와파린", "와파린"), ("은", "은"), ("", "")]
)
def test_particles_are_taken_off_a_word(word, bare):
    assert without_particles(word) == bare


def test_a_text_reads_the_same_alone_and_among_others():
    texts = [
        "와파린은 약입니다. 매일 먹습니다.",
        "헤파린은 주사합니다.",
        "",
        "와파린은 약입니다. 매일 먹습니다.",
        "약 " * 400,
    ]
    words._readings.clear()
    alone = [(split_sentences(text), morphemes(text)) for text in texts]
    words._readings.clear()
    read_ahead(texts)
    assert len(words._readings) == 3  # not the long one, and none twice
    assert [(split_sentences(text), morphemes(text)) for text in texts] == alone


def test_a_short_text_is_analysed_once_whoever_asks(monkeypatch):
    words._readings.clear()
    kiwi, asked = words._kiwi(), []
    tokenize = kiwi.tokenize
    monkeypatch.setattr(kiwi, "tokenize", lambda text, **options: asked.append(text) or tokenize(text, **options))
    text = "다비가트란은 혈전을 막는 약입니다."
    assert split_sentences(text) == [text]
    assert morphemes(text)[0].start == 0
    assert content_morphemes(text) >= {"혈전"}
    assert has_verb_ending(text)
    read_ahead([text])
    assert [one for one in asked if one] == [text]


def test_no_more_readings_are_kept_than_fit(monkeypatch):
    monkeypatch.setattr(words, "REMEMBERED", 3)
    words._readings.clear()
    for number in range(5):
        morphemes(f"{number}번입니다.")
    assert list(words._readings) == ["2번입니다.", "3번입니다.", "4번입니다."]


def test_a_forked_process_reads_ahead_as_its_parent_does():
    texts = [f"와파린은 비타민 K의 작용을 막는 {number}번째 약입니다." for number in range(50)]
    read_ahead(texts)

    def read(of):
        read_ahead(f"{text} 다시 읽습니다." for text in texts)
        of.put(morphemes("약을 먹습니다.")[0].form)

    context = multiprocessing.get_context("fork")
    told = context.Queue()
    child = context.Process(target=read, args=(told,))
    child.start()
    try:
        assert told.get(timeout=60) == "약"
    finally:
        child.kill()
        child.join()
