"""Records survive their files, and a broken file is named to the line and key."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.errors import RecordError, WorkspaceError
from phi4.records import (
    Decision,
    Document,
    Draft,
    Example,
    ExamQuestion,
    ExamSource,
    JsonlWriter,
    Message,
    Passage,
    Preference,
    Record,
    Rejected,
    Seed,
    Source,
    Step,
    Told,
    read_jsonl,
    to_line,
    write_jsonl,
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


WILD = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('\u2028\u2029\x85\x00\r\n"\\💊{}'), min_size=1
)


@settings(max_examples=60)
@given(st.lists(st.tuples(WILD, WILD, WILD), min_size=1, max_size=5))
def test_wild_texts_come_back_letter_for_letter(texts):
    rows = [Example(question=q, reasoning_steps=(step, q), answer=a) for q, step, a in texts]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wild.jsonl"
        write_jsonl(path, rows)
        assert read_jsonl(path, Example) == rows


def test_hangul_stands_readable_in_the_file_with_a_row_a_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    write_jsonl(path, [Message(role="user", content="와파린\n약"), Message(role="user", content="둘")])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == ['{"role": "user", "content": "와파린\\n약"}', '{"role": "user", "content": "둘"}']


def test_the_manuals_three_keys_come_first_in_a_row():
    row = Example(question="왜?", reasoning_steps=("하나",), answer="둘", id="7")
    assert list(json.loads(to_line(row)))[:3] == ["question", "reasoning_steps", "answer"]


def test_a_row_with_the_manuals_three_keys_alone_is_read(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text('{"question": "왜?", "reasoning_steps": ["하나"], "answer": "둘"}', encoding="utf-8")
    assert read_jsonl(path, Example) == [Example(question="왜?", reasoning_steps=("하나",), answer="둘")]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_read(tmp_path):
    path = tmp_path / "edited.jsonl"
    path.write_bytes('\ufeff{"role": "user", "content": "하나"}\r\n\r\n{"role": "user", "content": "둘"}\r\n'.encode())
    assert [turn.content for turn in read_jsonl(path, Message)] == ["하나", "둘"]


def test_a_broken_line_is_named_by_its_number(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"role": "user", "content": "하나"}\n\n{"role": "us\n', encoding="utf-8")
    with pytest.raises(RecordError, match=r"rows\.jsonl', line 3: line: Invalid JSON") as caught:
        read_jsonl(path, Message)
    assert caught.value.hint == "mend or delete that line"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('{"question": "왜?", "reasoning_steps": ["하나"]}', "answer"),
        ('{"question": "", "reasoning_steps": ["하나"], "answer": "둘"}', "question"),
        ('{"question": "왜?", "reasoning_steps": [], "answer": "둘"}', "reasoning_steps"),
        ('{"question": "왜?", "reasoning_steps": ["하나", 2], "answer": "둘"}', r"reasoning_steps\.1"),
        ('{"question": "왜?", "reasoning_steps": ["하나"], "answer": "둘", "anwser": ""}', "anwser"),
        (
            '{"question": "왜?", "reasoning_steps": ["하나"], "answer": "둘", "source": {"file": "a"}}',
            r"source\.sha256",
        ),
    ],
)
def test_a_missing_or_wrong_key_is_named(tmp_path, line, key):
    path = tmp_path / "train.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RecordError, match=rf"line 1: {key}: "):
        read_jsonl(path, Example)


def test_a_missing_file_is_named_with_what_to_type(tmp_path):
    with pytest.raises(WorkspaceError, match=r"there is no file .*train\.jsonl") as caught:
        read_jsonl(tmp_path / "train.jsonl", Example, "type: phi4 generate")
    assert caught.value.hint == "type: phi4 generate"


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_rows_is_empty(tmp_path, content):
    path = tmp_path / "train.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WorkspaceError, match="is empty"):
        read_jsonl(path, Example)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_bytes("질문".encode("cp949"))
    with pytest.raises(RecordError, match="is not UTF-8 text: byte 0"):
        read_jsonl(path, Example)


def test_the_old_file_stays_when_a_record_cannot_be_made(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("old", encoding="utf-8")

    def records():
        yield Message(role="user", content="하나")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_jsonl(path, records())
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


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


def test_rows_written_one_by_one_can_be_counted_and_walked_before_and_after_they_are_published(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("the old rows", encoding="utf-8")
    rows = JsonlWriter(path, Message)
    told = [Message(role="user", content=text) for text in ("하나\u2028", "둘")]
    for message in told:
        rows.append(message)
    assert (len(rows), list(rows)) == (2, told)
    assert path.read_text(encoding="utf-8") == "the old rows"
    rows.publish()
    rows.discard()  # too late
    assert list(rows) == read_jsonl(path, Message) == told


def test_rows_that_are_discarded_leave_nothing(tmp_path):
    rows = JsonlWriter(tmp_path / "rows.jsonl", Message)
    rows.append(Message(role="user", content="하나"))
    rows.discard()
    assert list(tmp_path.iterdir()) == []
