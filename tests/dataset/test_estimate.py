"""A dry run says what would be asked, and asks nothing."""

import pytest

from phi4.dataset import Bounds, estimate_run
from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.generator import Generator
from phi4.dataset.meter import Prices
from phi4.dataset.plan import plan
from phi4.paths import Workspace
from phi4.records import Document
from phi4.teachers import Sampling, ScriptedTeacher
from tests.samples import WARFARIN, passage_named, told_json

SAMPLING = Sampling(temperature=0.0, max_tokens=400, seed=0)
DOCUMENTS = [Document(file=WARFARIN.file, passages=(WARFARIN,))]


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def nothing_asked(*_):
    raise AssertionError("a dry run asks nothing")


def test_a_first_estimate_rests_on_the_length_of_the_prompts(workspace, capsys):
    found = estimate_run(workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(), Prices(1.0, 10.0))
    assert found["left"] == found["requests"] == len(WARFARIN.sentences)
    assert found["prompt_tokens"] > 500 * found["left"]
    assert found["seconds"] is None
    assert found["cost"] > 0
    assert "left" in capsys.readouterr().out


def test_answers_so_far_are_free_and_tell_the_pace(workspace):
    cache = AnswerCache(workspace.synthetic / "cache.sqlite")
    Generator(Asker(ScriptedTeacher([told_json(1)]), cache), SAMPLING).draft(plan([WARFARIN])[0])
    cache.close()
    found = estimate_run(workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(), Prices())
    assert found["answered"] == 1
    assert found["left"] == found["requests"] - 1
    assert found["seconds"] is not None
    fresh = estimate_run(workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(), Prices(), fresh=True)
    assert (fresh["answered"], fresh["left"]) == (0, found["requests"])  # they will be set aside
    assert fresh["completion_tokens"] > found["completion_tokens"]


def test_what_it_takes_to_judge_the_drafts_is_counted(workspace, capsys):
    alone = estimate_run(workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(), Prices(1.0, 10.0))
    judged = estimate_run(
        workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(), Prices(1.0, 10.0), 3
    )
    assert (alone["judged_by"], judged["judged_by"]) == (0, 5 * alone["left"])
    assert judged["prompt_tokens"] == pytest.approx(6 * alone["prompt_tokens"], abs=6)
    assert judged["cost"] > 3 * alone["cost"]
    assert "to judge what they bring" in capsys.readouterr().out


def test_with_votes_a_refusal_takes_an_answer_as_well(workspace):
    judged = [
        estimate_run(
            workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(), Prices(), votes, refusals
        )["judged_by"]
        for votes, refusals in ((0, 0.5), (3, 0.0), (3, 0.5))
    ]
    rows = len(WARFARIN.sentences) * (1 + Bounds().wordings)
    assert judged == [0, judged[1], judged[1] + rows]


@pytest.mark.parametrize(
    ("bounds", "left"),
    [
        (Bounds(rows=3), 3),
        (Bounds(rows=3, wordings=5), 1),
        (Bounds(rows=3, per_seed=2), 2),
        (Bounds(rows=600), len(WARFARIN.sentences)),
    ],
)
def test_no_more_is_counted_than_a_run_asks_first(workspace, bounds, left):
    found = estimate_run(workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, bounds, Prices())
    assert found["left"] == left


def test_rows_are_shared_out_over_the_files_as_a_run_does(workspace):
    three = [Document(file=f"{n}.txt", passages=(passage_named(f"{n}.txt"),)) for n in range(3)]
    found = estimate_run(workspace, three, ScriptedTeacher(nothing_asked), SAMPLING, Bounds(rows=7), Prices())
    assert found["left"] == 7


def test_revisions_are_told_as_the_most_that_they_may_be(workspace, capsys):
    bounds = Bounds(revisions=2)
    found = estimate_run(workspace, DOCUMENTS, ScriptedTeacher(nothing_asked), SAMPLING, bounds, Prices(1.0, 10.0))
    assert found["revisions_at_most"] == 2 * found["left"]
    assert found["cost_at_most"] == pytest.approx(3 * found["cost"], rel=0.01)
    assert "at most" in capsys.readouterr().out
