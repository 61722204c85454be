"""What a teacher must return, and what is made of what it did return."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gates import read_passages
from phi4.dataset.schemas import DraftAnswer, draft_schema, parse_draft
from phi4.records import Step
from tests.samples import SENTENCES, WARFARIN, told_json


def matches(schema, key, text):
    part = schema["properties"][key]
    return re.search(part["pattern"], text) is not None


def of(sentence):
    """The schema of a passage of that one sentence."""
    return draft_schema(WARFARIN.model_copy(update={"sentences": (sentence,), "headings": ("",), "first": 1}), (1,))


def test_the_schema_asks_for_one_step_under_each_cited_number_and_nothing_else():
    schema = draft_schema(WARFARIN, (3, 4))
    steps = schema["properties"]["steps"]
    assert list(steps["properties"]) == ["3", "4"] == steps["required"]
    assert schema["required"] == ["steps", "answer", "question"] == list(schema["properties"])
    assert schema["additionalProperties"] is False
    assert steps["additionalProperties"] is False


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_schema_lets_every_sentence_of_the_passage_be_said(sentence):
    assert matches(draft_schema(WARFARIN, (1,)), "answer", sentence)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("answer", "와파린은 血液 응고를 늦춥니다."),
        ("answer", "와파린은 ビタミン을 막습니다."),
        ("answer", "짧다."),
        ("answer", "와파린은 약입니다.\n둘째 줄입니다."),
        ("question", "와파린은 약입니다. 왜 그렇습니까?"),
        ("question", "와파린은 무엇입니까"),
    ],
)
def test_the_schema_forbids_what_no_gate_would_pass(key, text):
    assert not matches(draft_schema(WARFARIN, (1,)), key, text)


def test_the_schema_allows_the_foreign_letters_of_the_passage_alone():
    statute = WARFARIN.model_copy(update={"sentences": ("도로(道路)는 μ 이하입니다.",), "headings": ("",)})
    assert matches(draft_schema(statute, (1,)), "answer", "도로(道路)는 μ 이하라고 합니다.")
    assert not matches(draft_schema(statute, (1,)), "answer", "도로(道路)의 法을 말합니다.")


LABELLED = list(read_passages().values())


@pytest.mark.parametrize("passage", LABELLED, ids=lambda passage: passage.file)
def test_whatever_a_passage_says_can_be_said(passage):
    schema = draft_schema(passage, (passage.first,))
    assert [sentence for sentence in passage.sentences if not matches(schema, "answer", sentence)] == []


def test_units_and_quotation_marks_of_the_passage_can_be_said_and_asked_about():
    odd = of("‘가열’은 60℃±2 이상에서 《식품공전》대로 [별표 1]의 5㎎을 100㎡에 뿌린다는 뜻입니다.")
    assert matches(odd, "answer", "‘가열’은 60℃±2 이상에서 [별표 1]의 5㎎을 100㎡에 뿌린다는 뜻입니다.")
    assert matches(odd, "question", "‘가열’은 몇 ℃ 이상에서 합니까?")
    assert not matches(odd, "answer", "‘가열’은 60℉ 이상에서 합니다.")


def test_a_decimal_of_the_passage_can_be_asked_about_and_a_full_stop_is_none():
    decimal = of("혈중 농도가 2.5 mg을 넘으면 위험합니다.")
    assert matches(decimal, "question", "혈중 농도가 2.5 mg을 넘으면 어떻습니까?")
    assert not matches(decimal, "question", "혈중 농도가 위험합니다. 왜 그렇습니까?")
    assert not matches(decimal, "question", "혈중 농도가 2. 5 mg을 넘으면 어떻습니까?")


def test_a_question_ends_once_whatever_ends_the_passages_sentences():
    calling = of("불이야! 무엇을 할까요? 119에 신고합니다…")
    assert matches(calling, "answer", "불이야! 무엇을 할까요? 119에 신고합니다…")
    assert not matches(calling, "question", "불이야! 무엇을 신고합니까?")
    assert not matches(calling, "question", "무엇을 할까요? 왜 신고합니까?")


def test_what_would_end_a_string_of_json_is_said_by_its_curly_form():
    quoted = of('그는 "불이야"라고 C:\\에 썼습니다.')
    assert matches(quoted, "answer", "그는 “불이야”라고 썼습니다.")
    assert not matches(quoted, "answer", '그는 "불이야"라고 썼습니다.')
    assert not matches(quoted, "answer", "그는 C:\\에 썼습니다.")


def test_the_schema_of_a_passage_without_such_characters_is_what_it_always_was():
    """It is part of a request's identity: an answer that was paid for stays known."""
    parts = of("와파린(warfarin)은 하루 2~5 mg을 먹는 μ-약입니다: 끝.")["properties"]
    assert parts["steps"]["properties"]["1"]["pattern"] == "^[가-힣a-zA-Z0-9 ,()%~·/+μ:;.-]{8,160}$"
    assert parts["answer"]["pattern"] == "^[가-힣a-zA-Z0-9 ,()%~·/+μ:;.-]{8,240}$"
    assert parts["question"]["pattern"] == "^[가-힣a-zA-Z0-9 ,()%~·/+μ-]{8,90}\\?$"


@given(st.text(min_size=1, max_size=40))
def test_the_schema_is_a_pattern_whatever_a_passage_holds(text):
    schema = of(text)
    visible = "".join(mark for mark in text if mark not in '"\\' and unicodedata.category(mark)[0] not in "CZ")
    assert matches(schema, "answer", f"{visible} 이라고 합니다.")
    re.compile(schema["properties"]["question"]["pattern"])


def test_a_good_answer_is_parsed():
    parsed = parse_draft(told_json(4))
    assert isinstance(parsed, DraftAnswer)
    assert parsed.cited_steps() == (Step(cite=1, step=SENTENCES[0]), Step(cite=4, step=SENTENCES[3]))
    assert parsed.answer == SENTENCES[3]
    assert parsed.question == "와파린의 시작 용량은 보통 하루에 몇 mg입니까?"


def test_words_and_fences_around_the_json_do_not_matter():
    assert parse_draft(f"네, 만들었습니다.\n```json\n{told_json(4)}\n```\n끝.") == parse_draft(told_json(4))


def test_steps_keep_the_order_in_which_they_were_written():
    parsed = parse_draft(
        '{"steps": {"4": "넷째입니다.", "2": "둘째입니다."}, "answer": "답입니다.", "question": "무엇입니까?"}'
    )
    assert [step.cite for step in parsed.cited_steps()] == [4, 2]


def test_decomposed_hangul_and_outer_spaces_are_put_right():
    told = json.loads(told_json(4))
    told["answer"] = "  " + unicodedata.normalize("NFD", told["answer"]) + "\n"
    told["question"] = unicodedata.normalize("NFD", told["question"]) + " "
    assert parse_draft(json.dumps(told)) == parse_draft(told_json(4))


def test_a_question_with_a_statements_ending_becomes_polite():
    assert parse_draft(told_json(5, question="누가 와파린을 복용하면 안 됩니다?")).question.endswith("안 됩니까?")


def test_a_key_too_many_is_ignored():
    assert isinstance(parse_draft(told_json(4)[:-1] + ', "note": "덧붙임"}'), DraftAnswer)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "no JSON object"),
        ("죄송하지만 만들 수 없습니다.", "no JSON object"),
        ("} 거꾸로 {", "no JSON object"),
        ('{"steps": {"1": "하나', "no JSON object"),
        ('{"steps": {"1": "하나입니다."}, "answer"', "JSON: "),
        ('{"steps": {"1": "하나입니다."}, }', "JSON: "),
        ('{"steps": {"1": "하나입니다."}, "question": "무엇입니까?"}', "answer: "),
        ('{"steps": {}, "answer": "답입니다.", "question": "무엇입니까?"}', "steps: "),
        ('{"steps": {"하나": "하나입니다."}, "answer": "답입니다.", "question": "무엇입니까?"}', "steps"),
        ('{"steps": ["하나입니다."], "answer": "답입니다.", "question": "무엇입니까?"}', "steps: "),
        ('{"steps": {"1": 1}, "answer": "답입니다.", "question": "무엇입니까?"}', r"steps\.1"),
        ('{"steps": {"1": "하나"}, "answer": "답", "question": "무엇입니까?"}', "answer: "),
        ('{"steps": {"1": "하나"}, "answer": "답입니다.", "question": "왜?"}', "question: "),
        ("[1, 2]{}", "steps: "),
        (f'{{"steps": {{"1": "하나"}}, "answer": "{"답" * 5000}", "question": "무엇입니까?"}}', "answer: "),
        (f'{{"steps": {{"1": "{"하" * 5000}"}}, "answer": "답입니다.", "question": "무엇입니까?"}}', r"steps\.1"),
    ],
)
def test_what_is_no_draft_is_named(text, wrong):
    parsed = parse_draft(text)
    assert isinstance(parsed, str)
    assert re.match(wrong, parsed)


@pytest.mark.parametrize("length", range(0, 60, 4))
def test_an_answer_that_was_cut_is_no_draft(length):
    assert isinstance(parse_draft(told_json(4)[:length]), str)


@given(st.text())
def test_any_text_is_a_draft_or_says_what_is_wrong(text):
    assert isinstance(parse_draft("{" + text + "}"), str)


@pytest.mark.parametrize(
    ("key", "text"), [("answer", " 예"), ("question", "왜   ?"), ("question", "가" * 479 + "야"), ("answer", "  . ")]
)
def test_what_is_too_short_or_long_once_it_is_tidied_is_told_like_any_other_fault(key, text):
    said = {"steps": {"1": "와파린은 항응고제입니다."}, "answer": "항응고제입니다.", "question": "와파린은 무엇입니까?"}
    found = parse_draft(json.dumps(said | {key: text}, ensure_ascii=False))
    assert isinstance(found, DraftAnswer) or found.startswith(f"{key}: String should have at ")


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_whatever_short_texts_a_teacher_writes_parsing_never_raises(step, answer, question):
    parse_draft(json.dumps({"steps": {"1": step}, "answer": answer, "question": question}))


def test_the_register_of_a_law_becomes_ours():
    steps = {"3": "지원금은 분기마다 지급한다."}
    told = {"steps": steps, "answer": "분기마다 지급한다.", "question": "언제 지급합니까?"}
    draft = parse_draft(json.dumps(told, ensure_ascii=False))
    assert (draft.steps[3], draft.answer) == ("지원금은 분기마다 지급합니다.", "분기마다 지급합니다.")
