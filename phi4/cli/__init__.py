"""The command line: parse, read the settings, call one function, print one line on failure.

Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from phi4.cli.parser import command_parser, top_parser
from phi4.cli.table import COMMANDS
from phi4.errors import PHi4Error

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``phi4`` with these words; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        return _top(words)
    command = COMMANDS[words[0]]
    debug = "--debug" in words
    try:
        arguments = vars(command_parser(words[0], command).parse_args(_dashed(words[1:])))
        code = _run(words[0], arguments)
        sys.stdout.flush()  # here, where a reader that left can be handled
        return code
    except SystemExit as end:  # argparse, after printing its own line
        return int(end.code or 0)
    except KeyboardInterrupt:
        print(f"\nphi4: interrupted{command.interrupted and '; '}{command.interrupted}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left
        return 1
    except PHi4Error as error:
        if debug:
            raise
        _explain(error)
        return error.exit_code
    except Exception as error:
        if debug:
            raise
        print(
            f"phi4: unexpected {type(error).__name__}: {error}\n  a defect: run again with --debug and report it",
            file=sys.stderr,
        )
        return 1


def _top(words: list[str]) -> int:
    """``phi4``, ``phi4 --help``, ``phi4 --version``, or a word that is no command."""
    try:
        top_parser().parse_args(words)
    except SystemExit as end:
        return int(end.code or 0)
    top_parser().print_help()
    return 2


def _run(name: str, arguments: dict[str, Any]) -> int:
    from phi4.settings import load_settings

    as_json = arguments.pop("json")
    arguments.pop("debug")
    own = {argument.name.lstrip("-").replace("-", "_") for argument in COMMANDS[name].arguments}
    extra = {key: arguments.pop(key) for key in own}
    settings = load_settings({key: value for key, value in arguments.items() if value is not None})
    function = COMMANDS[name].load()
    if not as_json:
        function(settings, **extra)
        return 0
    with contextlib.redirect_stdout(sys.stderr):  # stdout is the machine's
        result = function(settings, **extra)
    print(json.dumps(result, ensure_ascii=False, indent=1, default=str))
    return 0


def _explain(error: PHi4Error) -> None:
    print(f"phi4: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)


def _dashed(words: list[str]) -> list[str]:
    """Settings may be written as the manual writes them: ``--lora_alpha 32`` is ``--lora-alpha 32``."""
    out = []
    for word in words:
        name, equals, value = word.partition("=")
        out.append(name.replace("_", "-") + equals + value if name.startswith("--") else word)
    return out
