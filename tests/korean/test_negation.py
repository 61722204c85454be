"""Predicates affirmed and denied, and opposites."""

import pytest

from phi4.korean.negation import OPPOSITES, predicates, turned_round, without_denied, without_refuted
from phi4.korean.words import morphemes


def denied(text):
    return {predicate.stem: predicate.denied for predicate in predicates(morphemes(text))}


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("문을 닫지 않습니다.", "닫"),
        ("문을 닫지 못합니다.", "닫"),
        ("문을 닫지 마십시오.", "닫"),
        ("문을 안 닫습니다.", "닫"),
        ("문을 닫을 수 없습니다.", "닫"),
        ("문을 닫을 수는 없습니다.", "닫"),
        ("문을 닫으면 안 됩니다.", "닫"),
        ("문을 닫아서는 안 됩니다.", "닫"),
        ("자료를 복사하지 않습니다.", "복사"),
        ("자료는 암호화하지 않습니다.", "암호화"),
    ],
)
def test_every_way_to_deny_is_seen(text, stem):
    assert denied(text)[stem]


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("문을 닫습니다.", "닫"),
        ("문을 닫아야 합니다.", "닫"),
        ("문을 닫을 수 있습니다.", "닫"),
        ("문을 닫아도 됩니다.", "닫"),
        ("문을 닫지 않을 수 없습니다.", "닫"),
        ("문을 닫지 않으면 안 됩니다.", "닫"),
        ("문을 닫고 말하지 않습니다.", "닫"),
        ("막히면 물이 흐르지 않습니다.", "막히"),
    ],
)
def test_what_is_affirmed_or_denied_twice_is_not_denied(text, stem):
    assert not denied(text)[stem]


def test_a_predicate_knows_the_nouns_of_its_own_clause():
    found = {found.stem: found.about for found in predicates(morphemes("비가 오면 창문을 닫습니다."))}
    assert found["닫"] == ("창문",)


def test_an_opposite_counts_only_where_its_other_side_is_lost():
    source = morphemes("온도가 오르면 압력이 줄어듭니다.")
    assert turned_round(morphemes("온도가 오르면 압력이 늘어납니다."), source) == "늘어나 for 줄어들"
    assert turned_round(morphemes("압력이 감소합니다."), source) == ""
    assert turned_round(morphemes("압력이 줄지만 부피가 늘어납니다."), source) == ""


def test_what_is_not_allowed_is_forbidden_and_the_other_way_round():
    forbidden = morphemes("병용이 금지됩니다.")
    assert turned_round(morphemes("병용이 허용됩니다."), forbidden) == "허용 for 금지"
    assert turned_round(morphemes("병용이 허용되지 않습니다."), forbidden) == ""
    assert turned_round(morphemes("병용이 금지되지 않습니다."), forbidden) == "허용 for 금지"
    assert turned_round(morphemes("가능한 한 빨리 알립니다. 가능하면 쉽니다."), forbidden) == ""


@pytest.mark.parametrize(
    ("told", "source", "seen"),
    [
        ("가입이 필요합니다.", "가입이 불필요합니다.", "필요 for 불필요"),
        ("비급여 대상입니다.", "급여 대상입니다.", "비급여 for 급여"),
        ("가입한 사람입니다.", "미가입한 사람입니다.", "가입 for 미가입"),
        ("적절한 사용입니다.", "부적절한 사용입니다.", "적절 for 부적절"),
        ("가입이 필요하지 않습니다.", "가입이 불필요합니다.", ""),
        ("급여 대상이 아닙니다.", "비급여 대상입니다.", ""),
        ("제한 없이 씁니다.", "무제한 씁니다.", ""),
        ("고기를 굽습니다.", "불고기를 굽습니다.", ""),
        ("먼저 불 상황을 빨리 살핍니다.", "먼저 화재 상황을 살핍니다.", ""),
        ("부모와 미술과 무게와 비용을 말합니다.", "모임에서 말합니다.", ""),
    ],
)
def test_a_prefix_that_denies_a_noun_is_a_denial(told, source, seen):
    assert turned_round(morphemes(told), morphemes(source)) == seen


def test_no_word_stands_on_both_sides_of_a_scale():
    assert all(not one & other for one, other in OPPOSITES)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("4시간 간격이 아니라 8시간 간격입니다.", "· 아니라 8시간 간격입니다."),
        ("하루 용량은 4 mg이 아닙니다.", "하루 용량은 · 아닙니다."),
        ("독성이 나타나는 것은 아닙니다.", "· 아닙니다."),
        ("리튬뿐만 아니라 와파린도 그렇습니다.", "리튬뿐만 아니라 와파린도 그렇습니다."),
        ("독성은 나타나지 않습니다.", "독성은 나타나지 않습니다."),
    ],
)
def test_what_something_is_not_can_be_left_out(text, left):
    assert " ".join(without_refuted(text).split()) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("독성은 나타나지 않습니다.", "· 지 않습니다."),
        ("독성은 없지만 졸음이 나타납니다.", "· 없지만 졸음이 나타납니다."),
        ("독성이 나타난 적은 없습니다.", "· 없습니다."),
        ("독성이 나타나면 복용하지 않습니다.", "독성이 나타나면 · 지 않습니다."),
        ("독성 때문에 복용하지 않습니다.", "독성 때문 · 지 않습니다."),
        ("독성이 드물지 않습니다.", "독성이 드물지 않습니다."),
        ("독성이 생길 수밖에 없습니다.", "독성이 생길 수밖에 없습니다."),
    ],
)
def test_what_is_denied_can_be_left_out(text, left):
    assert " ".join(without_denied(text).split()) == left
