"""How words on the command line become arguments."""

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from fengsui.cli.language import in_words, translated
from fengsui_engine.refusal import Refusal, say

LOOKS_NEGATIVE = re.compile(r"-[\d.]")
WEST_TO_EAST, SOUTH_TO_NORTH = 180.0, 90.0


class Misused(Exception):
    """The command cannot be understood as it was typed; the text says why."""


# argparse looks its sentences up under this name; its own way to a catalogue knows only locales by their full names.
argparse._ = translated  # type: ignore[attr-defined]
OF_ARGPARSE = (
    say("usage: "),
    say("positional arguments"),
    say("options"),
    say("show this help message and exit"),
    say("the following arguments are required: %s"),
    say("unrecognized arguments: %s"),
    say("argument %(argument_name)s: %(message)s"),
    say("expected one argument"),
    say("ignored explicit argument %r"),
    say("invalid choice: %(value)r (choose from %(choices)s)"),
)


class Parser(argparse.ArgumentParser):
    """argparse in the language of the shell, whose errors are raised, not printed and exited."""

    def __init__(self, prog: str, description: str) -> None:
        layout = argparse.RawDescriptionHelpFormatter
        told = translated(description.strip())
        super().__init__(prog=prog, description=told, formatter_class=layout, allow_abbrev=False)

    def add_argument(self, *names: Any, **options: Any) -> argparse.Action:
        """As argparse does; `help` is a marked sentence."""
        if "help" in options:
            options["help"] = translated(options["help"])
        return super().add_argument(*names, **options)

    def error(self, message: str) -> NoReturn:
        """Called by argparse with what is wrong."""
        raise Misused(message)


def with_values_joined(typed: Iterable[str]) -> list[str]:
    """`--to -74.0,40.7` as `--to=-74.0,40.7`: argparse would take the longitude for an option."""
    joined: list[str] = []
    for word in typed:
        before = joined[-1] if joined else ""
        if LOOKS_NEGATIVE.match(word) and before.startswith("--") and len(before) > 2 and "=" not in before:
            joined[-1] = f"{before}={word}"
        else:
            joined.append(word)
    return joined


class NotANumber(Refusal):
    """A coordinate that is not a finite number."""

    sentence = say("%(what)s: “%(value)s” is not a number. Write degrees with a point, like 100.45.")


class CoordinatesSwapped(Refusal):
    """A latitude that can only be a longitude."""

    sentence = say(
        "%(what)s: a latitude of %(lat)s is not possible; longitude and latitude look swapped. Write lon,lat."
    )


class NotOnEarth(Refusal):
    """A coordinate outside the world."""

    sentence = say(
        "%(what)s: %(lon)s,%(lat)s is not on the earth."
        " Write longitude (-180 to 180), then latitude (-90 to 90), in degrees."
    )


def place(what: str, lon: str, lat: str) -> tuple[float, float]:
    """A place from two words.

    Raises:
        NotANumber, CoordinatesSwapped, NotOnEarth: it is none.
    """
    x, y = _number(what, lon), _number(what, lat)
    if abs(y) > SOUTH_TO_NORTH and abs(x) <= SOUTH_TO_NORTH and abs(y) <= WEST_TO_EAST:
        raise CoordinatesSwapped(what=what, lon=x, lat=y)
    if abs(x) > WEST_TO_EAST or abs(y) > SOUTH_TO_NORTH:
        raise NotOnEarth(what=what, lon=x, lat=y)
    return x, y


def place_of_pair(what: str, pair: str) -> tuple[float, float]:
    """A place from `LON,LAT`."""
    words: Sequence[str] = pair.split(",")
    if len(words) != 2:
        raise Misused(in_words(say("%(what)s: write LON,LAT, like 100.45,38.93 (not %(word)r)"), what=what, word=pair))
    return place(what, *words)


def _number(what: str, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise NotANumber(what=what, value=word.strip())
    return value


def positive_whole(word: str) -> int:
    """For argparse: a whole number of at least 1."""
    if not word.isascii() or not word.isdigit() or int(word) < 1:
        raise _unlike(say("write a whole number of at least 1 (not %(word)r)"), word)
    return int(word)


def positive_number(word: str) -> float:
    """For argparse: a finite number above 0."""
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise _unlike(say("write a number above 0 (not %(word)r)"), word)
    return value


def whole_number(word: str) -> int:
    """For argparse: a whole number of at least 0."""
    if not word.isascii() or not word.isdigit() or len(word) > 18:
        raise _unlike(say("write a whole number of at least 0 (not %(word)r)"), word)
    return int(word)


def zero_or_more(word: str) -> float:
    """For argparse: a finite number of at least 0."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise _unlike(say("write a number of at least 0 (not %(word)r)"), word)
    return value


def port(word: str) -> int:
    """For argparse: a TCP port, 0 for any that is free."""
    number = whole_number(word)
    if number > 65_535:
        raise _unlike(say("write a port from 0 to 65535 (not %(word)r)"), word)
    return number


def _unlike(sentence: str, word: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(in_words(sentence, word=word))
