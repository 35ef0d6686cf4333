"""The fastest way by road from one place to another.

fengsui route city.roads --from 100.45,38.93 --to 100.47,38.94

With --json the line to draw comes with it. The way from a point to its road costs no time. A point over 2 km from any
road is refused, and so is a place that no road leads to.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from fengsui.cli.arguments import place_of_pair
from fengsui.cli.language import is_chinese, translated
from fengsui.cli.output import show_json, show_table
from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import RoadNetwork, Route, StreetName, route, snap_one, streets_along


class NoWay(Refusal):
    """The streets do not lead from the one place to the other."""

    sentence = say("No road reaches %(to)s from %(from)s. Check both places, or whether the road file is whole.")
    status = 404


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("roads", type=Path, metavar="CITY.roads")
    parser.add_argument("--from", dest="start", required=True, metavar="LON,LAT", help=say("where the way begins"))
    parser.add_argument("--to", required=True, metavar="LON,LAT", help=say("where it ends"))
    parser.add_argument("--json", action="store_true", help=say("as JSON"))


def run(args: argparse.Namespace) -> int:
    """Search and tell."""
    start, goal = place_of_pair("--from", args.start), place_of_pair("--to", args.to)
    roads = RoadNetwork.open(args.roads)
    way = route(roads, snap_one(roads, *start, what="--from"), snap_one(roads, *goal, what="--to"))
    if way is None:
        raise NoWay(**{"from": args.start, "to": args.to})
    if args.json:
        show_json(_told(roads, way))
    else:
        _show(roads, way)
    return 0


def _told(roads: RoadNetwork, way: Route) -> dict[str, Any]:
    """The contract's answer, and the streets."""
    line = [list(point) for point in zip(way.lon.tolist(), way.lat.tolist(), strict=True)]
    streets = [
        {"name": name.zh, "name_en": name.en, "metres": metres, "seconds": ms / 1000}
        for name, ms, metres in streets_along(roads, way)
    ]
    return {
        "seconds": way.ms / 1000,
        "metres": way.metres,
        "geometry": {"type": "LineString", "coordinates": line},
        "streets": streets,
    }


def _show(roads: RoadNetwork, way: Route) -> None:
    """Street by street, then the whole."""
    lines = [(_called(name), ms, metres) for name, ms, metres in streets_along(roads, way)]
    lines.append((translated(say("together")), way.ms, way.metres))
    rows = [(called, f"{ms / 1000:.1f}", f"{metres:,.0f}") for called, ms, metres in lines]
    show_table((say("street"), say("seconds"), say("metres")), rows)


def _called(name: StreetName) -> str:
    """A street in the language of the shell, else by the name it has."""
    first, second = (name.zh, name.en) if is_chinese(os.environ) else (name.en, name.zh)
    return first or second or translated(say("a street without a name"))
