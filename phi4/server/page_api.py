"""The chat page: the files of ``page/``, as they are. Public, since the page itself asks for a key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response

from phi4.server.failures import NotFound
from phi4.server.guard import GuardedRoute, public

FOLDER = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Known = Annotated[str, Header(alias="if-none-match", max_length=2000)]


@dataclass(frozen=True)
class PageFile:
    """One file; ``tag`` is its ETag."""

    content: bytes
    kind: str
    tag: str


@cache
def page_files() -> dict[str, PageFile]:
    """Everything that is served, by name, read once; nothing else in the folder can be asked for."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in KINDS:
            content = path.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
            found[path.name] = PageFile(content, KINDS[path.suffix], tag)
    return found


@router.get("/")
@public
async def page(known: Known = "") -> Response:
    """The page."""
    return _answer("index.html", known)


@router.get("/page/{name}")
@public
async def part(name: str, known: Known = "") -> Response:
    """A part of it."""
    return _answer(name, known)


def _answer(name: str, known: str) -> Response:
    """Asked for each time, sent only when it has changed: a new version is never mixed with an old one."""
    file = page_files().get(name)
    if file is None:
        raise NotFound("the page has no part of this name")
    headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
    if file.tag in known:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.kind, headers=headers)
