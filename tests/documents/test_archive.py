"""Archives are looked over before anything in them is unpacked."""

import stat
import tracemalloc
import unicodedata
import zipfile

import pytest

from phi4.documents.archive import check_archive, check_package, member_name, unpack
from phi4.errors import DocumentError


def pack(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, raw in members:
            package.writestr(name, raw)
    return path


def understate(path, size, stated):
    """The archive with another unpacked size in all its headers."""
    old, new = size.to_bytes(4, "little"), stated.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(old, new))
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    with pytest.raises(DocumentError, match="looks like a zip bomb"):
        check_archive(pack(tmp_path / "a.zip", ("a.txt", bytes(64 << 20))))


def test_a_member_that_understates_its_size_fills_no_memory(tmp_path):
    path = understate(pack(tmp_path / "a.zip", ("a.txt", bytes(64 << 20))), 64 << 20, 20)
    tracemalloc.start()
    try:
        [(_, _, reason)] = unpack(path, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert reason.startswith("it is broken in the archive")


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_can_only_be_unpacked_at_once_is_refused(tmp_path, way):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", way) as package:
        package.writestr("a.txt", "x")
    with pytest.raises(DocumentError, match="packed in a way"):
        check_archive(tmp_path / "a.zip")


def test_too_much_or_too_many_is_refused(tmp_path, monkeypatch):
    path = pack(tmp_path / "a.zip", *((f"{n}.txt", "x" * 9) for n in range(5)))
    monkeypatch.setattr("phi4.documents.archive.MAX_MEMBERS", 4)
    with pytest.raises(DocumentError, match="holds 5 files"):
        check_archive(path)
    monkeypatch.setattr("phi4.documents.archive.MAX_MEMBERS", 9)
    monkeypatch.setattr("phi4.documents.archive.MAX_UNPACKED", 40)
    with pytest.raises(DocumentError, match="would unpack to"):
        check_archive(path)


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "text", ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "<!doctype a><a/>"]
)
def test_xml_that_declares_entities_is_refused(tmp_path, text, code):
    path = pack(tmp_path / "a.docx", ("word/document.xml", text.encode(code)))
    with pytest.raises(DocumentError, match="XXE"):
        check_package(path)
    check_package(path, dtd_allowed=True)


def test_a_declaration_is_found_where_two_pieces_meet(tmp_path, monkeypatch):
    monkeypatch.setattr("phi4.documents.archive._PIECE", 16)
    path = pack(tmp_path / "a.docx", ("word/document.xml", " " * 11 + "<!DOCTYPE a><a/>"))
    with pytest.raises(DocumentError, match="XXE"):
        check_package(path)


def test_no_name_leads_out_of_the_folder(tmp_path):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = pack(
        tmp_path / "a.zip",
        ("../../evil.txt", "x"),
        ("/etc/x.txt", "x"),
        ("C:\\x.txt", "x"),
        (link, "/etc/passwd"),
        (".", "x"),
        ("ok/a.txt", "가"),
    )
    target = tmp_path / "out"
    target.mkdir()
    told = list(unpack(path, target))
    assert [(name, reason) for name, file, reason in told if file is None] == [
        ("../../evil.txt", "its name leads out of the archive"),
        ("/etc/x.txt", "its name leads out of the archive"),
        ("C:/x.txt", "its name leads out of the archive"),
        ("link.txt", "it is a link, which is not followed"),
        ("_", "its name '.' is none"),
    ]
    [(name, file, _)] = [one for one in told if one[1]]
    assert (name, file.parent, file.read_text(encoding="utf-8")) == ("ok/a.txt", target, "가")
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "out"}


def test_names_of_korean_windows_and_of_macos_are_read(tmp_path):
    path = pack(tmp_path / "a.zip", ("XXXX.txt", "x"), ("\u1112\u1161\u11ab.txt", "x"), ("__MACOSX/._a", "x"))
    path.write_bytes(path.read_bytes().replace(b"XXXX", "한글".encode("cp949")))
    assert [name for name, _, _ in unpack(path, tmp_path)] == ["한글.txt", "한.txt"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("약품 안내".encode(), "약품 안내"),
        (unicodedata.normalize("NFD", "약품 안내").encode(), "약품 안내"),
        ("책".encode("cp949"), "책"),  # in UTF-8 these bytes are å
        ("똠방각하".encode("cp949"), "똠방각하"),
        (b"caf\x82", "café"),
    ],
)
def test_a_name_without_the_mark_of_its_code_is_read_in_the_one_that_makes_korean(tmp_path, raw, name):
    path = pack(tmp_path / "a.zip", ("X" * len(raw), "x"))
    path.write_bytes(path.read_bytes().replace(b"X" * len(raw), raw))
    assert [told for told, _, _ in unpack(path, tmp_path)] == [name]


def test_a_name_that_a_field_of_its_own_gave_stays():
    member = zipfile.ZipInfo("약품 안내.hwp")
    member.flag_bits = 0
    assert member_name(member) == "약품 안내.hwp"


def test_an_encrypted_archive_says_so(tmp_path):
    path = pack(tmp_path / "a.zip", ("a.txt", "x"))
    raw = path.read_bytes()
    at = raw.index(b"PK\x01\x02") + 8
    path.write_bytes(raw[:at] + b"\x01" + raw[at + 1 :])
    with pytest.raises(DocumentError, match="encrypted"):
        check_archive(path)
