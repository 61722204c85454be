"""The list of seeds in blocks, each with the journals that speak of it."""

import sys

from phi4.scale.journal import Journal, journal_file
from phi4.scale.units import read_unit, write_units
from phi4.seeds import read_seeds
from tests.scale.crowd import write_seeds


def cut(tmp_path, count=5, size=2, rows=0):
    write_seeds(tmp_path / "seeds", count)
    plan, journals = tmp_path / "plan", tmp_path / "journals"
    journals.mkdir(exist_ok=True)
    places = write_units(plan, read_seeds(tmp_path / "seeds"), size, rows, journals)
    return [read_unit(plan, place) for place in places]


def test_every_file_is_in_one_unit_in_its_order(tmp_path):
    units = cut(tmp_path)
    assert [unit.names for unit in units] == [("000.txt", "001.txt"), ("002.txt", "003.txt"), ("004.txt",)]
    assert [unit.number for unit in units] == [0, 1, 2]
    assert {unit.share for unit in units} == {sys.maxsize}


def test_rows_wanted_are_shared_evenly(tmp_path):
    assert {unit.share for unit in cut(tmp_path, rows=12)} == {3}


def test_the_same_files_have_the_same_journal_and_others_know_the_ones_before(tmp_path):
    before = cut(tmp_path)
    for unit in before:
        Journal(tmp_path / "journals" / unit.journal, unit.names, "r").close()
    assert [unit.earlier for unit in cut(tmp_path)] == [(), (), ()]
    after = cut(tmp_path, size=3)
    assert after[0].journal == journal_file(tmp_path / "journals", after[0].names).name
    assert after[0].earlier == (before[0].journal, before[1].journal)
