"""What a road file holds.

fengsui roads info city.roads

Nodes are junctions; edges are directed, so a two-way street is two, and `metres` is the length of all of them.
`dropped_nodes` are the points of the map that do not hang together with the rest; below stands what else of the map was
left out, and why.
"""

import argparse
from pathlib import Path
from typing import Any

from fengsui.cli.language import translated
from fengsui.cli.output import show_facts, show_json, show_table
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.dropped import WORDS

# What the facts are called, for people.
NAMES = {
    "nodes": say("nodes"),
    "edges": say("edges"),
    "metres": say("metres"),
    "dropped_nodes": say("dropped_nodes"),
    "obeys_turns": say("obeys_turns"),
    "source": say("source"),
    "digest": say("digest"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("roads", type=Path, metavar="CITY.roads")
    parser.add_argument("--json", action="store_true", help=say("as JSON"))


def run(args: argparse.Namespace) -> int:
    """Open the file, checked, and tell."""
    show(facts(RoadNetwork.open(args.roads)), as_json=args.json)
    return 0


def facts(roads: RoadNetwork) -> dict[str, Any]:
    """The contract's facts about a road file."""
    return {
        "nodes": roads.n_junctions,
        "edges": roads.n_street_edges,
        "metres": roads.metres_total,
        "dropped_nodes": roads.dropped_nodes,
        "obeys_turns": roads.obeys_turns,
        "source": roads.source,
        "digest": roads.digest,
        "dropped": dict(roads.dropped),
    }


def show(told: dict[str, Any], *, as_json: bool) -> None:
    """Print the facts, for programs or for people."""
    if as_json:
        show_json(told)
        return
    show_facts([(name, _value(told[key])) for key, name in NAMES.items()])
    left_out = [(translated(WORDS[code]), _value(n)) for code, n in told["dropped"].items() if code in WORDS]
    if left_out:
        print()
        show_table((say("left out of the map"), say("how many")), left_out)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return translated(say("yes") if value else say("no"))
    return value if isinstance(value, str) else f"{value:,}"
