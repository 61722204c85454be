"""Near duplicates: all that an exact comparison finds, none that it does not, in little memory."""

import json
import random
from itertools import combinations

import pytest

from phi4.dataset.decontamination import NEAR, ask_apart, content_of
from phi4.errors import RecordError, WorkspaceError
from phi4.jsonl import write_jsonl
from phi4.paths import Workspace
from phi4.records import Example, Source
from phi4.scale import near, near_questions, near_rows

ASKED = [
    ("a", "와파린을 복용하는 성인의 목표 INR은 보통 얼마입니까?"),
    ("b", "와파린을 복용하는 성인은 보통 목표 INR이 얼마인가요?"),
    ("b", "와파린을 복용하는 성인의 보통 목표 INR은 얼마인가?"),
    ("c", "와파린의 시작 용량은 하루 5 mg입니까?"),
    ("d", "와파린의 시작 용량은 하루 10 mg입니까?"),
    ("e", "지진이 났을 때 어디로 대피합니까?"),
    ("f", "화재가 났을 때 어디로 대피합니까?"),
    ("g", "지진이 났을 때 대피하는 곳은 어디인가요?"),
]


def found(asked, **more):
    return {(pair.one, pair.other) for pair in near_questions(asked, **more)}


def test_questions_in_other_words_are_found_and_those_about_other_things_are_not():
    assert found(ASKED) == {(0, 1), (0, 2), (5, 7)}


WORDS = (
    "약", "병원", "환자", "용량", "혈액", "간", "신장", "심장", "출혈", "두통", "발열", "기침", "임신", "수술",
)  # fmt: skip


def made_up(count):
    """Questions of a few words each, many of them near others."""
    chance = random.Random(0)
    return [
        (str(number), " ".join(chance.sample(WORDS, chance.randint(3, 8))) + "에 대해 알려 주세요.")
        for number in range(count)
    ]


def test_nothing_is_found_but_what_an_exact_comparison_finds_and_hardly_anything_is_missed():
    hold_to_an_exact_comparison(made_up(300))


def test_questions_that_meet_in_a_crowd_and_in_a_smaller_bucket_are_compared_there(monkeypatch):
    """All share the first band, as a manner of speaking makes them; only the other bands bring most of the pairs."""
    bands = near._bands
    monkeypatch.setattr(near, "_bands", lambda sets: [bands(sets)[0] * 0, *bands(sets)[1:]])
    hold_to_an_exact_comparison(made_up(300))
    monkeypatch.setattr(near, "PART", 64)
    hold_to_an_exact_comparison(made_up(300))


def hold_to_an_exact_comparison(asked):
    sets = [content_of(question) for _, question in asked]
    exact = {
        (one, other)
        for one, other in combinations(range(len(asked)), 2)
        if len(sets[one] & sets[other]) >= NEAR * len(sets[one] | sets[other])
        and not ask_apart(asked[one][1], asked[other][1])
    }
    pairs = [(pair.one, pair.other) for pair in near_questions(asked)]
    assert len(exact) > 20
    assert len(pairs) == len(set(pairs))
    assert set(pairs) <= exact
    assert len(pairs) >= 0.98 * len(exact)


def test_a_long_band_is_sorted_in_parts_and_many_proposals_are_compared_some_at_a_time(monkeypatch, tmp_path):
    asked = made_up(200)
    whole = found(asked)
    monkeypatch.setattr(near, "PART", 16)
    monkeypatch.setattr(near, "BLOCK", 7)
    monkeypatch.setattr(near, "TOGETHER", 5)
    assert found(asked, folder=tmp_path) == whole
    assert list(tmp_path.iterdir()) == []


def test_words_whose_hashes_begin_alike_make_no_pair(monkeypatch):
    """Compared together are the upper 40 bits of the hashes; what they let through is looked at word by word."""
    import numpy as np

    numbers: dict[str, int] = {}  # small ones: their upper bits are all zero
    monkeypatch.setattr(
        near, "_hashed", lambda words: np.array(sorted(numbers.setdefault(w, len(numbers)) for w in words), np.uint64)
    )
    monkeypatch.setattr(near, "ask_apart", lambda one, other: False)
    assert all(pair.likeness >= NEAR for pair in near_questions(made_up(40)))


def test_no_question_and_a_question_without_content_are_no_trouble():
    assert found([]) == set()
    assert found([("a", "?"), ("b", "무엇입니까?")]) == set()


def test_a_disk_that_refuses_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(WorkspaceError, match="cannot write temporary files"):
        found(ASKED, folder=tmp_path / "nowhere")


def test_the_rows_that_ask_the_same_are_shown_with_their_numbers(tmp_path, capsys):
    workspace = Workspace(tmp_path)
    with pytest.raises(WorkspaceError, match="there is no file"):
        near_rows(workspace)
    workspace.synthetic.mkdir(parents=True)
    write_jsonl(workspace.train_file, (row(*asked) for asked in ASKED[:2]))
    told = near_rows(workspace)
    assert told["pairs"] == 1
    assert told["examples"][0]["rows"] == [1, 2]
    said = capsys.readouterr().out
    assert ASKED[1][1] in said
    assert "Saved to: data/synthetic/near.jsonl" in said
    assert [json.loads(line)["rows"] for line in workspace.near_file.read_text("utf-8").splitlines()] == [[1, 2]]


@pytest.mark.parametrize("line", ["{}", "7", "[]", "{", '{"answer": "나"}'])
def test_a_row_that_is_none_is_named_by_its_line(tmp_path, line):
    workspace = Workspace(tmp_path)
    write_jsonl(workspace.train_file, [row(*ASKED[0])])
    with workspace.train_file.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    with pytest.raises(RecordError, match="line 3"):
        near_rows(workspace)


def row(file, question):
    return Example(
        question=question, reasoning_steps=("가",), answer="나", source=Source(file=file, sha256="0", sentences=(1,))
    )


def test_in_a_crowd_each_is_paired_with_the_first_ones_and_all_of_it_is_found(monkeypatch):
    monkeypatch.setattr(near, "CROWD", 3)
    pairs = found([(str(number), ASKED[0][1]) for number in range(10)])
    assert {other for _, other in pairs} == set(range(1, 10))
    assert {one for one, _ in pairs} == {0, 1, 2}
