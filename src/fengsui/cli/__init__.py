"""`fengsui COMMAND`: what can be asked for at a command line.

The table names one module a command; it is imported only when it is called, so that a command which needs neither
kernel nor Django starts at once. A module's docstring is the command's help; `add_arguments` and `run` are its two
functions. Results go to stdout, progress and errors to stderr; 0 done, 1 refused, 2 misused.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from importlib import import_module

from fengsui.cli.output import tell_refusal
from fengsui_engine.refusal import Refusal

# command: (module, one line of help)
COMMANDS = {
    "roads": ("fengsui.cli.roads", "build a road file from an extract, or look into one"),
    "nearest": ("fengsui.cli.nearest", "who can be there soonest by road"),
    "journal": ("fengsui.cli.journal", "prove the record whole, or show its heads"),
    "bench": ("fengsui.cli.bench", "measure a job beside its peers"),
    "demo": ("fengsui.cli.demo", "open a running city"),
}
# A place west of Greenwich begins with a minus: argparse would take it for an option.
_NEGATIVE = re.compile(r"^-\d+$|^-\d*\.\d+$|^-\d+(\.\d*)?(,-?\d+(\.\d*)?)+$")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(words[0] if words else "")
    args = parser.parse_args(words)
    if args.run is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        code: int = args.run(args)
    except Refusal as refusal:
        tell_refusal(refusal, as_json=getattr(args, "json", False))
        return 1
    except (KeyboardInterrupt, BrokenPipeError):
        return 1
    return code


def _parser(wanted: str) -> argparse.ArgumentParser:
    """The parser, with the arguments of the wanted command only: the other modules are not imported."""
    parser = argparse.ArgumentParser(prog="fengsui", description=__doc__.split("\n", 1)[0])
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (module, line) in COMMANDS.items():
        command = commands.add_parser(name, help=line)
        if name == wanted:
            _fill(command, module)
    return parser


def _fill(command: argparse.ArgumentParser, module: str) -> None:
    found = import_module(module)
    command.description = found.__doc__
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command._negative_number_matcher = _NEGATIVE
    found.add_arguments(command)
    command.set_defaults(run=found.run)
