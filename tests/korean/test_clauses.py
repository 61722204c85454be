"""A statement as rules see it: what counts as one, and where its clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.korean.clauses import is_balanced, is_statement, read_statement


def links(sentence):
    statement = read_statement(sentence)
    return [(link.kind, statement.text[: link.end].split()[-1]) for link in statement.links]


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "두통",
        "약을 먹어요.",
        "약이 아니다.",
        "집을 지니다.",
        "왜 아픕니까?",
        "무엇을 먹습니다.",
        "- 약입니다.",
        "답: 약입니다.",
    ],
)
def test_what_no_question_can_be_made_of_is_no_statement(sentence):
    assert read_statement(sentence) is None


def test_a_statement_within_a_statement_is_not_read():
    assert read_statement("문이 열립니다라는 안내가 나옵니다.") is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("약은 열을 내립니다.", []),
        ("약은 열을 내리고 통증을 줄입니다.", [("and", "내리고")]),
        ("약은 효소를 막아 열을 내립니다.", [("chain", "막아")]),
        ("약을 먹으면 열이 내립니다.", [("if", "먹으면")]),
        ("위를 자극하기 때문에 식후에 먹습니다.", [("reason", "때문에")]),
        ("위를 자극하므로 식후에 먹습니다.", [("reason", "자극하므로")]),
        ("열을 내리는 약을 먹습니다.", [("modifier", "내리는")]),
        ("차가운 물을 마십니다.", [("description", "차가운")]),
        ("열을 내릴 수 있는 약을 먹습니다.", [("modifier", "있는")]),
        ("간격을 두고 복용합니다.", [("chain", "두고")]),
    ],
)
def test_a_clause_ends_in_a_link_of_its_kind(sentence, expected):
    assert links(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "약을 먹지 않습니다.",
        "약을 먹고 있습니다.",
        "약을 먹어야 합니다.",
        "약을 먹어서는 안 됩니다.",
        "약을 먹으면 됩니다.",
        "약을 먹을 수 있습니다.",
        "효소에 의해 대사됩니다.",
        "용량에 따라 다릅니다.",
    ],
)
def test_an_auxiliary_ends_no_clause(sentence):
    assert links(sentence) == []


def test_topics_are_nouns_with_eun_or_neun():
    statement = read_statement("밤에는 약은 물과 함께 먹습니다.")
    assert [statement.tokens[index - 1].form for index in statement.topics()] == ["약"]


def test_the_particle_of_an_amount_marks_no_object():
    statement = read_statement("휴가는 15일을 줍니다.")
    assert "JKO" not in statement.particles(0, len(statement.tokens))


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("열을 내릴 수 있습니다.", "내리"),
        ("열을 내려야 합니다.", "내리"),
        ("열이 있습니다.", "있"),
        ("열이 납니다.", "나"),
    ],
)
def test_the_verb_of_a_clause_is_found_under_its_auxiliaries(sentence, verb):
    statement = read_statement(sentence)
    assert statement.tokens[statement.closes_at(0)].form == verb


@pytest.mark.parametrize(
    ("text", "balanced"),
    [("", True), ("가(나)다", True), ("가(나", False), ('"가"', True), ('"가', False), ("‘가", False), ("가)", False)],
)
def test_brackets_and_quotes_are_closed_or_not(text, balanced):
    assert is_balanced(text) == balanced


@given(st.text())
def test_any_text_is_a_statement_or_none(text):
    assert is_statement(text) in (True, False)
    statement = read_statement(text)
    assert statement is None or statement.text == text
