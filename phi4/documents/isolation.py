"""Each document is read in a process of its own, so that a crash or a hang costs only that document.

The child may take ``MEMORY`` bytes and must say something every ``SILENCE`` seconds (a page, a block).
It is forked from a server that has imported the readers once, which takes milliseconds; blocks come
back as JSON, so nothing that a hostile document does to a reader is unpickled here.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

from phi4.documents.blocks import Block
from phi4.documents.detect import Format
from phi4.errors import DocumentError

MEMORY = 1 << 30  # bytes of address space, beside what the process begins with
SILENCE = 10.0  # seconds without a page or a block
LONGEST = 600.0  # seconds for one document, however much it says
MAX_TEXT = 32 << 20  # characters of one document
_READERS = (
    "hwp2md.convert", "lxml.html", "mammoth", "markdown_it", "olefile", "openpyxl", "pdfplumber", "pptx", "pypdfium2",
)  # fmt: skip


def read_isolated(path: Path, kind: Format, silence: float = SILENCE, memory: int = MEMORY) -> Iterator[Block]:
    """The blocks of a document, as its child sends them. Raises ``DocumentError``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["phi4.documents.isolation", "phi4.documents.read", *_READERS])
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(sender, str(path), kind, memory), daemon=True)
    child.start()
    sender.close()
    try:
        yield from _blocks(receiver, silence)
    finally:
        receiver.close()
        child.kill()
        child.join()
        child.close()


def _blocks(receiver: Connection, silence: float) -> Iterator[Block]:
    end = time.monotonic() + LONGEST
    size = 0
    while True:
        if not receiver.poll(min(silence, max(0.0, end - time.monotonic()))):
            raise DocumentError(
                f"reading it took too long (over {silence:.0f} s without a word)", "split it, or save it as PDF"
            )
        try:
            message = receiver.recv_bytes()
        except EOFError as error:
            raise DocumentError("its reader crashed: the file is broken") from error
        told = json.loads(message)
        if told is None:
            return
        if "refused" in told:
            raise DocumentError(told["refused"], told["hint"])
        size += len(message)
        if size > MAX_TEXT:
            raise DocumentError(f"it holds more than {MAX_TEXT >> 20} MB of text", "split it")
        told["rows"] = tuple(tuple(row) for row in told["rows"])
        yield Block(**told)


def _child(sender: Connection, path: str, kind: Format, memory: int) -> None:
    """Read the document and send its blocks, then ``null``; or why it cannot be read."""
    _limit(memory)
    from phi4.documents.read import read_document

    def send(told: object) -> None:
        sender.send_bytes(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))

    with suppress(BrokenPipeError):  # nobody listens any more
        try:
            for block in read_document(Path(path), kind):
                send(asdict(block))
            send(None)
        except DocumentError as error:
            send({"refused": error.message, "hint": error.hint})
        except MemoryError:
            send({"refused": f"reading it needs more than {memory >> 20} MB of memory", "hint": "split it"})
        except RecursionError:
            send({"refused": "it is nested too deeply", "hint": "save it anew in the program that made it"})
        except Exception as error:  # readers fail in every way on broken files
            send({"refused": f"its reader failed: {type(error).__name__}: {str(error)[:120]}", "hint": "save it anew"})


def _limit(memory: int) -> None:
    """Bound memory and computing time, and silence what readers print; Windows has no such limits."""
    import logging
    import os
    import warnings

    logging.disable()
    warnings.simplefilter("ignore")
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    if sys.platform != "win32":
        import resource

        most = address_space() + memory  # the server may be somebody else's, with much loaded already
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (int(LONGEST), int(LONGEST) + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def address_space() -> int:
    """Bytes that this process has mapped now; 0 where the system does not tell (and does not limit it either)."""
    import resource

    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
