"""The units that reach a place first, by road.

fengsui nearest city.roads --to 100.45,38.93 --units units.csv -k 5

units.csv has the header id,lon,lat (WGS-84). Units are told nearest first, those equally near by id; the way from a
point to its road costs no time. A point over 2 km from any road is refused.
"""

import argparse
from pathlib import Path
from typing import Any

from fengsui.cli.arguments import place_of_pair, positive_whole
from fengsui.cli.output import show_json, show_table
from fengsui.cli.points import Point, read_points
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork, Snapped, nearest, snap, snap_one
from fengsui_engine.roads.snap import far_from_road


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("roads", type=Path, metavar="CITY.roads")
    parser.add_argument("--to", required=True, metavar="LON,LAT", help=say("where the incident is"))
    parser.add_argument("--units", type=Path, required=True, metavar="UNITS.csv", help=say("id,lon,lat"))
    parser.add_argument("-k", type=positive_whole, default=5, metavar="K", help=say("how many (5)"))
    parser.add_argument("--json", action="store_true", help=say("as JSON"))


def run(args: argparse.Namespace) -> int:
    """Read, search, tell."""
    lon, lat = place_of_pair("--to", args.to)
    points = read_points(args.units)
    roads = RoadNetwork.open(args.roads)
    to = snap_one(roads, lon, lat, what="--to")
    found = nearest(roads, to, _snapped(roads, points), args.k)
    units = [
        {"id": points[unit].id, "seconds": ms / 1000, "metres": metres}
        for unit, ms, metres in zip(found.unit.tolist(), found.ms.tolist(), found.metres.tolist(), strict=True)
    ]
    _show(units, as_json=args.json)
    return 0


def _snapped(roads: RoadNetwork, points: list[Point]) -> Snapped:
    places = snap(roads, [point.lon for point in points], [point.lat for point in points])
    for far in (~places.is_near).nonzero()[0].tolist():
        raise far_from_road(points[far].id, places[far])
    return places


def _show(units: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        show_json({"units": units})
        return
    rows = [(unit["id"], f"{unit['seconds']:.1f}", f"{unit['metres']:,.0f}") for unit in units]
    show_table(("id", say("seconds"), say("metres")), rows)
