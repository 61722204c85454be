"""What a file is, by its content."""

import tracemalloc
import zipfile

import pytest

from phi4.documents.detect import detect
from phi4.errors import DocumentError


def kind_of(path, raw, name):
    path.write_bytes(raw)
    return detect(path, name)


@pytest.mark.parametrize(
    ("file", "kind"),
    [("small.pdf", "pdf"), ("small.docx", "docx"), ("small.hwp", "hwp"), ("small.hwpx", "hwpx")],
)
def test_a_document_is_known_by_its_content_whatever_its_name(files, file, kind):
    assert detect(files / file, "보고서.txt") == kind


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        ("가나다".encode("cp949"), "a.hwp", "text"),
        ("이름,값\n가,1".encode(), "a.csv", "csv"),
        ("# 제목".encode(), "a.MD", "markdown"),
        ("BMI(체질량지수)는 체중을 키의 제곱으로 나눈 값입니다.".encode(), "a.txt", "text"),
        ("PK(약동학)는 약물이 몸에서 지나는 길입니다.".encode(), "a.txt", "text"),
        (b"<!DOCTYPE html><p>x", "a.txt", "html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<html>", "a", "html"),
    ],
)
def test_kinds_of_text_are_told_apart_by_content_then_by_name(tmp_path, raw, name, kind):
    assert kind_of(tmp_path / "x", raw, name) == kind


@pytest.mark.parametrize(
    ("raw", "reason", "hint"),
    [
        (b"", "it is empty", ""),
        (b" \n", "it is empty", ""),
        (b"HWP Document File V3.00 \x1a", "it is HWP 3", "HWPX"),
        (b"\x9b\x20DRMONE", "it is locked by DRM", "unlocked copy"),
        (b"\x89PNG\r\n\x1a\n", "it is an image: it needs OCR", "ocrmypdf -l kor"),
        (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36", "it is an image", "ocrmypdf -l kor"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "it is an image", "ocrmypdf -l kor"),
        (b"{\\rtf1 x}", "it is RTF", "DOCX"),
        (b"PK\x03\x04broken", "it is a broken archive", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it is a broken compound file", ""),
        (b"<?xml version='1.0'?><office:document/>", "it is an XML file", "DOCX"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(tmp_path, raw, reason, hint):
    with pytest.raises(DocumentError, match=reason) as caught:
        kind_of(tmp_path / "x", raw, "x.pdf")
    assert hint in caught.value.hint


def test_an_opendocument_file_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "x", "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(DocumentError, match="OpenDocument"):
        detect(tmp_path / "x", "x.odt")


def test_nothing_is_unpacked_to_see_what_a_package_is(tmp_path):
    size = 64 << 20
    with zipfile.ZipFile(tmp_path / "x", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", bytes(size))
        package.writestr("word/document.xml", "<a/>")
    raw = (tmp_path / "x").read_bytes()
    tracemalloc.start()
    try:
        assert (
            kind_of(tmp_path / "x", raw.replace(size.to_bytes(4, "little"), (20).to_bytes(4, "little")), "x") == "docx"
        )
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_package_says_what_it_is_in_its_first_member(tmp_path):
    with zipfile.ZipFile(tmp_path / "x", "w") as package:
        package.writestr("mimetype", "application/hwp+zip\n")
    assert detect(tmp_path / "x", "x") == "hwpx"
