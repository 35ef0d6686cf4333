"""What does a benchmark need that is not part of the product: input files, and programs to compare with?"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import NoSuchFile

Progress = Callable[..., None]


class InputsNotNamed(Refusal):
    """Nobody said where the input files are."""

    sentence = say("Say where the input files are: --inputs DIR, or the variable FENGSUI_BENCH_DATA.")


class PeerMissing(Refusal):
    """A program to compare with is not installed."""

    sentence = say("%(peer)s is not installed, so there is nothing to compare with. Install fengsui[bench].")


def found(inputs: Path | None, name: str) -> Path:
    """An input file.

    Raises:
        InputsNotNamed, NoSuchFile.
    """
    if inputs is None:
        raise InputsNotNamed
    if not (inputs / name).is_file():
        raise NoSuchFile(file=str(inputs / name))
    return inputs / name


def insist_on(peer: str) -> None:
    """A peer is installed.

    Raises:
        PeerMissing: it is not.
    """
    if find_spec(peer) is None:
        raise PeerMissing(peer=peer)
