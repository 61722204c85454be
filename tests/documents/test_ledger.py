"""What was imported before."""

import pytest

from phi4.documents.ledger import LEDGER, SAME, Entry, likeness, read_ledger, sketch, write_ledger
from phi4.errors import WorkspaceError

TEXT = "손 위생은 감염을 막는 가장 쉬운 방법이기 때문에 병원에서 반드시 지켜야 합니다. 비누로 30초 이상 씻습니다."


def test_a_ledger_is_read_as_it_was_written_and_written_only_when_it_changed(tmp_path):
    entry = Entry(
        "a.pdf",
        "/docs/a.pdf",
        "0" * 64,
        "pdf",
        "imported",
        seeds={"001.txt": "x"},
        left=(("chart", 2),),
        sketch=(1, 2),
        changed=False,
    )
    write_ledger(tmp_path, [entry])
    before = (tmp_path / LEDGER).stat().st_mtime_ns
    assert read_ledger(tmp_path) == {"a.pdf": entry}
    write_ledger(tmp_path, [entry])
    assert (tmp_path / LEDGER).stat().st_mtime_ns == before


def test_a_broken_ledger_says_what_to_do(tmp_path):
    (tmp_path / LEDGER).write_text('{"version": 1, "documents": [{"nonsense": 1}]}')
    with pytest.raises(WorkspaceError, match="is broken") as caught:
        read_ledger(tmp_path)
    assert "delete it" in caught.value.hint


def test_the_same_text_in_another_form_is_alike_and_another_text_is_not():
    assert likeness(sketch(TEXT), sketch(TEXT.replace(" ", "\n"))) == 1
    assert likeness(sketch(TEXT * 3), sketch(TEXT * 3 + " 끝입니다.")) > SAME
    assert likeness(sketch(TEXT), sketch("와파린은 혈액 응고를 늦추는 약으로 비타민 K의 작용을 막습니다.")) < 0.1
    assert likeness((), ()) == 0
