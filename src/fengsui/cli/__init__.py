"""The command line: `fengsui COMMAND …`.

One module a command, with two functions: `add_arguments(parser)` and `run(args) -> int`; its docstring is the help.
The table below is all that is read before a command is known, so that one that needs neither numba nor Django loads
neither.

Results go to stdout, progress and errors to stderr. 0 done, 1 refused, 2 misused.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from fengsui.cli.arguments import Misused, Parser, with_values_joined
from fengsui.cli.language import in_words, translated
from fengsui.cli.output import tell_misuse, tell_refusal
from fengsui_engine.refusal import Refusal, say


class Command(NamedTuple):
    """What is typed, the module that does it, and what it does in a few words."""

    words: tuple[str, ...]
    module: str
    summary: str


COMMANDS = (
    Command(("demo",), "fengsui.cli.demo", say("open a running city on this machine")),
    Command(("roads", "build"), "fengsui.cli.roads_build", say("make a road file from a map extract")),
    Command(("roads", "info"), "fengsui.cli.roads_info", say("what a road file holds")),
    Command(("roads", "compare"), "fengsui.cli.roads_compare", say("what is otherwise in a new road file")),
    Command(("roads", "replace"), "fengsui.cli.roads_replace", say("serve a new extract without a restart")),
    Command(("nearest",), "fengsui.cli.nearest", say("the units that reach a place first, by road")),
    Command(("route",), "fengsui.cli.route", say("the fastest way from one place to another")),
    Command(("reach",), "fengsui.cli.reach", say("the area reached within minutes, as GeoJSON")),
    Command(("journal",), "fengsui.cli.journal", say("prove the record whole, or show its heads")),
    Command(("bench",), "fengsui.cli.bench", say("measure a job beside its peers")),
)

DONE, REFUSED, MISUSED, INTERRUPTED = 0, 1, 2, 130


class FileTrouble(Refusal):
    """The operating system will not read or write a file."""

    sentence = say("%(file)s: %(detail)s. Check the folder, its permissions and the free space.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what is returned is the exit code."""
    typed = list(sys.argv[1:] if argv is None else argv)
    command = find(typed)
    if command is None:
        return _without_command(typed)
    try:
        return _run(command, typed[len(command.words) :])
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: `fengsui … | head`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123  stays open: Python still flushes it at its end
        return DONE


def find(typed: Sequence[str]) -> Command | None:
    """The command that these words begin with."""
    return next((command for command in COMMANDS if tuple(typed[: len(command.words)]) == command.words), None)


def _run(command: Command, typed: Sequence[str]) -> int:
    module = import_module(command.module)
    parser = Parser(prog=" ".join(("fengsui", *command.words)), description=str(module.__doc__))
    module.add_arguments(parser)
    as_json = "--json" in typed
    try:
        args = parser.parse_args(with_values_joined(typed))
        code: int = module.run(args)
    except Misused as misuse:
        tell_misuse(parser.format_usage(), str(misuse), as_json=as_json)
        return MISUSED
    except Refusal as refusal:
        tell_refusal(refusal, as_json=as_json)
        return REFUSED
    except BrokenPipeError:
        raise
    except OSError as trouble:
        if trouble.filename is None:
            raise
        tell_refusal(FileTrouble(file=str(trouble.filename), detail=str(trouble.strerror)), as_json=as_json)
        return REFUSED
    return code


def _without_command(typed: Sequence[str]) -> int:
    """No command, or an unknown one: show what there is."""
    begun = [command for command in COMMANDS if typed and command.words[0] == typed[0]] or list(COMMANDS)
    lines = [f"  fengsui {' '.join(command.words):<14} {translated(command.summary)}" for command in begun]
    usage = translated(say("Usage: fengsui COMMAND …    (fengsui COMMAND --help says more)"))
    listing = "\n".join([usage, "", *lines])
    if typed and typed[-1] in {"--help", "-h"}:
        print(listing)
        return DONE
    if typed == ["--version"]:
        from importlib.metadata import version

        print(f"fengsui {version('fengsui')}")
        return DONE
    as_json = "--json" in typed
    words = " ".join(word for word in typed[:2] if word != "--json")
    unknown = (
        in_words(say("There is no command “%(words)s”. fengsui --help lists those there are."), words=words)
        if words
        else ""
    )
    tell_misuse(listing, unknown or (usage if as_json else ""), as_json=as_json)
    return MISUSED
