"""``phi4 import``: a folder of documents becomes a folder of seeds, and a report of every file."""

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from phi4.documents.conversion import Conversion, Grader, convert
from phi4.documents.gather import Found, gather
from phi4.documents.ledger import SAME, Entry, likeness, read_ledger, write_ledger
from phi4.documents.pages import import_page, preview_page
from phi4.documents.personal import Treatment
from phi4.documents.placing import PAGE, PREVIEW, folder_name
from phi4.errors import DocumentError, PHi4Error, UsageError, WorkspaceError
from phi4.origins import origin_file
from phi4.paths import Workspace, atomic_write, exclusive, set_aside, sha256_of
from phi4.progress import Progress

DEFAULT_FOLDER = "data/seeds/imported"
_PACKAGES = (
    "hwp2md",
    "ko_pii",
    "lxml",
    "mammoth",
    "markdown_it",
    "olefile",
    "openpyxl",
    "pdfplumber",
    "pptx",
    "pypdfium2",
)


def import_documents(
    paths: Sequence[str], workspace: Workspace, into: str, treatment: Treatment, grade: Grader
) -> dict[str, Any]:
    """Import every document below ``paths``; returns what ``import.json`` and ``import.html`` tell.

    ``into`` is a folder below the workspace's seeds. A document that was imported before and has not
    changed stays as it is; one that has changed replaces its own seeds. Raises ``UsageError`` for a path
    that is not there and ``WorkspaceError`` when no document at all could be used.
    """
    _need_packages()
    folder = _target(workspace, into)
    with (
        exclusive(folder, "phi4 import"),
        tempfile.TemporaryDirectory(dir=workspace.root / "data", prefix=".import-") as scratch,
    ):
        run = _Run(folder, treatment, grade)
        found = _listed(gather(paths, Path(scratch)), run)
        write_ledger(folder, run.entries)
        with atomic_write(folder / PAGE) as file:
            file.write(import_page(run.entries))
    _tell(run.told, workspace.show(folder))
    if not any(entry.state == "imported" for entry in run.told):
        raise WorkspaceError(
            f"none of the {found} documents could be imported" if found else "there is no document to import",
            f"see why in {workspace.show(folder / PAGE)}" if found else "name files or folders of documents",
        )
    return _report(run.told, workspace.show(folder))


def _need_packages() -> None:
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"phi4 import needs packages that are not installed: {', '.join(missing)}",
            "type: pip install 'phi4[documents]'    (in a checkout: pip install -e '.[documents]')",
        )


def _target(workspace: Workspace, into: str) -> Path:
    folder = (workspace.root / (into or DEFAULT_FOLDER)).resolve()
    if workspace.seeds.resolve() not in folder.parents:
        raise UsageError(
            f"--into='{into}' is not a folder below '{workspace.seeds}'", f"for example: --into {DEFAULT_FOLDER}"
        )
    return folder


def _listed(documents: Iterable[Found], run: _Run) -> int:
    count = 0
    with Progress("documents", 0) as bar:
        for found in documents:
            count += 1
            bar.total = count
            run.take(found)
            bar.step(note=found.name[:40])
    return count


class _Run:
    """One import: the entries so far, those of other documents kept."""

    def __init__(self, folder: Path, treatment: Treatment, grade: Grader) -> None:
        self._folder, self._treatment, self._grade = folder, treatment, grade
        self._known = read_ledger(folder)
        self.told: list[Entry] = []  # the documents of this run

    @property
    def entries(self) -> list[Entry]:
        """All documents of the folder, by name."""
        return [self._known[name] for name in sorted(self._known)]

    def take(self, found: Found) -> None:
        """Import one document, or say why not; its entry is written at once, so a killed run loses none."""
        name = folder_name(found.name, found.source, found.member, self._known)
        before = self._known.get(name)
        try:
            entry = self._entry(found, name, before)
        except PHi4Error as error:
            entry = self._refused(found, name, before, error)
        except Exception as error:  # whatever is wrong with one document, the others go on
            told = DocumentError(f"importing it failed: {type(error).__name__}: {str(error)[:120]}", "save it anew")
            entry = self._refused(found, name, before, told)
        self._known[name] = entry
        self.told.append(entry)
        if entry.changed:
            write_ledger(self._folder, self.entries)

    def _entry(self, found: Found, name: str, before: Entry | None) -> Entry:
        if found.kind is None or found.reason:
            raise DocumentError(found.reason, found.hint)
        sha256 = sha256_of(found.path)
        if (
            before is not None
            and before.state == "imported"
            and (before.sha256, before.treatment) == (sha256, self._treatment)
            and all((self._folder / name / seed).is_file() for seed in before.seeds)
        ):
            moved = (before.source, before.member) != (found.source, found.member)
            return replace(before, source=found.source, member=found.member, changed=moved)
        made = convert(found.path, found.kind, name, self._treatment, self._grade)
        if twin := self._twin(name, made.sketch):
            raise DocumentError(f"it says the same as '{twin}'")
        _write_seeds(self._folder / name, made, before, name)
        letters = sorted(one.letter for one in made.seeds)
        return Entry(
            name, found.source, sha256, found.kind, "imported",
            seeds={f"{number:03}.txt": _digest(one.text) for number, one in enumerate(made.seeds, start=1)},
            characters=made.characters, grades={letter: letters.count(letter) for letter in dict.fromkeys(letters)},
            left=made.left, personal=made.personal, treatment=self._treatment, sketch=made.sketch, member=found.member,
        )  # fmt: skip

    def _refused(self, found: Found, name: str, before: Entry | None, error: PHi4Error) -> Entry:
        if before is not None and before.state == "imported":  # seeds of its last readable version stay
            return replace(before, reason=f"{error.message}; the seeds of its last version stay", hint=error.hint)
        entry = Entry(
            name, found.source, format=found.kind or "", reason=error.message, hint=error.hint, member=found.member
        )
        return replace(entry, changed=before is None or replace(before, changed=True) != entry)

    def _twin(self, name: str, sketch: Sequence[int]) -> str:
        others = (one for one in self._known.values() if one.state == "imported" and one.name != name)
        return next((one.name for one in others if likeness(one.sketch, sketch) >= SAME), "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write_seeds(folder: Path, made: Conversion, before: Entry | None, name: str) -> None:
    """Replace the seeds of a document; one that a person has edited is set aside as ``….txt.old``."""
    for seed, digest in (before.seeds if before else {}).items():
        path = folder / seed
        with suppress(OSError):
            if path.is_file() and _digest(path.read_text(encoding="utf-8").removesuffix("\n")) != digest:
                set_aside(path)
    for number, one in enumerate(made.seeds, start=1):
        path = folder / f"{number:03}.txt"
        text = one.text + "\n"
        origin = one.origin.model_copy(update={"seed": hashlib.sha256(text.encode()).hexdigest()})
        with atomic_write(origin_file(path)) as file:
            file.write(origin.model_dump_json(indent=1) + "\n")
        with atomic_write(path) as file:
            file.write(text)
    for seed in before.seeds if before else ():
        if int(seed[:-4]) > len(made.seeds):
            for path in (folder / seed, origin_file(folder / seed)):
                path.unlink(missing_ok=True)
    with atomic_write(folder / PREVIEW) as file:
        file.write(preview_page(name, made))


def _tell(entries: Sequence[Entry], folder: str) -> None:
    """The report for a terminal: a line a document, then the sum."""
    for number, entry in enumerate(entries, start=1):
        told = f"✅ {len(entry.seeds)} seeds ({_counted(entry.grades)})" if entry.seeds else "⚠️ left out"
        again = ", unchanged" if entry.seeds and not entry.changed else ""
        print(f"[{number}/{len(entries)}] {entry.name} … {told}{again}{f': {entry.reason}' if entry.reason else ''}")
        if entry.hint:
            print(f"      → {entry.hint}")
        if entry.changed and entry.left:
            print(f"      without: {_counted(dict(entry.left[:6]))}")
    imported = [entry for entry in entries if entry.state == "imported"]
    seeds = sum(len(entry.seeds) for entry in imported)
    print(f"📊 {len(imported)} of {len(entries)} documents → {seeds} seeds in {folder}")
    if personal := _sums(entry.personal for entry in imported):
        hidden = all(entry.treatment == "mask" for entry in imported if entry.personal)
        print(f"🔒 personal data {'masked' if hidden else 'found'}: {_counted(personal)}")
        if not hidden:
            print("      → look at them in the preview pages; to hide them: phi4 import … --pii mask")
    print(f"💾 Report: {folder}/{PAGE}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _sums(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for kind, count in one.items():
            total[kind] = total.get(kind, 0) + count
    return total


def _report(entries: Sequence[Entry], folder: str) -> dict[str, Any]:
    imported = [entry for entry in entries if entry.state == "imported"]
    return {
        "folder": folder,
        "documents": len(entries),
        "imported": len(imported),
        "unchanged": sum(not entry.changed for entry in imported),
        "seeds": sum(len(entry.seeds) for entry in imported),
        "left_out": {entry.name: entry.reason for entry in entries if entry.state != "imported"},
        "grades": _sums(entry.grades for entry in imported),
        "personal": _sums(entry.personal for entry in imported),
    }
