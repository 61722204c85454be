"""What a file is, by its content; its name only tells kinds of text apart."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from phi4.errors import DocumentError

Format = Literal[
    "hwp", "hwpx", "pdf", "docx", "pptx", "xlsx", "csv", "html", "markdown", "epub", "text", "zip"
]  # fmt: skip

_HEAD = 4096
_MIMETYPE = 256  # bytes that the name of a package's kind may have
_MIMETYPES: dict[bytes, Format] = {b"application/hwp+zip": "hwpx", b"application/epub+zip": "epub"}
_MEMBERS: dict[str, Format] = {
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsx",
    "Contents/section0.xml": "hwpx",
    "META-INF/container.xml": "epub",
}
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html",
}  # fmt: skip
_OLD_OFFICE = {
    "WordDocument": ("Word", "DOCX"),
    "Workbook": ("Excel", "XLSX"),
    "PowerPoint Document": ("PowerPoint", "PPTX"),
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # a text may begin with PK too (약동학)
# Of BMP the reserved zeros count too: a text may begin with BM (BMI).
_IMAGE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP", re.DOTALL)
_HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
OCR = "make its text readable first, for example: ocrmypdf -l kor IN.pdf OUT.pdf (it needs tesseract with Korean)"


def detect(path: Path, name: str) -> Format:
    """The format of a file. Raises ``DocumentError`` for one that is not read, with what to do."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise DocumentError(f"it cannot be read: {error.strerror}") from error
    if not head.strip():
        raise DocumentError("it is empty")
    if head.startswith(_ZIP):
        return _zipped(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path)
    if b"%PDF-" in head[:1024]:  # other bytes may stand before it
        return "pdf"
    _refuse_known(head)
    if b"<HWPML" in head:
        return "hwp"
    if _HTML.match(head):
        return "html"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        raise DocumentError("it is an XML file of an unknown program", "save it as DOCX, HTML or PDF")
    return _SUFFIXES.get(Path(name).suffix.lower(), "text")


def _refuse_known(head: bytes) -> None:
    if head.startswith(b"HWP Document File V"):
        raise DocumentError("it is HWP 3 or older, which is not read", "open it in 한글 and save it as HWPX")
    if head.startswith(b"\x9b\x20") or b"DRMONE" in head[:64]:
        raise DocumentError("it is locked by DRM", "save an unlocked copy in the program that may open it")
    if _IMAGE.match(head):
        raise DocumentError("it is an image: it needs OCR", OCR)
    if head.lstrip().startswith(b"{\\rtf"):
        raise DocumentError("it is RTF, which is not read", "save it as DOCX")


def _zipped(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            mimetype = _mimetype(package) if "mimetype" in names else b""
    except Exception as error:  # broken archives fail in many ways, and none is of interest
        raise DocumentError(f"it is a broken archive: {error}") from error
    if mimetype in _MIMETYPES:
        return _MIMETYPES[mimetype]
    if b"opendocument" in mimetype:
        raise DocumentError("it is an OpenDocument file, which is not read", "save it as DOCX, XLSX, PPTX or PDF")
    return next((kind for member, kind in _MEMBERS.items() if member in names), "zip")


def _mimetype(package: zipfile.ZipFile) -> bytes:
    """What a package says it is. EPUB and HWPX demand that it is not compressed, so nothing is unpacked here: the
    archive has not been looked over yet, and a compressed member may be larger than it states."""
    member = package.getinfo("mimetype")
    if member.compress_type != zipfile.ZIP_STORED:
        return b""
    with package.open(member) as file:
        return file.read(_MIMETYPE).strip()


def _compound(path: Path) -> Format:
    """HWP 5, or an old or encrypted Office file: all are OLE compound files."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as compound:
            streams = {entry[0] for entry in compound.listdir()}
    except Exception as error:  # as for archives
        raise DocumentError(f"it is a broken compound file: {error}") from error
    if "FileHeader" in streams:
        return "hwp"
    if "EncryptedPackage" in streams:
        raise DocumentError("it is encrypted", "save a copy without a password")
    for stream, (program, modern) in _OLD_OFFICE.items():
        if stream in streams:
            raise DocumentError(f"it is an old {program} file, which is not read", f"save it as {modern}")
    raise DocumentError("it is a compound file of an unknown program")
