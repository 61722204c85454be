"""A stage is done again when anything that its result follows from changed, and only then."""

import os
import tracemalloc

import pytest

from phi4.paths import Workspace
from phi4.pipeline import inputs
from phi4.seeds import read_seeds
from phi4.settings import load_settings


@pytest.fixture
def workspace(tmp_path):
    place = Workspace(tmp_path)
    for name in ("a", "b"):
        write(place.seeds / f"{name}.txt", f"{name}는 약입니다.")
    return place


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def told(workspace, **stated):
    settings = load_settings({"home": str(workspace.root), **stated})
    return inputs.dataset_inputs(settings, workspace, read_seeds(workspace.seeds, settings.limit))


def test_the_same_is_the_same(workspace):
    assert told(workspace) == told(workspace)


@pytest.mark.parametrize("stated", [{"teacher": "embedded"}, {"votes": 1}, {"limit": 1}, {"exam_share": 0.2}])
def test_a_setting_of_the_dataset_counts(workspace, stated):
    assert told(workspace, **stated) != told(workspace)


def test_a_setting_of_the_training_does_not(workspace):
    assert told(workspace, learning_rate="1e-3") == told(workspace)


@pytest.mark.parametrize("file", ["seeds/b.txt", "seeds/c/d.txt", "exam/e.jsonl", "review.jsonl"])
def test_a_file_counts_by_its_content(workspace, file):
    before = told(workspace)
    write(workspace.root / "data" / file, "새 글입니다.")
    changed = told(workspace)
    write(workspace.root / "data" / file, "또 새 글입니다.")
    assert len({before, changed, told(workspace)}) == 3


def test_a_file_that_is_too_big_for_a_seed_is_not_held_in_memory(workspace):
    before = told(workspace)
    with (workspace.seeds / "dump.txt").open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    try:
        after = told(workspace)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after != before
    assert peak < 16 << 20


def test_a_renamed_and_a_missing_seed_count(workspace):
    before = told(workspace)
    renamed = (workspace.seeds / "b.txt").rename(workspace.seeds / "c.txt")
    after = told(workspace)
    renamed.unlink()
    assert len({before, after, told(workspace)}) == 3


def test_a_seed_that_moved_to_another_folder_counts(workspace):
    before = told(workspace)
    (workspace.seeds / "drugs").mkdir()
    (workspace.seeds / "b.txt").rename(workspace.seeds / "drugs" / "b.txt")
    assert told(workspace) != before


def test_a_workspace_that_moved_as_a_whole_does_not(workspace, tmp_path):
    before = told(workspace)
    moved = Workspace(tmp_path.with_name(f"{tmp_path.name}-moved"))
    workspace.root.rename(moved.root)
    assert told(moved) == before


@pytest.mark.parametrize("known", ["embedded:{}", "embedded:{},embedded:{}"])
def test_a_teacher_that_is_a_file_counts_by_its_size_and_time_and_is_not_read(workspace, tmp_path, known):
    file = tmp_path / "my.gguf"
    name = known.replace("{}", str(file))
    found = [told(workspace, teacher=name)]
    for content, time in ((b"one", 1), (b"two", 2), (b"twoo", 2)):
        file.write_bytes(content)
        os.utime(file, (time, time))
        found.append(told(workspace, teacher=name))
    assert len(set(found)) == 4
    file.chmod(0)  # not to be read
    assert told(workspace, teacher=name) == found[-1]


def test_a_judge_that_is_a_file_counts_for_the_exam(workspace, tmp_path):
    file = tmp_path / "my.gguf"
    settings = load_settings({"home": str(workspace.root), "judge": f"embedded:{file}"})
    before = inputs.inputs_of(settings, ("exam",), "", workspace.root, [])
    file.write_bytes(b"one")
    assert inputs.inputs_of(settings, ("exam",), "", workspace.root, []) != before


def test_questions_kept_apart_count(workspace, tmp_path):
    file = tmp_path / "other.jsonl"
    before = told(workspace, against=str(file))
    write(file, '{"question": "무엇입니까?"}')
    assert told(workspace, against=str(file)) != before


def test_another_program_makes_other_rows(workspace, monkeypatch):
    before = told(workspace)
    monkeypatch.setattr(inputs, "program", lambda: "a newer one")
    assert told(workspace) != before


def test_seeds_that_lie_elsewhere_may_change_unseen(workspace):
    assert told(workspace, seeds_url="s3://bucket/seeds") == ""
