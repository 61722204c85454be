"""Scores, comparisons and rows of an exam."""

import json

import pytest

from phi4.chat import Adapter
from phi4.evaluation.conditions import CLOSED, OPEN, UNANSWERABLE
from phi4.evaluation.report import by_group, comparisons, exam_hash, kept_from_open_book, model_facts, rows, summary
from tests.evaluation.kit import answered, question

FACT, NUMBER = question("a", kind="fact"), question("b", "b.txt", kind="number", answers=("5 mg",))
STRANGE = question("x", answers=(), answerable=False, kind="unanswerable")
SAT = [
    answered(CLOSED, "base", FACT, "모릅니다."),
    answered(CLOSED, "base", NUMBER, "50 mg입니다."),
    answered(CLOSED, "bot", FACT, "응집입니다.", steps=["아스피린은 혈소판의 응집을 억제합니다."]),
    answered(CLOSED, "bot", NUMBER, "50 mg입니다."),
    answered(OPEN, "base", FACT, "응집입니다."),
    answered(OPEN, "base", NUMBER, "5 mg입니다."),
    answered(OPEN, "bot", FACT, "응집입니다."),
    answered(OPEN, "bot", NUMBER, "5 mg입니다."),
    answered(UNANSWERABLE, "base", STRANGE, "파란색입니다."),
    answered(UNANSWERABLE, "bot", STRANGE, "모릅니다."),
]


def test_every_score_has_its_interval_and_its_count():
    scores = summary(SAT)
    assert scores[CLOSED]["bot"]["right"] | {"low": 0, "high": 1} == {"value": 0.5, "low": 0, "high": 1, "n": 2}
    for models in scores.values():
        for told in models.values():
            assert all(set(one) == {"value", "low", "high", "n"} for one in told.values())


def test_steps_are_scored_on_the_answers_that_have_some():
    assert summary(SAT)[CLOSED]["bot"]["supported"]["n"] == 1
    assert "supported" not in summary(SAT)[CLOSED]["base"]


def test_an_adapter_is_compared_with_the_base_question_by_question():
    found = comparisons(SAT)
    assert set(found[CLOSED]) == {"bot"}
    assert (found[CLOSED]["bot"]["right"]["difference"], found[CLOSED]["bot"]["right"]["test"]) == (0.5, "mcnemar")
    assert found[UNANSWERABLE]["bot"]["refused"]["difference"] == 1.0
    assert found[CLOSED]["bot"]["character_f1"]["test"] == "sign-flip"


def test_what_is_known_from_memory_is_told_as_a_share_of_the_open_book():
    kept = kept_from_open_book(SAT)
    assert (kept["base"]["value"], kept["bot"]["value"]) == (0.0, 0.5)


@pytest.mark.parametrize(("group", "names"), [("kind", {"fact", "number"}), ("file", {"a.txt", "b.txt"})])
def test_groups_tell_where_it_helped(group, names):
    found = by_group(SAT, group)
    assert set(found) == names
    first = found["fact" if group == "kind" else "a.txt"]
    assert (first["base"]["value"], first["bot"]["value"]) == (0.0, 1.0)


def test_a_row_holds_every_answer_of_its_question():
    found = rows(SAT, {"a": ["근거입니다."]})
    assert [row["id"] for row in found] == ["a", "b", "x"]
    assert found[0]["passage"] == ["근거입니다."]
    assert set(found[0]["answers"]) == {CLOSED, OPEN}
    assert found[0]["answers"][CLOSED]["bot"]["answer"] == "응집입니다."
    json.dumps(found)


def test_an_exam_is_known_by_its_words_in_any_order():
    assert exam_hash([FACT, NUMBER]) == exam_hash([NUMBER, FACT])
    assert exam_hash([FACT]) != exam_hash([FACT.model_copy(update={"question": "다른 물음?"})])


def test_facts_of_an_adapter_without_data_are_empty(tmp_path):
    assert model_facts(Adapter(tmp_path, "b", {})) == {"base_model": "b", "data": {}, "settings": {}}
