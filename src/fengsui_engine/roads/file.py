"""How is a road network kept in one file?

As its arrays (`fengsui_engine.array_file`), with names, source and digest in the header. It is mapped and checked at
opening, the content too: under 30 ms for a city. A dispatch that rests on a damaged road file is worse than a slower
start.
"""

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

from fengsui_engine.array_file import (
    ArrayFileDamaged,
    ArrayFileOfAnotherVersion,
    Content,
    FileKind,
    read_arrays,
    write_arrays,
)
from fengsui_engine.roads.network import ARRAYS, RoadNetwork, StreetName, Told
from fengsui_engine.roads.refusals import (
    RoadFileNotFound,
    RoadFileOfAnotherVersion,
    RoadFileUnreadable,
    RoadsInconsistent,
)

ROAD_FILE = FileKind(b"fengsui roads\r\n\x1a", version=2)


def write_roads(roads: RoadNetwork, path: "str | os.PathLike[str]") -> None:
    """Write `roads` to `path` as built, whole or not at all: closures and changed speeds are of the day."""
    roads = roads.as_built
    arrays = {name: getattr(roads, name) for name in ARRAYS}
    write_arrays(Path(path), ROAD_FILE, arrays, {f.name: getattr(roads, f.name) for f in fields(Told)})


def read_roads(path: "str | os.PathLike[str]") -> RoadNetwork:
    """Map a road file and check it.

    Raises:
        RoadFileNotFound: there is no such file.
        RoadFileUnreadable: another kind of file, cut short, or changed since it was written.
        RoadFileOfAnotherVersion: written by another version.
    """
    source = Path(path)
    content = _content(source)
    if content.arrays.keys() != ARRAYS.keys():
        raise RoadFileUnreadable(file=source.name, detail="it lacks an array")
    arrays: dict[str, Any] = content.arrays
    told = content.told | {"names": tuple(StreetName(*name) for name in content.told["names"])}
    try:
        return RoadNetwork(**arrays, **told, digest=content.digest)
    except RoadsInconsistent as wrong:
        raise RoadFileUnreadable(file=source.name, detail=wrong.facts["detail"]) from None


def _content(source: Path) -> Content:
    try:
        return read_arrays(source, ROAD_FILE)
    except FileNotFoundError:
        raise RoadFileNotFound(file=str(source)) from None
    except ArrayFileDamaged as damaged:
        raise RoadFileUnreadable(file=source.name, detail=damaged.detail) from None
    except ArrayFileOfAnotherVersion as other:
        raise RoadFileOfAnotherVersion(file=source.name, version=other.version, expected=ROAD_FILE.version) from None
