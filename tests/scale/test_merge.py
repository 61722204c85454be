"""Many workers make what one process makes, to the byte."""

from functools import partial

import pytest

from phi4.dataset import Ceiling
from phi4.errors import TeacherUnavailable
from phi4.paths import Workspace
from phi4.scale import come_home, set_all_aside
from phi4.scale.journal import Journal
from phi4.scale.worker import DEATHS
from tests.scale.crowd import Noting, teacher, write_seeds

QUESTION = "가가가가신은 비타민 K에 어떤 작용을 합니까?"


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"twins": (3, 5)},  # other files with the questions of the first
        {"votes": 1},
        {"exam": (QUESTION,)},
        {"rows": 30},
        {"rows": 500, "twins": (1, 6)},  # more than there are
    ],
    ids=str,
)
def test_files_and_report_are_those_of_one_process(road, chosen):
    alone, together = road.alone(**chosen), road.together(**chosen)
    assert together.files == alone.files
    assert together.report == alone.report


def test_no_request_is_made_twice_and_all_are_counted(road):
    alone, together = road.alone(), road.together()
    assert sorted(together.asked) == sorted(alone.asked)
    assert together.requests == alone.requests == len(together.asked)


def test_a_second_run_asks_nothing_and_one_more_seed_asks_only_about_itself(road):
    first, again = road.together(), road.together(again=True)
    assert again.asked == first.asked
    assert again.files == first.files
    assert again.requests == 0
    (first.workspace.seeds / "aaa.txt").write_text((first.workspace.seeds / "006.txt").read_text("utf-8"), "utf-8")
    (first.workspace.seeds / "006.txt").unlink()
    write_seeds(first.workspace.seeds / "0", 1)  # before all others: every unit is another one now
    more = road.together(again=True)
    asked = more.asked[len(first.asked) :]
    assert 0 < len(asked) <= len(first.asked) // 7 * 3


def test_what_one_machine_was_told_is_not_asked_again_on_many(road):
    alone = road.alone()
    alone.workspace.root.rename(alone.workspace.root.with_name("together"))
    together = road.together(again=True)
    assert together.asked == []
    assert together.files == alone.files


def test_what_many_machines_were_told_is_not_asked_again_on_one(road, tmp_path, capsys):
    together = road.together()
    together.workspace.root.rename(together.workspace.root.with_name("alone"))
    workspace = Workspace(tmp_path / "alone")
    come_home(workspace)
    come_home(workspace)
    assert capsys.readouterr().out.count(f"📥 {len(together.asked)} answers of an earlier run") == 1
    alone = road.alone(again=True)
    assert alone.asked == []
    assert alone.files == together.files


def test_a_ceiling_holds_for_all_workers_together(road):
    together = road.together(ceiling=Ceiling(calls=9))
    assert len(together.asked) <= 9
    assert together.report["stopped_at"] == "--max-calls 9"


def test_a_higher_ceiling_and_none_go_on_from_there(road):
    undisturbed = road.alone()
    first = road.together(ceiling=Ceiling(calls=9))
    more = road.together(ceiling=Ceiling(calls=8), again=True)
    whole = road.together(again=True)
    assert len(first.files["train.jsonl"]) < len(whole.files["train.jsonl"])
    assert more.report["stopped_at"] == "--max-calls 8"
    assert whole.report["stopped_at"] == ""
    assert whole.files == undisturbed.files
    assert sorted(whole.asked) == sorted(undisturbed.asked), "nothing twice"


def test_a_request_that_failed_is_asked_again_by_the_next_run(road, tmp_path):
    undisturbed = road.alone()
    failed = road.together(open_teacher=teacher(tmp_path / "together.log", refuses=True))
    assert failed.report["rejected"]["teacher"] > 0
    again = road.together(again=True)
    assert again.requests > 0
    assert again.files == undisturbed.files


def test_a_file_that_ended_its_processes_is_told_and_tried_again_by_the_next_run(road, monkeypatch):
    undisturbed = road.alone()
    with monkeypatch.context() as patch:
        deaths = {"unit": DEATHS, "001.txt": DEATHS}
        patch.setattr(Journal, "begin", lambda journal, what: deaths.get(what.split()[0], 0))
        ended = road.together()
    assert ended.report["try_again"] == ["001.txt"]
    assert ended.report["files_used"] == 6
    again = road.together(again=True)
    assert again.files == undisturbed.files
    assert again.report == undisturbed.report


def test_from_the_start_means_that_everything_is_asked_anew(road):
    first = road.together()
    again = road.together(again=True, fresh=True)
    assert again.files == first.files
    assert len(again.asked) == 2 * len(first.asked)


class Gone(Noting):
    def ask(self, messages, schema, sampling):
        raise TeacherUnavailable("nobody answers")


def test_only_answers_take_the_place_of_those_that_were_set_aside_before(road, tmp_path):
    def kept():
        return {path.name: path.read_bytes() for path in (workspace.synthetic / "cache.old").iterdir()}

    workspace = road.together().workspace
    set_all_aside(workspace)
    paid = kept()
    with pytest.raises(TeacherUnavailable):  # it leaves journals without an answer
        road.together(again=True, open_teacher=partial(Gone, tmp_path / "log"))
    for _ in range(2):
        set_all_aside(workspace)
        assert kept() == paid
    road.together(again=True, ceiling=Ceiling(calls=9))
    set_all_aside(workspace)
    assert sum(text.count(b'"key"') for text in kept().values()) == 9
