"""``phi4 import``: what lies in the folder of seeds afterwards."""

import hashlib
import json
import re
import shlex
import shutil
import zipfile

import pytest

from phi4.cli import main
from phi4.documents import import_documents
from phi4.errors import UsageError, WorkspaceError
from phi4.origins import read_origin
from phi4.paths import CHECKOUT, Workspace

TEXT = "손을 씻으면 감염이 줄어들기 때문에 병원에서는 반드시 손을 씻어야 합니다. 비누로 30초 이상 씻는 것이 좋습니다. "
OTHER = (
    "와파린은 비타민 K의 작용을 막아 피가 굳는 것을 늦추는 약이므로 출혈을 조심해야 합니다. 목표 INR은 2.0~3.0입니다. "
)
LAW = "이 법은 약의 제조와 관리에 필요한 일을 정하여 국민의 건강을 지키는 것을 목적으로 한다. " * 4


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "ws" / "data" / "seeds").mkdir(parents=True)
    return Workspace(tmp_path / "ws")


@pytest.fixture
def docs(tmp_path, files):
    folder = tmp_path / "docs"
    folder.mkdir()
    shutil.copy(files / "small.pdf", folder / "지침.pdf")
    (folder / "글.txt").write_text(TEXT * 3, encoding="utf-8")
    (folder / "빈.txt").write_text("", encoding="utf-8")
    return folder


def run(docs, workspace, treatment="report", into=""):
    return import_documents([str(docs)], workspace, into, treatment, lambda seed: "A")


def snapshot(workspace):
    """Every file of the seeds but the page, with its bytes and its time."""
    files = [path for path in workspace.seeds.rglob("*.*") if path.is_file() and path.name != "import.html"]
    return {path.relative_to(workspace.root): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_every_document_becomes_seeds_or_a_reason(docs, workspace, capsys):
    report = run(docs, workspace, into="data/seeds/병원")
    assert report["left_out"] == {"빈.txt": "it is empty"}
    assert (report["documents"], report["imported"], report["seeds"]) == (3, 2, 2)
    folder = workspace.seeds / "병원"
    assert {path.name for path in (folder / "지침.pdf").iterdir()} == {"001.txt", "001.meta.json", "preview.html"}
    origin = read_origin(folder / "지침.pdf" / "001.txt")
    assert origin.pages == (1, 2)
    assert origin.seed == hashlib.sha256((folder / "지침.pdf" / "001.txt").read_bytes()).hexdigest()
    out = capsys.readouterr().out
    assert "[2/3] 빈.txt … ⚠️ left out: it is empty" in out
    assert "2 of 3 documents → 2 seeds in data/seeds/병원" in out
    assert not list((workspace.root / "data").glob(".import-*"))


def test_the_seeds_stage_reads_the_seeds_and_nothing_beside_them(docs, workspace):
    from phi4.seeds import read_seeds

    run(docs, workspace)
    assert [seed.file for seed in read_seeds(workspace.seeds).seeds] == [
        "imported/글.txt/001.txt",
        "imported/지침.pdf/001.txt",
    ]


def test_importing_again_changes_nothing(docs, workspace):
    run(docs, workspace)
    before = snapshot(workspace)
    assert run(docs, workspace)["unchanged"] == 2
    assert snapshot(workspace) == before


def test_a_changed_document_replaces_its_seeds_and_only_those(docs, workspace):
    run(docs, workspace)
    before = snapshot(workspace)
    (docs / "글.txt").write_text(OTHER * 60, encoding="utf-8")
    run(docs, workspace)
    after = snapshot(workspace)
    changed = {path.as_posix() for path in before if after.get(path) != before[path]}
    assert changed == {
        f"data/seeds/imported/{name}"
        for name in ("import.json", "글.txt/001.txt", "글.txt/001.meta.json", "글.txt/preview.html")
    }
    assert len(list((workspace.seeds / "imported" / "글.txt").glob("*.txt"))) > 1
    (docs / "글.txt").write_text(OTHER * 3, encoding="utf-8")
    run(docs, workspace)
    assert {path.name for path in (workspace.seeds / "imported" / "글.txt").iterdir()} == {
        "001.txt",
        "001.meta.json",
        "preview.html",
    }


def test_a_seed_that_a_person_has_edited_is_set_aside(docs, workspace):
    run(docs, workspace)
    seed = workspace.seeds / "imported" / "글.txt" / "001.txt"
    seed.write_text("고친 글입니다.", encoding="utf-8")
    run(docs, workspace)
    assert seed.read_text(encoding="utf-8") == "고친 글입니다."
    (docs / "글.txt").write_text(OTHER * 4, encoding="utf-8")
    run(docs, workspace)
    assert (seed.parent / "001.txt.old").read_text(encoding="utf-8") == "고친 글입니다."


def test_a_document_that_broke_keeps_the_seeds_of_its_last_version(docs, workspace):
    run(docs, workspace)
    (docs / "지침.pdf").write_bytes(b"%PDF-1.7 broken")
    run(docs, workspace)
    entry = next(
        one
        for one in json.loads((workspace.seeds / "imported" / "import.json").read_text(encoding="utf-8"))["documents"]
        if one["name"] == "지침.pdf"
    )
    assert "the seeds of its last version stay" in entry["reason"]
    assert (workspace.seeds / "imported" / "지침.pdf" / "001.txt").is_file()


def test_the_same_text_in_another_format_is_a_duplicate(docs, workspace, files):
    shutil.copy(files / "small.docx", docs / "지침.docx")
    assert run(docs, workspace)["left_out"]["지침.pdf"] == "it says the same as '지침.docx'"


def test_two_documents_of_one_name_do_not_overwrite_each_other(docs, workspace, tmp_path):
    run(docs, workspace)
    (tmp_path / "더").mkdir()
    (tmp_path / "더" / "글.txt").write_text(OTHER * 3, encoding="utf-8")
    run(tmp_path / "더", workspace)
    assert (workspace.seeds / "imported" / "글 (2).txt" / "001.txt").is_file()
    assert "비누" in (workspace.seeds / "imported" / "글.txt" / "001.txt").read_text(encoding="utf-8")


def test_a_mark_in_a_path_takes_no_seeds_away(tmp_path, workspace):
    for folder, text in (("중요!자료", TEXT), ("b", OTHER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "글.txt").write_text(text * 3, encoding="utf-8")
        run(tmp_path / folder / "글.txt", workspace)
    assert "비누" in (workspace.seeds / "imported" / "글.txt" / "001.txt").read_text(encoding="utf-8")
    assert "와파린" in (workspace.seeds / "imported" / "글 (2).txt" / "001.txt").read_text(encoding="utf-8")


def test_no_name_of_a_document_ends_the_import_of_the_others(docs, workspace):
    (docs / "import.html").write_text(f"<html><p>{OTHER * 3}", encoding="utf-8")
    with zipfile.ZipFile(docs / "묶음.zip", "w") as archive:
        archive.writestr("가" * 100 + ".txt", LAW)
        archive.writestr(".", "점")
    report = run(docs, workspace)
    assert report["left_out"] == {
        "빈.txt": "it is empty",
        "묶음.zip/_": "its name '.' is none",
    }
    [seed] = (workspace.seeds / "imported" / "묶음.zip").glob("가*/001.txt")
    assert seed.read_text(encoding="utf-8").startswith("이 법은")
    assert (workspace.seeds / "imported" / "import.html").is_file()
    before = snapshot(workspace)
    assert run(docs, workspace)["unchanged"] == report["imported"]
    assert snapshot(workspace) == before


def test_what_goes_wrong_with_one_document_is_told_and_the_others_go_on(docs, workspace, monkeypatch):
    from phi4.documents import importing

    def convert(path, *rest):
        if path.name == "글.txt":
            raise ZeroDivisionError("a mistake of ours")
        return real(path, *rest)

    real = importing.convert
    monkeypatch.setattr(importing, "convert", convert)
    report = run(docs, workspace)
    assert report["imported"] == 1
    assert report["left_out"]["글.txt"] == "importing it failed: ZeroDivisionError: a mistake of ours"


def test_another_treatment_of_personal_data_reads_documents_anew(docs, workspace):
    (docs / "글.txt").write_text(f"환자 홍길동님의 전화는 010-1234-5678입니다. {TEXT * 3}", encoding="utf-8")
    assert run(docs, workspace)["personal"] == {"성명": 1, "전화번호": 1}
    run(docs, workspace, "mask")
    written = "".join(
        path.read_text(encoding="utf-8")
        for path in workspace.seeds.rglob("*.*")
        if path.is_file() and path.suffix in (".txt", ".html", ".json")
    )
    assert "5678" not in written
    assert "홍길동" not in written


def test_what_is_masked_stands_in_no_file_of_the_import(docs, workspace):
    (docs / "상담.md").write_text(
        f"# 환자 홍길동님 010-1234-5678 상담 기록\n\n{TEXT * 3}\n\n"
        "| 성명 | 홍길동 |\n|---|---|\n| 담당 | 김영희 간호사 |\n\n"
        f"## 홍길동의 경과\n\n{OTHER * 3}\n\n홍길동은 5월에 다시 왔다.\n",
        encoding="utf-8",
    )
    run(docs, workspace, "mask")
    written = {
        path.relative_to(workspace.seeds / "imported").as_posix(): path.read_text(encoding="utf-8")
        for path in workspace.seeds.rglob("*.*")
        if path.suffix in (".txt", ".html", ".json") and path.is_file()
    }
    assert {name for name, text in written.items() for datum in ("5678", "홍길동", "김영희") if datum in text} == set()
    assert "[성명]" in written["상담.md/preview.html"]
    assert read_origin(workspace.seeds / "imported" / "상담.md" / "001.txt").headings == (
        "환자 [성명]님 [전화번호] 상담 기록",
    )


def test_nothing_to_import_is_a_failure_with_its_reason(tmp_path, workspace):
    (tmp_path / "없음").mkdir()
    with pytest.raises(WorkspaceError, match="no document to import"):
        run(tmp_path / "없음", workspace)
    (tmp_path / "없음" / "a.txt").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="none of the 1 documents"):
        run(tmp_path / "없음", workspace)


@pytest.mark.parametrize("into", ["data", "../x", "/tmp", "data/seeds"])
def test_seeds_go_only_below_the_seeds_of_the_workspace(docs, workspace, into):
    with pytest.raises(UsageError, match="is not a folder below"):
        run(docs, workspace, into=into)


def test_a_missing_package_says_what_to_type(docs, workspace, monkeypatch):
    monkeypatch.setattr("phi4.documents.importing._PACKAGES", ("phi4", "no_such_package"))
    with pytest.raises(UsageError, match="no_such_package") as caught:
        run(docs, workspace)
    assert "phi4[documents]" in caught.value.hint


@pytest.mark.parametrize("document", ["README.md", "README.ko.md"])
def test_the_documents_of_the_readme_become_seeds_as_it_says(document, tmp_path, monkeypatch, capsys):
    """What needs no model: the rest of its commands are read by tests/test_manual.py."""
    monkeypatch.chdir(CHECKOUT)
    text = (CHECKOUT / document).read_text(encoding="utf-8")
    lines = re.findall(r"^phi4 ((?:init|import|inspect --seeds)\b.*-bot.*)$", text, re.MULTILINE)
    assert any(line.startswith("import") for line in lines)
    for line in lines:
        words = shlex.split(line, comments=True)
        assert main([str(tmp_path / word) if word.endswith("-bot") else word for word in words]) == 0, line
    out = capsys.readouterr().out
    printed = re.findall(r"^(?:\[\d/\d\] .* seeds .*|📊 \d of .*)$", text, re.MULTILINE)
    assert set(printed) <= set(out.splitlines())
    folder = tmp_path / "hospital-bot" / "data" / "seeds" / "imported"
    seeds = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("0*.txt")}
    assert sorted(seeds) == ["외래진료안내.hwpx/001.txt", "휴가규정.pdf/001.txt", "휴가규정.pdf/002.txt"]
    assert "혈액 검사를 받기 전에는 8시간 동안 금식해야 합니다." in seeds["외래진료안내.hwpx/001.txt"]
    assert "병가가 4일 이상이면" in seeds["휴가규정.pdf/002.txt"]
    assert read_origin(folder / "휴가규정.pdf" / "002.txt").pages == (1, 2)
    assert all(500 <= len(text) <= 2000 for text in seeds.values())


def test_the_same_documents_in_every_format_are_twins(workspace, files, capsys):
    report = run(files, workspace)
    assert report["left_out"]["small.hwpx"] == "it says the same as 'small.docx'"


def test_the_command_works_as_it_is_typed(docs, workspace, monkeypatch, capsys):
    monkeypatch.setenv("PHI4_HOME", str(workspace.root))
    assert main(["import", str(docs), "--into", "data/seeds/hospital", "--pii", "mask", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["imported"] == 2
