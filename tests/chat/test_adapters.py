"""Finding and refusing adapters."""

import json

import pytest

from phi4.chat import find_adapter, read_adapter
from phi4.chat_format import FORMAT_HASH
from phi4.errors import AdapterError
from phi4.paths import Workspace


def make_adapter(folder, base="base-a", configured=None, weights="adapter_model.safetensors", chat_format=FORMAT_HASH):
    folder.mkdir(parents=True)
    config = {"base_model_name_or_path": base if configured is None else configured}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "phi4.json").write_text(json.dumps({"base_model": base, "chat_format": chat_format}), encoding="utf-8")
    if weights:
        (folder / weights).write_bytes(b"")
    return folder


@pytest.fixture
def places(tmp_path):
    return tmp_path / "web", Workspace(tmp_path / "work")


def test_the_asked_name_comes_first_then_the_manuals_two_places(places):
    web, workspace = places
    trained = make_adapter(workspace.models / "phi-4-3b-reasoning")
    assert find_adapter("", workspace, web) == trained
    served = make_adapter(web / "phi-4-reasoning")
    assert find_adapter("", workspace, web) == served
    mine = make_adapter(web / "mine")
    assert find_adapter("mine", workspace, web) == mine
    assert find_adapter(str(trained), workspace, web) == trained


def test_nothing_found_lists_the_three_places(places):
    web, workspace = places
    with pytest.raises(AdapterError) as caught:
        find_adapter("mine", workspace, web)
    for place in (web / "mine", web / "phi-4-reasoning", workspace.models / "phi-4-3b-reasoning"):
        assert str(place) in caught.value.message


def test_without_a_workspace_the_other_places_are_looked_at(places):
    web, _ = places
    with pytest.raises(AdapterError) as caught:
        find_adapter(str(web / "mine"), None, web)
    assert str(web / "phi-4-reasoning") in caught.value.message
    mine = make_adapter(web / "mine")
    assert find_adapter(str(mine), None, web) == mine


def test_an_asked_name_that_is_missing_is_replaced_aloud(places, capsys):
    web, workspace = places
    served = make_adapter(web / "phi-4-reasoning")
    assert find_adapter("mine", workspace, web) == served
    assert f"PHI4_ADAPTER_PATH='mine' is not there ({web / 'mine'}); serving {served}" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../secret", "a/../../secret"])
def test_a_name_that_climbs_out_of_the_folder_is_refused(places, name):
    web, workspace = places
    make_adapter(web.parent / "secret")
    with pytest.raises(AdapterError, match="leads out of"):
        find_adapter(name, workspace, web)


def test_a_whole_adapter_is_read(tmp_path):
    adapter = read_adapter(make_adapter(tmp_path / "a"))
    assert (adapter.name, adapter.base_model) == ("a", "base-a")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": ""}, "no weights"),
        ({"weights": "adapter_model.bin"}, "a pickle"),
        ({"configured": "base-b"}, "was trained on 'base-a', not on 'base-b'"),
        ({"chat_format": "old"}, "chat format old"),
    ],
)
def test_an_adapter_that_cannot_be_served_is_refused_with_its_reason(tmp_path, changes, words):
    with pytest.raises(AdapterError, match=words) as caught:
        read_adapter(make_adapter(tmp_path / "a", **changes))
    assert "phi4 train" in caught.value.hint


@pytest.mark.parametrize("name", ["adapter_config.json", "phi4.json"])
def test_a_missing_or_broken_file_is_named(tmp_path, name):
    folder = make_adapter(tmp_path / "a")
    (folder / name).write_text("{", encoding="utf-8")
    with pytest.raises(AdapterError, match="not valid JSON"):
        read_adapter(folder)
    (folder / name).unlink()
    with pytest.raises(AdapterError, match=f"has no {name}"):
        read_adapter(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(AdapterError, match="there is no adapter folder"):
        read_adapter(tmp_path / "none")


def test_another_base_than_the_one_asked_for_is_refused(tmp_path):
    folder = make_adapter(tmp_path / "a")
    assert read_adapter(folder, "base-a").base_model == "base-a"
    with pytest.raises(AdapterError, match="not on 'base-c'"):
        read_adapter(folder, "base-c")


def test_the_scores_of_its_exam_are_read_from_its_facts(tmp_path):
    folder = make_adapter(tmp_path / "a")
    assert read_adapter(folder).exam == {}
    facts = json.loads((folder / "phi4.json").read_text(encoding="utf-8"))
    scores = {"closed_book.right": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 100}}
    (folder / "phi4.json").write_text(json.dumps(facts | {"evaluation": {"scores": scores}}), encoding="utf-8")
    assert read_adapter(folder).exam["scores"] == scores
