"""How words on the command line become arguments."""

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

from fengsui_engine.refusal import Refusal, say

LOOKS_NEGATIVE = re.compile(r"-[\d.]")
WEST_TO_EAST, SOUTH_TO_NORTH = 180.0, 90.0


class Misused(Exception):
    """The command cannot be understood as it was typed; the text says why."""


class Parser(argparse.ArgumentParser):
    """argparse, whose errors are raised, not printed and exited."""

    def __init__(self, prog: str, description: str | None) -> None:
        layout = argparse.RawDescriptionHelpFormatter
        super().__init__(prog=prog, description=description, formatter_class=layout, allow_abbrev=False)

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
        raise Misused(f"argument {what}: write LON,LAT, like 100.45,38.93 (not {pair!r})")
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
        raise argparse.ArgumentTypeError(f"write a whole number of at least 1 (not {word!r})")
    return int(word)


def positive_number(word: str) -> float:
    """For argparse: a finite number above 0."""
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"write a number above 0 (not {word!r})")
    return value


def whole_number(word: str) -> int:
    """For argparse: a whole number of at least 0."""
    if not word.isascii() or not word.isdigit() or len(word) > 18:
        raise argparse.ArgumentTypeError(f"write a whole number of at least 0 (not {word!r})")
    return int(word)


def zero_or_more(word: str) -> float:
    """For argparse: a finite number of at least 0."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"write a number of at least 0 (not {word!r})")
    return value


def port(word: str) -> int:
    """For argparse: a TCP port, 0 for any that is free."""
    number = whole_number(word)
    if number > 65_535:
        raise argparse.ArgumentTypeError(f"write a port from 0 to 65535 (not {word!r})")
    return number
