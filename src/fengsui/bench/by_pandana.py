"""The road network as pandana wants it, on one thread. (AGPL: measured against, used nowhere.)"""

import os
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads import RoadNetwork


def is_installed() -> bool:
    """Whether there is a pandana to compare with (fengsui[peers])."""
    return find_spec("pandana") is not None


def network_of(roads: RoadNetwork) -> Any:
    """Its network of streets that are as quick both ways; preparing it takes a minute or more.

    It counts in thousandths of what it is given, as 32-bit numbers: in seconds, those are our milliseconds; in
    milliseconds they would overflow, and its preparation would not end. It cuts off what is behind the point.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # read when it is loaded; else it takes every core
    import pandana
    import pandas

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # it talks to stdout, which is this command's answer
    street = np.flatnonzero(roads.tail < roads.head)
    ends = pandas.Series(roads.tail[street]), pandas.Series(roads.head[street])
    weights = pandas.DataFrame({"seconds": (roads.travel_ms[street] + 1e-3) / 1000})
    return pandana.Network(pandas.Series(roads.lon), pandas.Series(roads.lat), *ends, weights, twoway=True)


def milliseconds(seconds: Any) -> NDArray[np.int64]:
    """What it answers, as whole milliseconds."""
    return np.floor(np.asarray(seconds) * 1000 + 0.5).astype(np.int64)
