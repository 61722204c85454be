"""Rows survive their files letter for letter, and a broken file is named to the line and key."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.errors import RecordError, WorkspaceError
from phi4.jsonl import JsonlWriter, read_hashed, read_jsonl, write_jsonl
from phi4.records import Example, Message

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


def test_a_row_with_the_manuals_three_keys_alone_is_read(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text('{"question": "왜?", "reasoning_steps": ["하나"], "answer": "둘"}', encoding="utf-8")
    assert read_jsonl(path, Example) == [Example(question="왜?", reasoning_steps=("하나",), answer="둘")]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_read(tmp_path):
    path = tmp_path / "edited.jsonl"
    path.write_bytes('\ufeff{"role": "user", "content": "하나"}\r\n\r\n{"role": "user", "content": "둘"}\r\n'.encode())
    assert [turn.content for turn in read_jsonl(path, Message)] == ["하나", "둘"]


def test_the_hash_is_that_of_the_bytes_that_were_read(tmp_path):
    path = tmp_path / "edited.jsonl"
    raw = '\ufeff{"role": "user", "content": "하나"}\r\n\n {"role": "user", "content": "둘"}'.encode()
    path.write_bytes(raw)
    turns, digest = read_hashed(path, Message)
    assert [turn.content for turn in turns] == ["하나", "둘"]
    assert digest == hashlib.sha256(raw).hexdigest()


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
    with pytest.raises(RecordError, match="is not UTF-8 text: line 1, byte 1"):
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
