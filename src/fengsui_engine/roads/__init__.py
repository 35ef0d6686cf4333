"""Streets as numbers: build them from a map, find a place on them, ask who is there first and by which way.

    roads = build_from_osm("city.osm.pbf")            # or build_from_dimacs, or RoadNetwork.open("city.roads")
    here = snap_one(roads, 7.4246, 43.7384)
    crews = snap(roads, unit_lon, unit_lat)
    first_five = nearest(roads, here, crews, 5)       # unit numbers, whole milliseconds, metres
    way = route(roads, crews[first_five.unit[:1]], here)

Importing this package loads neither numba nor osmium: kernels are loaded by the first question (or `warm_up`),
osmium by the first extract.
"""

from fengsui_engine.roads.dimacs import build_from_dimacs
from fengsui_engine.roads.network import Edges, RoadNetwork, StreetName, Told, assemble
from fengsui_engine.roads.osm import build_from_osm
from fengsui_engine.roads.overlay import Overlay, by_length
from fengsui_engine.roads.refusals import (
    EdgeOutsideNetwork,
    ExtractHasNoRoads,
    ExtractNotFound,
    ExtractUnreadable,
    FarFromRoad,
    GraphUnreadable,
    NodeOutsideNetwork,
    NoSuchFile,
    RoadFileNotFound,
    RoadFileOfAnotherVersion,
    RoadFileUnreadable,
    RoadsInconsistent,
    SpeedOutOfRange,
)
from fengsui_engine.roads.search import Nearest, Route, nearest, route, warm_up
from fengsui_engine.roads.snap import NEAR_M, Snapped, at_nodes, snap, snap_one
from fengsui_engine.roads.speeds import ROAD_CLASSES

__all__ = [
    "NEAR_M",
    "ROAD_CLASSES",
    "EdgeOutsideNetwork",
    "Edges",
    "ExtractHasNoRoads",
    "ExtractNotFound",
    "ExtractUnreadable",
    "FarFromRoad",
    "GraphUnreadable",
    "Nearest",
    "NoSuchFile",
    "NodeOutsideNetwork",
    "Overlay",
    "RoadFileNotFound",
    "RoadFileOfAnotherVersion",
    "RoadFileUnreadable",
    "RoadNetwork",
    "RoadsInconsistent",
    "Route",
    "Snapped",
    "SpeedOutOfRange",
    "StreetName",
    "Told",
    "assemble",
    "at_nodes",
    "build_from_dimacs",
    "build_from_osm",
    "by_length",
    "nearest",
    "route",
    "snap",
    "snap_one",
    "warm_up",
]
