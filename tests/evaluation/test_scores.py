"""Scores of short answers: right ones in any spelling, wrong ones in none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.evaluation.scores import character_f1, contains_gold, is_exact, is_long, is_right


@pytest.mark.parametrize(
    ("answer", "golds"),
    [
        ("하루 최대 용량은 4,000 mg입니다.", ["4000mg"]),
        ("하루 최대 4000 mg까지 복용합니다.", ["4,000 mg", "4 g"]),
        ("비타민K가 많은 음식입니다.", ["비타민 K"]),
        ("목표 INR은 2.0∼3.0입니다.", ["2.0~3.0"]),
        ("레이 증후군의 위험 때문입니다.", ["레이증후군"]),
        ("COX 효소를 억제합니다.", ["사이클로옥시게나제", "COX"]),
        ("CYP2C9 효소입니다.", ["cyp2c9"]),
        ("800 µg입니다.", ["800 μg"]),
        ("비타민 K", ["비타민 K"]),  # decomposed Hangul
        ("수소-칼륨 ATPase(H+/K+ ATPase)입니다", ["수소-칼륨 ATPase", "H+/K+ ATPase"]),  # an aside behind it
        ("인슐린의 분비를 늘립니다.", ["인슐린 분비"]),  # a particle between
        ("7일에서 10일 동안입니다.", ["7~10일"]),
        ("약 2에서 3입니다.", ["2.0~3.0"]),
        ("800마이크로그램입니다.", ["800 μg"]),
        ("한 번에 500 mg, 하루 최대 4,000 mg입니다.", ["4,000 mg"]),
        ("관상동맥 우회술 전후입니다.", ["관상동맥우회술"]),
        ("간 질환이 있는 환자입니다.", ["간"]),
    ],
)
def test_a_right_answer_is_found_in_any_spelling(answer, golds):
    assert contains_gold(answer, golds)


@pytest.mark.parametrize(
    ("answer", "golds"),
    [
        ("120 mg을 복용합니다.", ["20 mg"]),
        ("20 mg을 복용합니다.", ["120 mg"]),
        ("13일 동안입니다.", ["3일"]),
        ("2.5 mg입니다.", ["5 mg"]),
        ("CKD 환자입니다.", ["CK"]),
        ("5 g입니다.", ["5 mg"]),
        ("", ["레이 증후군"]),
        ("모릅니다.", []),
        ("2.0~3.0입니다.", ["2.0~3.5"]),
        ("3~5일입니다.", ["5일"]),  # an end of a range
        ("5일입니다.", ["3~5일"]),
        ("30~50분입니다.", ["30~50시간"]),
        ("COX를 비가역적으로 억제합니다.", ["가역적"]),
        ("저칼륨혈증입니다.", ["칼륨혈증"]),
        ("시간이 지난 환자입니다.", ["간"]),
        ("리튬이 아니라 와파린입니다.", ["리튬"]),
        ("SGLT2입니다.", ["SGLT1"]),
    ],
)
def test_a_wrong_answer_is_not(answer, golds):
    assert not contains_gold(answer, golds)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("복용 간격을 지키지 않은 환자입니다.", "간"),
        ("용량은 나이에 따라 달라집니다.", "달"),
        ("두 약을 동시에 복용합니다.", "동"),
        ("환자의 동의를 받습니다.", "동"),
        ("원인을 알 수 없습니다.", "원"),
        ("장용정은 위에서 녹습니다.", "장에서"),
        ("소장품을 잃었습니다.", "소장"),
    ],
)
def test_a_short_gold_is_not_the_beginning_of_another_word(answer, gold):
    assert not contains_gold(answer, [gold])


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("간입니다.", "간"),
        ("간이며, 활동성일 때입니다.", "간"),
        ("간질환이 있는 환자입니다.", "간"),  # a compound that it begins
        ("'간'이라고 합니다.", "간"),
        ("철분제를 복용합니다.", "철분"),
        ("소변으로도 배설됩니다.", "소변"),
        ("양수가 줄어듭니다.", "양수"),
        ("효과가 약해집니다.", "약해"),  # no noun
        ("용량을 늘립니다.", "늘립"),
    ],
)
def test_a_short_gold_keeps_its_particles_copula_and_compounds(answer, gold):
    assert contains_gold(answer, [gold])


@pytest.mark.parametrize(
    ("answer", "gold", "right"),
    [
        ("4~6시간 간격이 아니라 8시간 간격입니다.", "4~6시간", False),
        ("8시간 간격이 아니라 4~6시간 간격입니다.", "4~6시간", True),
        ("4,000 mg이 아닙니다.", "4,000 mg", False),
        ("4,000 mg을 넘지 않아야 합니다.", "4,000 mg", True),
        ("간독성은 나타나지 않습니다.", "간독성", False),
        ("간독성은 없습니다.", "간독성", False),
        ("간독성이 나타난 적은 없습니다.", "간독성", False),
        ("간독성을 일으키는 것은 아닙니다.", "간독성", False),
        ("졸음은 없지만 간독성이 나타납니다.", "간독성", True),
        ("간독성이 나타나면 복용하지 않습니다.", "간독성", True),
        ("와파린뿐만 아니라 리튬도 그렇습니다.", "와파린", True),
        ("간독성은 드물지 않습니다.", "간독성", True),
    ],
)
def test_what_an_answer_denies_it_does_not_give(answer, gold, right):
    assert is_right(answer, [gold], "무슨 위험이 있습니까?") == right


def test_what_the_question_or_its_evidence_denies_may_be_denied():
    answer, golds = "인슐린의 분비를 늘리지 않습니다.", ["인슐린 분비"]
    assert is_right(answer, golds, "메트포르민은 무엇을 늘리지 않습니까?")
    assert is_right(
        answer, golds, "저혈당이 왜 적습니까?", ["메트포르민은 인슐린 분비를 늘리지 않아 저혈당이 적습니다."]
    )
    assert not is_right(answer, golds, "무엇을 늘립니까?", ["글리메피리드는 인슐린 분비를 늘립니다."])


def test_a_long_gold_denies_the_same_verb():
    gold = "개인정보는 동의 없이 제3자에게 제공하지 않습니다."
    assert is_right("동의 없이는 개인정보를 제3자에게 제공하지 않습니다.", [gold])
    assert not is_right("개인정보는 동의 없이 제3자에게 제공합니다.", [gold])


def test_character_f1_is_one_for_the_gold_and_falls_with_every_word_too_many():
    assert character_f1("레이 증후군", ["레이증후군"]) == 1.0
    some = character_f1("레이 증후군 때문입니다", ["레이증후군"])
    assert 0.5 < some < 1.0
    assert character_f1("출혈", ["레이증후군"]) == 0.0


def test_a_bare_gold_is_exact_and_a_sentence_about_it_is_not():
    assert is_exact("레이증후군입니다.", ["레이 증후군"])
    assert is_exact("레이 증후군(Reye syndrome)입니다.", ["레이 증후군"])
    assert not is_exact("레이 증후군이 생길 수 있습니다.", ["레이 증후군"])


LONG = "간 기능이 떨어지면 암로디핀의 대사가 늦어지기 때문입니다."


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("간 기능이 떨어진 환자는 암로디핀의 대사가 늦어지기 때문에 적은 양으로 시작합니다.", True),
        ("암로디핀은 간 기능이 떨어지면 대사가 느려집니다.", True),
        ("간 기능이 떨어져도 암로디핀의 대사가 늦어지지 않기 때문입니다.", False),
        ("신장 기능이 떨어지면 배설이 늦어지기 때문입니다.", False),
        ("암로디핀은 혈압을 낮추기 때문입니다.", False),
        ("", False),
    ],
)
def test_a_long_gold_is_told_in_other_words_but_not_in_its_opposite(answer, right):
    assert is_long(LONG)
    assert is_right(answer, [LONG]) == right


@pytest.mark.parametrize(
    ("answer", "right"),
    [("혈중 칼륨이 위험하게 높아질 수 있습니다.", True), ("혈중 칼륨이 위험하게 낮아질 수 있습니다.", False)],
)
def test_up_is_not_down(answer, right):
    assert is_right(answer, ["혈중 칼륨이 위험하게 오를 수 있기 때문입니다."]) == right


def test_the_numbers_of_a_long_gold_must_be_there():
    gold = "와파린은 하루 5 mg으로 시작해야 하기 때문입니다."
    assert is_right("와파린은 하루 5 mg으로 시작해야 합니다.", [gold])
    assert not is_right("와파린은 하루 50 mg으로 시작해야 합니다.", [gold])


NATTO = "청국장에 비타민 K가 많아 와파린의 효과가 약해지기 때문입니다."


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("청국장에 비타민 K가 많아 와파린의 효과가 약해집니다.", True),
        ("청국장에 많은 비타민 K가 와파린의 효과를 약하게 합니다.", True),
        ("청국장에 비타민 C가 많아 와파린의 효과가 약해지기 때문입니다.", False),
        ("청국장에 칼슘이 많아 와파린의 효과가 약해지기 때문입니다.", False),
        ("청국장에 비타민 K가 많아 와파린의 흡수가 약해지기 때문입니다.", False),
        ("김치에 비타민 K가 많아 와파린의 효과가 약해지기 때문입니다.", False),
    ],
)
def test_a_long_gold_is_not_told_by_the_words_that_the_question_gave(answer, right):
    question = "청국장을 즐겨 먹기 시작한 환자에게서 와파린이 덜 듣게 되는 까닭을 설명해 주세요."
    assert is_right(answer, [NATTO], question) == right


def test_another_name_for_one_that_the_question_gave_is_wrong():
    gold = "종합감기약에도 아세트아미노펜이 들어 있는 경우가 많아 과량이 될 수 있습니다."
    question = "아세트아미노펜을 먹는 사람이 종합감기약을 더 먹지 않도록 조심해야 하는 까닭을 설명해 주세요."
    assert is_right(gold, [gold], question)
    assert not is_right(gold.replace("아세트아미노펜", "이부프로펜"), [gold], question)


def test_a_latin_gloss_in_a_long_gold_need_not_be_told():
    gold = "아스피린이 혈소판의 사이클로옥시게나제(COX)를 오래 막기 때문입니다."
    assert is_right("아스피린이 혈소판의 사이클로옥시게나제를 오래 막습니다.", [gold], "왜 그렇습니까?")


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_f1_lies_between_zero_and_one(answer, golds):
    assert 0.0 <= character_f1(answer, golds) <= 1.0


# Without syllables that deny: an answer that denies a word does not give it.
HANGUL = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"), exclude_characters="못안않없말아")


@given(st.text(HANGUL, min_size=2, max_size=12), st.text(HANGUL, max_size=9))
def test_a_gold_is_found_where_a_word_begins(gold, around):
    assert contains_gold(f"{around} {gold} {around}", [gold])


def test_a_gold_that_denies_is_found_in_an_answer_that_denies_too():
    assert contains_gold("밤에는 못가는 길입니다.", ["못가"])
