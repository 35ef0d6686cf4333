"""What is otherwise in a new road file, and whether it may take the place of the old one.

fengsui roads compare old.roads new.roads

Size, connectivity and what the same sample drives take on both. Exit 1 where something looks wrong.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from fengsui.cli.language import in_words
from fengsui.cli.output import show_facts, show_json, show_table
from fengsui_engine.refusal import say
from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.compare import Differences, Drive, Sides, compare_roads

# What looks wrong, for people.
DOUBTS = {
    "streets_gone": say("only %(figure)s of the old junctions still lie on a road (at least %(bound)s are expected)"),
    "much_shorter": say("all streets together have %(figure)s of their old length (at least %(bound)s is expected)"),
    "much_longer": say("all streets together have %(figure)s of their old length (at most %(bound)s is expected)"),
    "drives_lost": say("%(figure)s of the sample drives find no way any more (at most %(bound)s is expected)"),
    "drives_faster": say("the sample drives take %(figure)s of their old time (at least %(bound)s is expected)"),
    "drives_slower": say("the sample drives take %(figure)s of their old time (at most %(bound)s is expected)"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("old", type=Path, metavar="OLD.roads")
    parser.add_argument("new", type=Path, metavar="NEW.roads")
    parser.add_argument("--seed", type=int, default=1, help=say("draws the sample drives (1)"))
    parser.add_argument("--json", action="store_true", help=say("as JSON"))


def run(args: argparse.Namespace) -> int:
    """Open both, compare, tell."""
    old, new = RoadNetwork.open(args.old), RoadNetwork.open(args.new)
    found = compare_roads(old, new, rng=np.random.default_rng(args.seed))
    if args.json:
        show_json(as_json(found))
    else:
        show(found)
    return 1 if found.doubts else 0


def as_json(found: Differences) -> dict[str, Any]:
    """All figures, for programs."""
    sides = {name: getattr(found, name)._asdict() for name in ("junctions", "edges", "metres", "dropped_nodes")}
    drives = {name: getattr(found, name) for name in ("drives", "same", "faster", "slower", "lost", "found")}
    told = {"kept": round(found.kept, 4), "added": round(found.added, 4), "median_ratio": round(found.median_ratio, 4)}
    doubts = [doubt._asdict() for doubt in found.doubts]
    return {**sides, **told, **drives, "worst": [drive._asdict() for drive in found.worst], "doubts": doubts}


def show(found: Differences) -> None:
    """A table of differences, the sample drives, and what looks wrong."""
    rows = [
        _row("junctions", found.junctions),
        _row("edges", found.edges),
        _row("metres", found.metres),
        _row("dropped nodes", found.dropped_nodes),
    ]
    show_table(("", say("old"), say("new"), say("ratio")), rows)
    print()
    show_facts(
        [
            (say("old junctions still on a road"), f"{found.kept:.1%}"),
            (say("new junctions where no road was"), f"{found.added:.1%}"),
            (say("sample drives"), f"{found.drives:,}"),
            (say("as long as before, within 2 %"), f"{found.same:,}"),
            (say("faster"), f"{found.faster:,}"),
            (say("slower"), f"{found.slower:,}"),
            (say("no way any more"), f"{found.lost:,}"),
            (say("a way where none was"), f"{found.found:,}"),
            (say("new time to old, in the middle"), f"{found.median_ratio:.3f}"),
        ]
    )
    if found.worst:
        print()
        show_table((say("changed most: from"), say("to"), say("old s"), say("new s")), [_drive(d) for d in found.worst])
    for doubt in found.doubts:
        figures = {"figure": f"{doubt.figure:.1%}", "bound": f"{doubt.bound:.0%}"}
        print("! " + in_words(DOUBTS[doubt.code], **figures))


NAMES = {
    "junctions": say("junctions"),
    "edges": say("edges"),
    "metres": say("metres"),
    "dropped nodes": say("dropped nodes"),
}


def _row(name: str, sides: Sides) -> tuple[str, ...]:
    ratio = "" if not np.isfinite(sides.ratio) else f"{sides.ratio:.3f}"
    return in_words(NAMES[name]), f"{sides.old:,.0f}", f"{sides.new:,.0f}", ratio


def _drive(drive: Drive) -> tuple[str, ...]:
    seconds = ("—" if ms is None else f"{ms / 1000:.0f}" for ms in (drive.old_ms, drive.new_ms))
    ends = (f"{drive.from_lon:.5f},{drive.from_lat:.5f}", f"{drive.to_lon:.5f},{drive.to_lat:.5f}")
    return *ends, *seconds
