"""Which city are searches measured on?

The New York graph of the 9th DIMACS challenge, one time unit read as 3.6 ms; the box is the city without its suburbs.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui.bench.inputs import Progress, found
from fengsui_engine.roads import RoadNetwork, build_from_dimacs

GRAPH, COORDINATES, UNIT_MS = "USA-road-t.NY.gr.gz", "USA-road-d.NY.co.gz", 3.6
BOX = {"lon": [-74.05, -73.75], "lat": [40.57, 40.92]}


def new_york(inputs: Path | None, progress: Progress) -> RoadNetwork:
    """The whole graph.

    Raises:
        InputsNotNamed, NoSuchFile.
    """
    graph, coordinates = found(inputs, GRAPH), found(inputs, COORDINATES)
    return build_from_dimacs(graph, coordinates, unit_ms=UNIT_MS, progress=progress)


def nodes_in_box(roads: RoadNetwork) -> NDArray[np.int64]:
    """The nodes of the city."""
    (west, east), (south, north) = BOX["lon"], BOX["lat"]
    return np.flatnonzero((roads.lon >= west) & (roads.lon <= east) & (roads.lat >= south) & (roads.lat <= north))


def graph_facts(roads: RoadNetwork) -> dict[str, Any]:
    """The graph, as a report names it."""
    sizes = {"nodes": roads.n_nodes, "edges": roads.n_edges, "digest": roads.digest}
    return {"graph": GRAPH, "unit_ms": UNIT_MS, **sizes}
