"""A folder of text files, whatever wrote them."""

import codecs
import hashlib
import unicodedata

import pytest

from phi4.errors import SeedError, WorkspaceError
from phi4.seeds import read_seeds
from phi4.seeds.read import read_seed

TEXT = "와파린은 혈액 응고를 늦추는 항응고제입니다."


def put(folder, name, raw=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(TEXT.encode() if raw is None else raw)
    return path


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("cp949"),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        unicodedata.normalize("NFD", TEXT).encode(),
        f"\r\n{TEXT}\r\n\r\n".encode(),
    ],
    ids=["utf-8", "cp949", "utf-8 with BOM", "utf-16-le", "utf-16-be", "NFD", "blank lines around"],
)
def test_a_korean_text_is_read_whatever_wrote_it(tmp_path, raw):
    seed = read_seed(put(tmp_path, "a.txt", raw), "a.txt")
    assert seed.text == TEXT
    assert seed.sha256 == hashlib.sha256(raw).hexdigest()


def test_line_ends_of_windows_and_old_macs_become_one(tmp_path):
    seed = read_seed(put(tmp_path, "a.txt", "하나입니다.\r\n둘입니다.\r셋입니다.".encode()), "a.txt")
    assert seed.text == "하나입니다.\n둘입니다.\n셋입니다."


BAD = [
    ("empty", b"", "it is empty"),
    ("blank", b" \n\t\r\n", "it is empty"),
    ("only a BOM", codecs.BOM_UTF8, "it is empty"),
    ("binary", b"GIF89a\x00\x01\x02" + TEXT.encode(), "it is a binary file"),
    ("no encoding", b"\xff\xff\xff\x80\x81", "it is neither UTF-8"),
    ("half of UTF-16", codecs.BOM_UTF16_LE + b"\x00\xd8\x41", "it is neither UTF-8"),
    ("UTF-32", TEXT.encode("utf-32"), "it is neither UTF-8"),
    ("English", b"Warfarin is an anticoagulant. It slows clotting.", "it is not Korean: 0%"),
    ("numbers", b"1, 2, 3", "it is not Korean: 0%"),
    ("Japanese", "ワルファリンは抗凝固薬です。".encode(), "it is not Korean: 0%"),
    ("5 MB", TEXT.encode() + b" " * (5 << 20), r"it has 5\.0 MB, more than 4 MB: split it"),
]


@pytest.mark.parametrize(("raw", "reason"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(tmp_path, raw, reason):
    with pytest.raises(SeedError, match=f"^{reason}"):
        read_seed(put(tmp_path, "a.txt", raw), "a.txt")


def test_latin_names_do_not_make_a_text_foreign(tmp_path):
    text = "와파린(warfarin)은 쿠마딘(coumadin)이라고도 합니다."
    assert read_seed(put(tmp_path, "a.txt", text.encode()), "a.txt").text == text


def test_a_dangling_link_is_refused(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(SeedError, match="a link to a file that does not exist"):
        read_seed(tmp_path / "a.txt", "a.txt")


def test_a_decomposed_file_name_is_kept_composed(tmp_path):
    put(tmp_path, unicodedata.normalize("NFD", "의약품/와파린.txt"))
    assert [seed.file for seed in read_seeds(tmp_path).seeds] == ["의약품/와파린.txt"]


def test_the_good_files_are_read_and_every_bad_one_named(tmp_path):
    put(tmp_path, "good.txt")
    for name, raw, _ in BAD:
        put(tmp_path, f"{name}.txt", raw)
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone")
    folder = read_seeds(tmp_path)
    assert [seed.file for seed in folder.seeds] == ["good.txt"]
    assert {name for name, _ in folder.refused} == {f"{name}.txt" for name, _, _ in BAD} | {"dangling.txt"}
    assert all(reason.startswith("it ") for _, reason in folder.refused)


def test_only_text_files_are_seeds(tmp_path):
    put(tmp_path, "a.TXT")
    put(tmp_path, "notes.md")
    put(tmp_path, "a.txt.bak")
    (tmp_path / "folder.txt").mkdir()
    assert [seed.file for seed in read_seeds(tmp_path).seeds] == ["a.TXT"]


def test_folders_come_before_files_and_each_by_name(tmp_path):
    for name in ("b.txt", "a.txt", "z/b.txt", "z/a.txt", "z/가/하.txt", "m/c.txt", "나.txt"):
        put(tmp_path, name)
    assert [seed.file for seed in read_seeds(tmp_path).seeds] == [
        "m/c.txt",
        "z/가/하.txt",
        "z/a.txt",
        "z/b.txt",
        "a.txt",
        "b.txt",
        "나.txt",
    ]


def test_the_limit_takes_the_first_files(tmp_path):
    for name in ("c.txt", "a.txt", "b.txt"):
        put(tmp_path, name)
    assert [seed.file for seed in read_seeds(tmp_path, limit=2).seeds] == ["a.txt", "b.txt"]
    assert len(read_seeds(tmp_path, limit=9).seeds) == 3
    assert len(read_seeds(tmp_path, limit=0).seeds) == 3


def test_an_empty_folder_says_what_belongs_there(tmp_path):
    with pytest.raises(WorkspaceError, match="no seed file") as caught:
        read_seeds(tmp_path)
    assert "Korean text files" in caught.value.hint


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(WorkspaceError, match="there is no folder") as caught:
        read_seeds(tmp_path / "seeds")
    assert caught.value.hint == "type: phi4 init"


def test_a_folder_of_bad_files_alone_names_the_first_reasons(tmp_path):
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        put(tmp_path, name, b"")
    with pytest.raises(
        WorkspaceError, match=r"none of the 4 seed files can be used \(a\.txt: it is empty; b"
    ) as caught:
        read_seeds(tmp_path)
    assert "d.txt" not in caught.value.message
