"""A shard is whole and of this run's making, or it is not there."""

from dataclasses import replace

import pytest

from phi4.records import Document, Example, Preference, Rejected, Told
from phi4.scale.shard import OPEN, Shard, identity_of, is_whole, read_shard, shard_file, write_shard
from tests.samples import WARFARIN, draft_about

ROW = Example(question="왜?", reasoning_steps=("가",), answer="나")
GOOD, BAD = Told(reasoning_steps=("가",), answer="나"), Told(reasoning_steps=("다",), answer="라")
SHARD = Shard(
    document=[Document(file="a.txt", passages=(WARFARIN,)), Document(file="b.txt", refused="it is empty")],
    row=[ROW],
    rejected=[Rejected(reason="schema", detail="x", draft=draft_about(1))],
    preference=[Preference(question="왜?", chosen=GOOD, rejected=BAD)],
    works={"a.txt": ('[{"1": 1}, {}, {}]', ["schema"])},
    counts={"drafts": 2, "mended": 0},
)


def test_it_is_read_as_it_was_written(tmp_path):
    path = shard_file(tmp_path, 7)
    write_shard(path, "made of this", SHARD)
    assert read_shard(path) == SHARD
    assert is_whole(path, "made of this")
    assert not is_whole(path, "made of that")


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_one_that_was_cut_is_not_whole(tmp_path, kept):
    path = shard_file(tmp_path, 0)
    write_shard(path, "x", SHARD)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * kept)])
    assert not is_whole(path, "x")


def test_one_that_is_not_there_is_not_whole(tmp_path):
    assert not is_whole(shard_file(tmp_path, 0), "x")


def test_one_that_could_be_more_is_made_again(tmp_path):
    path = shard_file(tmp_path, 0)
    write_shard(path, OPEN, SHARD)
    assert read_shard(path) == SHARD
    assert not is_whole(path, OPEN)
    assert not is_whole(path, "made of this")


def test_one_of_many_documents_is_whole(tmp_path):
    path = shard_file(tmp_path, 0)
    many = {f"{number}.txt": ('[{"1": 1}, {"1": ["왜 그렇습니까?"]}, {}]' * 20, ["schema"]) for number in range(2000)}
    write_shard(path, "made of this", replace(SHARD, works=many))
    assert path.stat().st_size > 1 << 20
    assert is_whole(path, "made of this")


def test_its_identity_follows_from_all_its_parts():
    assert identity_of(["a", 1]) == identity_of(["a", 1])
    assert len({identity_of(parts) for parts in (["a", 1], ["a", 2], ["a1"], ["\udcff"])}) == 4
