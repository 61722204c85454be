"""Records survive their files whole, and do not change."""

import json

import pytest

from phi4.jsonl import read_jsonl, to_line, write_jsonl
from phi4.records import (
    Decision,
    Document,
    Draft,
    Example,
    ExamQuestion,
    ExamSource,
    Message,
    Passage,
    Preference,
    Record,
    Rejected,
    Seed,
    Source,
    Step,
    Told,
)
from tests.samples import WARFARIN, draft_about

SOURCE = Source(file="medical/와파린.txt", sha256="ab", sentences=(1, 4))
RECORDS: list[Record] = [
    Document(file="a.txt", refused="it is empty"),
    Decision(key="k", verdict="reject", question="왜?", reason="틀림"),
    Message(role="assistant", content="첫 줄\n둘째 줄\t\"따옴표\" '작은' \\ 끝"),
    Seed(file="a.txt", sha256="00", text="와파린입니다.\u2028다음 줄\u2029\x85 👩‍⚕️💊 𝄞"),
    WARFARIN,
    SOURCE,
    Step(cite=3, step="와파린은 약입니다."),
    draft_about(4),
    Draft(id="x", kind="fact", difficulty="A", source=SOURCE, teacher="t", prompt_version="p", raw='{"steps": '),
    Rejected(reason="schema", detail="JSON: \u2028", draft=draft_about(2, finish_reason="length")),
    Example(question="무엇입니까?", reasoning_steps=("하나", "둘"), answer="셋", source=SOURCE),
    Example(question="무엇입니까?", reasoning_steps=("하나",), answer="둘"),
    Told(reasoning_steps=("하나",), answer="둘"),
    Preference(
        question="왜?",
        chosen=Told(reasoning_steps=("하나",), answer="둘"),
        rejected=Told(reasoning_steps=("셋",), answer="둘"),
        source=SOURCE,
    ),
    ExamSource(file="a.txt", evidence=("문장.",)),
    ExamQuestion(id="q1", question="왜?", answers=("때문",), answerable=False, source=ExamSource(file="a.txt")),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_comes_back_from_its_file(tmp_path, record):
    path = tmp_path / "records.jsonl"
    assert write_jsonl(path, [record, record]) == 2
    assert read_jsonl(path, type(record)) == [record, record]


def test_every_kind_of_record_has_a_round_trip_above():
    kinds = {kind for kind in Record.__subclasses__() if kind.__module__ == "phi4.records"}
    assert {type(record) for record in RECORDS} == kinds


def test_the_manuals_three_keys_come_first_in_a_row():
    row = Example(question="왜?", reasoning_steps=("하나",), answer="둘", id="7")
    assert list(json.loads(to_line(row)))[:3] == ["question", "reasoning_steps", "answer"]


def test_a_record_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        SOURCE.file = "b.txt"


def test_a_passage_knows_its_sentences_by_their_number_in_the_file():
    later = Passage(file="a", sha256="0", first=8, sentences=("여덟.", "아홉."), headings=("", ""))
    assert list(later.numbers) == [8, 9]
    assert later.sentence(9) == "아홉."
    assert later.text == "여덟.\n아홉."


@pytest.mark.parametrize("number", [-1, 0, 7, 10])
def test_a_sentence_outside_the_passage_is_refused(number):
    later = Passage(file="a", sha256="0", first=8, sentences=("여덟.", "아홉."), headings=("", ""))
    with pytest.raises(KeyError):
        later.sentence(number)
