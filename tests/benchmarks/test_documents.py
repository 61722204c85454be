"""The score counts as it says, and mutations are the same every time."""

import random

import pytest

from benchmarks.documents import personal, score
from benchmarks.documents_corpus import SMALL, Unit, fodt, markdown, units
from benchmarks.documents_fuzz import Converter, _converted, fuzz, mutate
from benchmarks.documents_shown import GUIDE, LEAVE
from benchmarks.documents_shown import units as shown
from phi4.documents.detect import detect
from phi4.documents.read import read_document
from phi4.documents.repair import repair
from phi4.korean import glue
from phi4.paths import CHECKOUT

KNOWN = [
    Unit("h1", "손 씻기"),
    Unit("p", "비누로 씻습니다."),
    Unit("row", cells=("약", "용량")),
    Unit("row", cells=("가", "1 mg")),
]


def test_a_whole_text_in_order_has_full_marks():
    one = score("a", KNOWN, ["# 손 씻기\n비누로 씻습니다.\n약 가의 용량은 1 mg입니다."], 0.0)
    assert (one.recall, one.spaces, one.order, one.tables) == (1, 1, 1, 1)


def test_what_is_missing_moved_or_torn_apart_costs():
    one = score("a", KNOWN, ["비누로씻습니다.\n손 씻기\n약 용량 1 mg\n가"], 0.0)
    assert one.recall == 1
    assert (one.spaces, one.order, one.tables) == (0.5, 0.5, 0)
    assert score("a", KNOWN, ["손 씻기"], 0.0).recall < 0.5


def test_the_known_text_is_in_every_source_that_is_made_of_it():
    told = units()
    assert {"h1", "h2", "p", "li", "row"} == {unit.kind for unit in told}
    for source in (markdown(SMALL), fodt(SMALL)):
        assert all(part in source for unit in SMALL for part in unit.cells or (unit.text,))


def test_mutations_are_the_same_every_time_and_change_something():
    raw = bytes(range(256)) * 40
    one, two = ([mutate(raw, random.Random(seed)) for seed in range(20)] for _ in range(2))
    assert one == two
    assert sum(mutant != raw for mutant in one) > 10


def test_a_whole_conversion_is_tried_and_a_lost_child_is_replaced(tmp_path, monkeypatch):
    (tmp_path / "글.txt").write_text(
        "환자 홍길동님은 손을 씻고 약을 하루에 두 번 먹어야 합니다. " * 9, encoding="utf-8"
    )
    told = fuzz(tmp_path, 3)
    assert sum(count for name, count in told["글.txt"].items() if name in ("read", "refused")) == 3
    assert not (tmp_path / "mutant").exists()
    converter = Converter()
    assert converter.outcome(tmp_path / "글.txt", "text") == "read"
    monkeypatch.setattr("benchmarks.documents_fuzz.LIMIT", 0.0)
    assert converter.outcome(tmp_path / "글.txt", "text") == "hang"
    monkeypatch.setattr("benchmarks.documents_fuzz.LIMIT", 60.0)
    assert converter.outcome(tmp_path / "글.txt", "text") == "read"
    converter.close()


def test_an_error_that_no_person_could_act_on_is_a_fault(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.documents_fuzz.convert", lambda *_: 1 // 0)
    assert _converted(tmp_path, "text") == "fault"
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_half_of_the_broken_texts_are_still_texts():
    raw = ("손을 씻어야 합니다.\n" * 99).encode()
    mutants = [mutate(raw, random.Random(seed)) for seed in range(40)]
    assert sum("\ufffd" not in mutant.decode(errors="replace") for mutant in mutants) >= 20


def test_the_labelled_set_holds_each_kind_and_its_figures_stand():
    found = personal()
    assert set(found) == {"성명", "주민등록번호", "전화번호", "이메일", "카드번호"}
    assert all(one["precision"] == 1 for one in found.values())
    assert all(one["recall"] == 1 for kind, one in found.items() if kind != "성명")
    assert found["성명"]["recall"] > 0.8


@pytest.mark.parametrize(("name", "text"), [("외래진료안내.hwpx", GUIDE), ("휴가규정.pdf", LEAVE)])
def test_the_documents_of_the_readme_hold_the_text_that_they_are_made_of(name, text):
    path = CHECKOUT / "Phi-4" / "data" / "documents" / name
    blocks = repair(read_document(path, detect(path, name)), glue)
    held = "".join(f"{block.text}{''.join(map(''.join, block.rows))}" for block in blocks if block.kind != "left")
    bare = "".join(held.split())
    assert [
        part for unit in shown(text) for part in unit.cells or (unit.text,) if "".join(part.split()) not in bare
    ] == []
