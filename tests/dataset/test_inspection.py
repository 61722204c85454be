"""``phi4 inspect``: the facts of a dataset, readable in a terminal."""

import hashlib

import pytest

from phi4.dataset import inspect_dataset
from phi4.errors import RecordError, WorkspaceError
from phi4.jsonl import write_jsonl
from phi4.origins import Origin, Part, origin_file
from phi4.records import Example, Rejected, Source
from tests.samples import draft_about, make_workspace


def row(question, answer, *, steps=("하나입니다.",), file="", sentences=(), kind=""):
    source = Source(file=file, sha256="0", sentences=sentences) if file else None
    return Example(question=question, reasoning_steps=steps, answer=answer, source=source, kind=kind)


@pytest.fixture
def workspace(tmp_path):
    made = make_workspace(tmp_path)
    rows = [
        row("왜?", "1234", steps=("가나", "다라마"), file="b.txt", sentences=(1, 2), kind="cause"),
        row("왜요?", "12", file="b.txt", sentences=(2, 3), kind="cause"),
        row("왜 그래요?", "123", file="a.txt", sentences=(4,), kind="fact"),
        row("왜일까요?", "12345"),
    ]
    write_jsonl(made.train_file, rows)
    write_jsonl(
        made.rejected_file, [Rejected(reason=r, detail="", draft=draft_about(4)) for r in ("leak", "unit", "unit")]
    )
    return made


def test_the_facts_are_counted(workspace):
    facts = inspect_dataset(workspace)
    assert facts["file"] == "data/synthetic/train.jsonl"
    assert facts["rows"] == 4
    assert facts["rejected"] == {"unit": 2, "leak": 1}
    assert facts["kinds"] == {"cause": 2, "fact": 1, "-": 1}
    assert facts["lengths"]["answer"] == {"min": 2, "median": 3.5, "max": 5}
    assert facts["lengths"]["question"] == {"min": 2, "median": 4.0, "max": 6}
    assert facts["lengths"]["steps"] == {"min": 1, "median": 1, "max": 2}
    assert facts["lengths"]["reasoning"] == {"min": 5, "median": 6, "max": 6}
    assert facts["coverage"] == {
        "-": {"rows": 1, "sentences": 0},
        "a.txt": {"rows": 1, "sentences": 1},
        "b.txt": {"rows": 2, "sentences": 3},
    }


def test_a_person_reads_counts_tables_and_rows(workspace, capsys):
    inspect_dataset(workspace, rows=4)
    shown = capsys.readouterr().out
    assert "data/synthetic/train.jsonl  4 rows, 3 rejected" in shown
    for title in ("kinds", "rejected", "coverage", "characters (steps: count)"):
        assert title in shown
    for line in ("Q 왜?", "  1. 가나", "  2. 다라마", "A 1234   (b.txt [1, 2])", "A 12345"):
        assert line in shown.splitlines()


def test_the_seed_chooses_the_rows(workspace, capsys):
    def shown(seed):
        inspect_dataset(workspace, seed=seed, rows=1)
        return capsys.readouterr().out

    assert shown(3) == shown(3)
    assert len({shown(seed) for seed in range(20)}) > 1


def test_a_file_with_the_manuals_three_keys_alone_is_inspected(tmp_path):
    workspace = make_workspace(tmp_path)
    write_jsonl(workspace.train_file, [row("왜?", "12")])
    facts = inspect_dataset(workspace)
    assert facts["rejected"] == {}
    assert facts["coverage"] == {"-": {"rows": 1, "sentences": 0}}


def test_an_empty_file_of_rejected_drafts_is_no_error(workspace):
    workspace.rejected_file.write_text("", encoding="utf-8")
    assert inspect_dataset(workspace)["rejected"] == {}


@pytest.mark.parametrize("odd", ["[/] 무엇입니까?", "[bold]무엇[/red]", "[link=x]", "{0} 👩‍⚕️ \u2028", "무엇\n입니까?"])
def test_a_row_is_shown_as_it_is_whatever_it_holds(tmp_path, capsys, odd):
    workspace = make_workspace(tmp_path)
    write_jsonl(workspace.train_file, [row(odd, odd, steps=(odd,), file=f"{odd}.txt", sentences=(1,), kind=odd)])
    inspect_dataset(workspace)
    assert f"Q {odd}" in capsys.readouterr().out


def test_a_missing_dataset_says_what_to_type(tmp_path):
    with pytest.raises(WorkspaceError, match="there is no file") as caught:
        inspect_dataset(make_workspace(tmp_path))
    assert caught.value.hint == "type: phi4 generate"


def test_a_broken_line_is_named(workspace):
    with workspace.train_file.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(RecordError, match="line 5: question"):
        inspect_dataset(workspace)


def test_a_row_of_an_imported_document_points_to_its_page(workspace, capsys):
    file = workspace.seeds / "b.txt"
    file.write_text("첫 문장입니다.\n", encoding="utf-8")
    digest, parts = hashlib.sha256(file.read_bytes()).hexdigest(), (Part(first=1, page=7, headings=("휴가",)),)
    origin = Origin(document="규정.pdf", sha256="0", format="pdf", parts=parts, seed=digest)
    origin_file(file).write_text(origin.model_dump_json(), encoding="utf-8")
    made = row("왜?", "1234", file="b.txt", sentences=(1,))
    source = Source(file="b.txt", sha256=digest, sentences=(1,), spans=((0, 8),))
    write_jsonl(workspace.train_file, [made.model_copy(update={"source": source})])
    inspect_dataset(workspace)
    assert "A 1234   (규정.pdf 7쪽 › 휴가 · b.txt [1])" in capsys.readouterr().out.splitlines()
