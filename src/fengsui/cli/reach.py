"""The area that can be reached within minutes, as GeoJSON.

fengsui reach city.roads --from 100.45,38.93 --minutes 1,3,5 -o rings.geojson

One feature a limit, the largest first, so that a map draws the smaller ones on top. A place is inside if its nearest
point on a road is within 100 m and is reached in time; there may be holes and islands. A start over 2 km from any road
is refused.
"""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fengsui.cli.arguments import Misused, place_of_pair
from fengsui.cli.language import in_words
from fengsui.cli.output import insist_on_folder, progress, show_json, show_table
from fengsui_engine.refusal import say
from fengsui_engine.roads import Isochrone, RoadNetwork, isochrones, snap_one

MOST_MINUTES, MOST_LIMITS = 120.0, 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("roads", type=Path, metavar="CITY.roads")
    parser.add_argument("--from", dest="start", required=True, metavar="LON,LAT", help=say("where crews set out"))
    parser.add_argument("--minutes", required=True, metavar="M,M,…", help=say("limits, rising, like 1,3,5"))
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="RINGS.geojson", help=say("the file to write")
    )
    parser.add_argument("--json", action="store_true", help=say("print the areas as JSON"))


def run(args: argparse.Namespace) -> int:
    """Draw, write, tell the areas."""
    minutes = rising_minutes(args.minutes)
    insist_on_folder(args.output)
    lon, lat = place_of_pair("--from", args.start)
    roads = RoadNetwork.open(args.roads)
    start = snap_one(roads, lon, lat, what="--from")
    drawn = isochrones(roads, start, limits_ms=[round(minute * 60_000) for minute in minutes])
    features = [_feature(minute, ring) for minute, ring in zip(minutes, drawn, strict=True)]
    write_whole(args.output, json.dumps({"type": "FeatureCollection", "features": features[::-1]}, allow_nan=False))
    progress(say("Wrote %(file)s"), file=args.output)
    _show([feature["properties"] for feature in features], as_json=args.json)
    return 0


def rising_minutes(words: str) -> list[float]:
    """The limits of `1,3,5`.

    Raises:
        Misused: they are none.
    """
    try:
        minutes = [float(word) for word in words.split(",")]
    except ValueError:
        minutes = []
    rise = all(low < high for low, high in zip([0.0, *minutes], minutes, strict=False))
    if not 0 < len(minutes) <= MOST_LIMITS or not rise or minutes[-1] > MOST_MINUTES:
        sentence = say(
            "--minutes: write up to %(limits)s rising limits, above 0 and at most %(most)s, like 1,3,5 (not %(word)r)"
        )
        raise Misused(in_words(sentence, limits=MOST_LIMITS, most=round(MOST_MINUTES), word=words))
    return minutes


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all: it is written beside and moved into place."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _feature(minutes: float, ring: Isochrone) -> dict[str, Any]:
    told = int(minutes) if minutes.is_integer() else minutes
    properties = {"minutes": told, "seconds": ring.limit_ms / 1000, "km2": round(ring.km2, 4)}
    return {"type": "Feature", "properties": properties, "geometry": ring.as_geojson()}


def _show(rings: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        show_json({"rings": list(rings)})
        return
    show_table((say("minutes"), "km²"), [(f"{ring['minutes']:g}", f"{ring['km2']:.2f}") for ring in rings])
