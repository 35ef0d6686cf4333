"""Streets as numbers: build them from a map, find a place on them, ask who is there first, by which way, and how far.

    roads = build_from_osm("city.osm.pbf")            # or build_from_dimacs, or RoadNetwork.open("city.roads")
    here = snap_one(roads, 7.4246, 43.7384)
    crews = snap(roads, unit_lon, unit_lat)
    first_five = nearest(roads, here, crews, 5)       # unit numbers, whole milliseconds, metres
    way = route(roads, crews[first_five.unit[:1]], here)
    ms = reach(roads, crews, limit_ms=300_000)        # to every junction, from whoever is there first
    rings = isochrones(roads, here, limits_ms=[60_000, 180_000, 300_000])
    within = matrix(roads, crews, limit_ms=300_000)   # sparse, many to many

Importing this package loads neither numba nor osmium: kernels are loaded by the first question (or `warm_up`),
osmium by the first extract.
"""

from fengsui_engine.roads.dimacs import build_from_dimacs
from fengsui_engine.roads.directions import Stretch, streets_along
from fengsui_engine.roads.isochrones import Isochrone, isochrones
from fengsui_engine.roads.matrix import Matrix, matrix
from fengsui_engine.roads.network import Edges, RoadNetwork, StreetName, Told, assemble
from fengsui_engine.roads.osm import build_from_osm
from fengsui_engine.roads.overlay import Overlay, by_length
from fengsui_engine.roads.profile import RESPONSE, ROAD_CLASSES, Profile
from fengsui_engine.roads.reach import reach
from fengsui_engine.roads.refusals import (
    CountOutOfRange,
    EdgeOutsideNetwork,
    EdgeSlowedTwice,
    ExtractHasNoRoads,
    ExtractNotFound,
    ExtractTooLarge,
    ExtractUnreadable,
    FarFromRoad,
    GraphUnreadable,
    LimitOutOfRange,
    NodeOutsideNetwork,
    NoSuchFile,
    RoadFileNotFound,
    RoadFileOfAnotherVersion,
    RoadFileUnreadable,
    RoadsInconsistent,
    SpeedOutOfRange,
    TooManyTurnBans,
)
from fengsui_engine.roads.search import Nearest, Route, nearest, route, warm_up
from fengsui_engine.roads.snap import NEAR_M, Snapped, at_nodes, snap, snap_one
from fengsui_engine.roads.times import LONGEST_LIMIT_MS, UNREACHED

__all__ = [
    "LONGEST_LIMIT_MS",
    "NEAR_M",
    "RESPONSE",
    "ROAD_CLASSES",
    "UNREACHED",
    "CountOutOfRange",
    "EdgeOutsideNetwork",
    "EdgeSlowedTwice",
    "Edges",
    "ExtractHasNoRoads",
    "ExtractNotFound",
    "ExtractTooLarge",
    "ExtractUnreadable",
    "FarFromRoad",
    "GraphUnreadable",
    "Isochrone",
    "LimitOutOfRange",
    "Matrix",
    "Nearest",
    "NoSuchFile",
    "NodeOutsideNetwork",
    "Overlay",
    "Profile",
    "RoadFileNotFound",
    "RoadFileOfAnotherVersion",
    "RoadFileUnreadable",
    "RoadNetwork",
    "RoadsInconsistent",
    "Route",
    "Snapped",
    "SpeedOutOfRange",
    "StreetName",
    "Stretch",
    "Told",
    "TooManyTurnBans",
    "assemble",
    "at_nodes",
    "build_from_dimacs",
    "build_from_osm",
    "by_length",
    "isochrones",
    "matrix",
    "nearest",
    "reach",
    "route",
    "snap",
    "snap_one",
    "streets_along",
    "warm_up",
]
