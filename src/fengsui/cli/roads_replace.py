"""Put a new extract into the place of the roads and the map that a city is served from, without a restart.

fengsui roads replace city.osm.pbf --data fengsui-demo

The new roads and map are built beside the old ones and held against them. Where nothing looks wrong they are moved into
place, and a running server serves them within a few seconds; where something does, nothing is changed, unless --accept
says that it is meant.
"""

import argparse
from pathlib import Path

import numpy as np

from fengsui.cli.output import progress, show_json
from fengsui.cli.roads_compare import as_json, show
from fengsui.places.ground import CityMissing, beside, lay_ground, put_in_place
from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.compare import compare_roads


class RoadsDoubtful(Refusal):
    """The new road file differs more than is expected."""

    sentence = say(
        "Nothing was replaced: the new roads differ more than is expected. Look at the figures and the extract; if"
        " it is meant, say --accept."
    )
    status = 409


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("extract", type=Path, help=say(".osm.pbf, .osm.gz, .osm.bz2, .osm"))
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=say("the folder of the city"))
    parser.add_argument("--accept", action="store_true", help=say("replace even what differs more than is expected"))
    parser.add_argument("--seed", type=int, default=1, help=say("draws the sample drives (1)"))
    parser.add_argument("--json", action="store_true", help=say("the differences as JSON"))


def run(args: argparse.Namespace) -> int:
    """Build beside, compare, move into place."""
    served = args.data / "city.roads"
    if not served.exists():
        raise CityMissing(path=str(served))
    with beside(served) as waiting:
        old = RoadNetwork.open(served)
        new = lay_ground(args.extract, waiting, progress, obey_turns=old.obeys_turns)
        found = compare_roads(old, new, rng=np.random.default_rng(args.seed))
        if args.json:
            show_json(as_json(found))
        else:
            show(found)
        if found.doubts and not args.accept:
            raise RoadsDoubtful(doubts=[doubt.code for doubt in found.doubts])
        put_in_place(served)
    progress(say("The new roads are in place. A running server serves them within a few seconds."))
    return 0
