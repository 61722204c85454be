"""Rows in the passage's own words."""

import pytest

from phi4.dataset.gates import check
from phi4.dataset.plan import Request
from phi4.dataset.verbatim import MAX_SECTION, WRITER, section_drafts, section_rows, sentence_draft, sentence_rows
from phi4.dataset.wordings import wordings
from phi4.records import Passage
from tests.samples import WARFARIN


def passage_of(heading, *sentences):
    return Passage(
        file="a.txt", sha256="0", first=1, sentences=sentences, headings=("",) + (heading,) * (len(sentences) - 1)
    )


PUMP = (
    "펌프는 물을 옮기는 기계입니다.",
    "펌프의 축이 돌면 물이 빨려 들어옵니다.",
    "펌프는 압력을 높여 물을 밀어냅니다.",
)


def test_a_sentence_answers_in_its_own_words_under_every_question_of_the_rules():
    draft = sentence_draft(Request(WARFARIN, 2, 1, "cause"))
    assert draft.answer == WARFARIN.sentence(2)
    assert [step.step for step in draft.steps] == [WARFARIN.sentence(1), WARFARIN.sentence(2)]
    assert draft.teacher == WRITER
    assert "와파린은 왜 효과가 나타나는 데 3~5일이 걸립니까?" in [
        worded.question for worded in wordings(draft, WARFARIN)
    ]


PLAIN = (
    "펌프는 물을 옮기는 기계이다.",
    "펌프는 압력을 높여 물을 밀어낸다.",
    "펌프의 축은 1분에 3,000번 돈다.",
)


def test_sentences_in_plain_style_answer_politely_and_are_cited_as_they_stand():
    passage = passage_of("작동 원리", *PLAIN)
    rows = [row for number in passage.numbers for row in sentence_rows(passage, number)]
    assert {row.answer for row in rows} == {"펌프는 물을 옮기는 기계입니다.", "펌프는 압력을 높여 물을 밀어냅니다."}
    assert {step.step for row in rows for step in row.steps} == {row.answer for row in rows}
    assert {row.answer for row in section_rows(passage)} == {
        "펌프는 압력을 높여 물을 밀어냅니다. 펌프의 축은 1분에 3,000번 돕니다."
    }
    assert passage.sentences == PLAIN


def test_a_section_is_asked_for_by_its_heading():
    drafts = section_drafts(passage_of("작동 원리", *PUMP))
    assert [draft.question for draft in drafts] == [
        "펌프의 작동 원리는 무엇입니까?",
        "펌프의 작동 원리에 대해 설명해 주세요.",
    ]
    assert {draft.answer for draft in drafts} == {f"{PUMP[1]} {PUMP[2]}"}
    assert all(draft.source.sentences == (2, 3) and draft.kind == "explain" for draft in drafts)
    assert len({draft.id for draft in drafts}) == 2


@pytest.mark.parametrize("heading", ["", "제3조(휴가)", "1. 개요", "어떻게 작동합니까"])
def test_what_is_no_name_is_not_asked_for(heading):
    assert section_drafts(passage_of(heading, *PUMP)) == []


def test_a_section_of_one_sentence_or_too_long_for_a_row_is_left_to_its_sentences():
    assert section_drafts(passage_of("작동 원리", *PUMP[:2])) == []
    long = "펌프는 " + "아주 " * (MAX_SECTION // 3) + "큽니다."
    assert section_drafts(passage_of("작동 원리", *PUMP, long)) == []


def test_without_a_subject_there_is_nothing_to_ask_for():
    passage = passage_of("작동 원리", "물을 옮깁니다.", "압력을 높입니다.", "열을 식힙니다.")
    assert section_drafts(passage) == []


def test_only_questions_that_pass_the_gates_become_rows_of_a_sentence():
    rows = list(sentence_rows(WARFARIN, 2))
    assert "와파린은 왜 효과가 나타나는 데 3~5일이 걸립니까?" in [row.question for row in rows]
    assert all(check(row, WARFARIN) is None and row.teacher == WRITER for row in rows)


def test_a_section_is_no_row_when_its_text_is_unfit_as_an_answer():
    assert len(list(section_rows(passage_of("작동 원리", *PUMP)))) == 2
    spoken = (PUMP[0], PUMP[1].replace("들어옵니다", "들어와요"), PUMP[2])
    assert list(section_rows(passage_of("작동 원리", *spoken))) == []
