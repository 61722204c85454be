"""The score counts as it says, and mutations are the same every time."""

import random

from benchmarks.documents import mutate, personal, score
from benchmarks.documents_corpus import SMALL, Unit, fodt, markdown, units

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


def test_the_labelled_set_holds_each_kind_and_its_figures_stand():
    found = personal()
    assert set(found) == {"성명", "주민등록번호", "전화번호", "이메일", "카드번호"}
    assert all(one["precision"] == 1 for one in found.values())
    assert all(one["recall"] == 1 for kind, one in found.items() if kind != "성명")
    assert found["성명"]["recall"] > 0.8
