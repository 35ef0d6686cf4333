"""Make a road file from a map extract, or from a DIMACS graph.

fengsui roads build city.osm.pbf -o city.roads [--obey-turns]
fengsui roads build ny.gr.gz --coordinates ny.co.gz --unit-ms 3.6 -o ny.roads

An extract (.osm.pbf, .osm.gz, .osm.bz2, .osm) becomes junctions and streets with the speeds of a crew on a call; what
is left out is counted, and why. Crews on a call need not obey turn bans; with --obey-turns they do. A DIMACS graph is
taken arc by arc, nothing contracted.
"""

import argparse
from pathlib import Path

from fengsui.cli.arguments import Misused, positive_number
from fengsui.cli.language import translated
from fengsui.cli.output import insist_on_folder, progress
from fengsui.cli.roads_info import facts, show
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork, build_from_dimacs, build_from_osm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("extract", type=Path, help=say(".osm.pbf, .osm.gz, .osm.bz2, .osm; or .gr, .gr.gz"))
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="CITY.roads", help=say("the file to write"))
    parser.add_argument("--obey-turns", action="store_true", help=say("keep the turn bans of the extract"))
    parser.add_argument("--coordinates", type=Path, metavar="X.co", help=say("for a DIMACS graph: where its nodes are"))
    parser.add_argument(
        "--unit-ms", type=positive_number, metavar="MS", help=say("for a DIMACS graph: ms per unit of weight")
    )
    parser.add_argument("--json", action="store_true", help=say("print what the file holds as JSON"))


def run(args: argparse.Namespace) -> int:
    """Build, write, say what was made."""
    insist_on_folder(args.output)
    roads = _built(args)
    roads.save(args.output)
    progress(say("Wrote %(file)s"), file=args.output)
    show(facts(roads), as_json=args.json)
    return 0


def _built(args: argparse.Namespace) -> RoadNetwork:
    is_dimacs = args.extract.name.removesuffix(".gz").removesuffix(".bz2").endswith(".gr")
    if not is_dimacs:
        if args.coordinates is not None or args.unit_ms is not None:
            raise Misused(translated(say("--coordinates and --unit-ms go with a DIMACS graph (.gr, .gr.gz)")))
        return build_from_osm(args.extract, obey_turns=args.obey_turns, progress=progress)
    if args.obey_turns:
        raise Misused(translated(say("--obey-turns goes with a map extract; a DIMACS graph holds no turn bans")))
    if args.coordinates is None or args.unit_ms is None:
        raise Misused(translated(say("a DIMACS graph needs --coordinates X.co and --unit-ms MS")))
    return build_from_dimacs(args.extract, args.coordinates, unit_ms=args.unit_ms, progress=progress)
