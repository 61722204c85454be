"""A finished run is known by what it was made of, and by its files being as it left them."""

import json

import pytest

from phi4.dataset.finished import finished, remember_finished
from phi4.paths import Workspace

REPORT = {
    "accepted": 3,
    "requests": 9,
    "cost": 1.5,
    "seconds": 60.0,
    "rejected": {"numbers": 1},
    "unheard": 0,
    "stopped_at": "",
}


@pytest.fixture
def workspace(tmp_path):
    place = Workspace(tmp_path)
    place.synthetic.mkdir(parents=True)
    for path in (place.train_file, place.rejected_file, place.preference_file):
        path.write_text("{}\n", encoding="utf-8")
    leave(place, REPORT)
    return place


def leave(workspace, report):
    workspace.report_file.write_text(json.dumps(report), encoding="utf-8")


def test_its_report_comes_back_with_nothing_asked(workspace):
    remember_finished(workspace, "made of this", REPORT)
    assert finished(workspace, "made of this") == REPORT | {
        "requests": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "tokens_estimated": 0,
        "cost": 0,
        "seconds": 0,
    }


def test_made_of_something_else_it_is_another_run(workspace):
    remember_finished(workspace, "made of this", REPORT)
    assert finished(workspace, "made of that") is None


def test_nothing_is_finished_before_the_first_run(workspace):
    assert finished(workspace, "made of this") is None


def test_what_is_not_known_is_never_the_same(workspace):
    remember_finished(workspace, "", REPORT)
    assert finished(workspace, "") is None


@pytest.mark.parametrize("page", ["report.html", "README.md"])
def test_a_page_that_is_gone_is_made_anew(workspace, page):
    (workspace.synthetic / page).write_text("page", encoding="utf-8")
    remember_finished(workspace, "made of this", REPORT)
    (workspace.synthetic / page).unlink()
    assert finished(workspace, "made of this") is None


@pytest.mark.parametrize("name", ["train_file", "rejected_file", "preference_file", "synthetic_exam", "report_file"])
def test_a_file_that_somebody_changed_is_made_anew(workspace, name):
    remember_finished(workspace, "made of this", REPORT)
    getattr(workspace, name).write_text("by hand\n", encoding="utf-8")
    assert finished(workspace, "made of this") is None


def test_a_file_that_is_gone_is_made_anew(workspace):
    remember_finished(workspace, "made of this", REPORT)
    workspace.train_file.unlink()
    assert finished(workspace, "made of this") is None


@pytest.mark.parametrize("more", [{"stopped_at": "--max-calls 5"}, {"unheard": 2}, {"try_again": ["a"]}])
def test_a_run_that_could_give_more_is_not_finished(workspace, more):
    leave(workspace, REPORT | more)
    remember_finished(workspace, "made of this", REPORT | more)
    assert finished(workspace, "made of this") is None


@pytest.mark.parametrize("note", ["", "[]", "{", "\x00"])
def test_a_note_that_is_broken_is_none(workspace, note):
    remember_finished(workspace, "made of this", REPORT)
    (workspace.synthetic / "finished.json").write_text(note, encoding="utf-8")
    assert finished(workspace, "made of this") is None
