"""Parsers made from the table and the settings; nothing is declared a second time here."""

from __future__ import annotations

import argparse

from phi4 import __version__
from phi4.cli.table import COMMANDS, Command


def top_parser() -> argparse.ArgumentParser:
    """``phi4 --help``: the commands, without importing a setting or a stage."""
    parser = argparse.ArgumentParser(
        prog="phi4",
        description="A folder of Korean documents becomes a reasoning chatbot that has been examined on them.",
        epilog="Settings of a command: phi4 COMMAND --help",
    )
    parser.add_argument("--version", action="version", version=f"phi4 {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help, add_help=False)
    return parser


def command_parser(name: str, command: Command) -> argparse.ArgumentParser:
    """The parser of one command: its own words, then its settings as ``--options``."""
    from phi4.settings import GROUPS, PREFIX, Settings

    parser = argparse.ArgumentParser(
        allow_abbrev=False,
        prog=f"phi4 {name}",
        description=command.help,
        epilog=f"Each setting is also read from the environment ({PREFIX}…) and from .env.",
    )
    for argument in command.arguments:
        if argument.action:
            parser.add_argument(argument.name, help=argument.help, action=argument.action)
        else:
            parser.add_argument(
                argument.name,
                help=argument.help,
                nargs=argument.nargs,
                choices=argument.choices,
                default=argument.default,
            )
    names = [name for group in command.settings for name in GROUPS.get(group, (group,))]
    for setting in dict.fromkeys(names):
        field = Settings.model_fields[setting]
        default = "" if field.default in ("", 0) or "key" in setting else f" [{field.default}]"
        parser.add_argument(
            f"--{setting.replace('_', '-')}",
            help=f"{field.description}{default}".replace("%", "%%"),
            metavar=setting.rsplit("_", 1)[-1].upper(),
        )
    parser.add_argument("--json", action="store_true", help="print the result as JSON, everything else on stderr")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser
