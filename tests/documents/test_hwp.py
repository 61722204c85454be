"""HWP 5 and HWPX files that other programs wrote."""

import zipfile

import pytest

from phi4.documents.read import read_document
from phi4.errors import DocumentError
from tests.documents.conftest import PARAGRAPH


@pytest.mark.parametrize("file", ["small.hwp", "small.hwpx"])
def test_paragraphs_and_tables_are_read_in_order(blocks, files, file):
    found = blocks(files / file)
    assert [block.text for block in found if block.kind == "paragraph"][:2] == ["손 위생 지침", PARAGRAPH]
    [table] = [block for block in found if block.kind == "table"]
    assert table.rows == (("소독제", "농도", "시간"), ("알코올", "70%", "30초"), ("요오드", "10%", "2분"))
    assert found[-1].text.startswith("제1조(목적) 이 지침은 患者의")


def test_a_broken_file_is_refused(tmp_path, files):
    path = tmp_path / "a.hwpx"
    with zipfile.ZipFile(files / "small.hwpx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<broken" if "section0" in name else old.read(name))
    with pytest.raises(DocumentError, match="broken 한글 file"):
        list(read_document(path, "hwpx"))


def test_an_entity_in_hwpx_is_refused(tmp_path, files):
    path = tmp_path / "a.hwpx"
    with zipfile.ZipFile(files / "small.hwpx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(
                name, b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + raw if "section0" in name else raw
            )
    with pytest.raises(DocumentError, match="XXE"):
        list(read_document(path, "hwpx"))


def test_an_encrypted_hwp_says_so(tmp_path, files):
    import olefile

    path = tmp_path / "a.hwp"
    path.write_bytes((files / "small.hwp").read_bytes())
    with olefile.OleFileIO(str(path), write_mode=True) as compound:
        header = bytearray(compound.openstream("FileHeader").read())
        header[36] |= 2  # the bit of a password
        compound.write_stream("FileHeader", bytes(header))
    with pytest.raises(DocumentError, match="it is encrypted"):
        list(read_document(path, "hwp"))
