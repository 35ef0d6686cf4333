"""Which city are searches measured on?

The New York graph of the 9th DIMACS challenge, one time unit read as 3.6 ms; the box is the city without its suburbs.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import NoSuchFile, RoadNetwork, build_from_dimacs

GRAPH, COORDINATES, UNIT_MS = "USA-road-t.NY.gr.gz", "USA-road-d.NY.co.gz", 3.6
BOX = {"lon": [-74.05, -73.75], "lat": [40.57, 40.92]}

Progress = Callable[..., None]


class InputsNotNamed(Refusal):
    """Nobody said where the input files are."""

    sentence = say("Say where the input files are: --inputs DIR, or the variable FENGSUI_BENCH_DATA.")


class PeerMissing(Refusal):
    """A program to compare with is not installed."""

    sentence = say("%(peer)s is not installed, so there is nothing to compare with. Install fengsui[bench].")


def new_york(inputs: Path | None, progress: Progress) -> RoadNetwork:
    """The whole graph.

    Raises:
        InputsNotNamed, NoSuchFile.
    """
    if inputs is None:
        raise InputsNotNamed
    for name in (GRAPH, COORDINATES):
        if not (inputs / name).is_file():
            raise NoSuchFile(file=str(inputs / name))
    return build_from_dimacs(inputs / GRAPH, inputs / COORDINATES, unit_ms=UNIT_MS, progress=progress)


def nodes_in_box(roads: RoadNetwork) -> NDArray[np.int64]:
    """The nodes of the city."""
    (west, east), (south, north) = BOX["lon"], BOX["lat"]
    return np.flatnonzero((roads.lon >= west) & (roads.lon <= east) & (roads.lat >= south) & (roads.lat <= north))


def insist_on(peer: str) -> None:
    """A peer is installed.

    Raises:
        PeerMissing: it is not.
    """
    if find_spec(peer) is None:
        raise PeerMissing(peer=peer)
