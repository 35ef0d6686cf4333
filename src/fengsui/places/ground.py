"""How do roads and map come to lie side by side, and how does a new pair take the place of the old one?

A pair is written beside (`city.next.map`, then `city.next.roads`) and moved into place: the map first, then the roads.
So roads that lie beside without a map are a move that was cut off, and nothing else: the map in place was made for
them. Whoever opens the pair next ends the move, and so does whoever builds next. Nothing here needs a database or a
server.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fengsui.places.basemap import Basemap, build_basemap
from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import RoadNetwork, build_from_osm

Progress = Callable[..., None]


class CityMissing(Refusal):
    """There is no road file, or no map beside it."""

    sentence = say(
        "There is no city here yet: %(path)s is missing. Start the demo, or build the roads from an extract."
    )
    status = 503


class MapOfOtherRoads(Refusal):
    """Roads and map do not belong together."""

    sentence = say("The map %(map)s was not built with the roads %(roads)s. Build the two again from the same extract.")
    status = 503


class AnotherBuild(Refusal):
    """Two new pairs at once would overwrite each other."""

    sentence = say("Roads are being built for %(folder)s already. Wait until that is done, then look again.")
    status = 409


def map_path(roads_path: Path) -> Path:
    """Where the map of a road file lies: beside it."""
    return roads_path.with_suffix(".map")


def next_path(roads_path: Path) -> Path:
    """Where a new road file waits to take the place of this one."""
    return roads_path.with_name(f"{roads_path.stem}.next{roads_path.suffix}")


def lay_ground(extract: Path, roads_path: Path, progress: Progress, *, obey_turns: bool = False) -> RoadNetwork:
    """Build the road file and the map beside it, the roads last: a pair is whole once its roads are there."""
    progress(say("reading the roads of %(file)s"), file=extract.name)
    roads = build_from_osm(extract, obey_turns=obey_turns)
    drawing = say("drawing the map: %(junctions)s junctions, %(pieces)s road pieces")
    progress(drawing, junctions=roads.n_junctions, pieces=roads.n_street_edges)
    basemap = build_basemap(extract, roads, progress=lambda words: None)
    basemap.save(map_path(roads_path))
    roads.save(roads_path)
    return roads


def put_in_place(roads_path: Path) -> None:
    """Move the pair that waits beside into the place of the one that is there."""
    waiting = next_path(roads_path)
    map_path(waiting).replace(map_path(roads_path))
    _end_move(roads_path)


def _end_move(roads_path: Path) -> None:
    """Move the roads after their map, and have both moves on the disk."""
    with suppress(FileNotFoundError):  # a server saw the new map first, and has ended the move
        next_path(roads_path).replace(roads_path)
    folder = os.open(roads_path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_ground(roads_path: Path) -> tuple[RoadNetwork, Basemap]:
    """Roads and map, checked, and belonging together; a move that was cut off is ended first.

    Raises:
        CityMissing, MapOfOtherRoads, and what opening either file raises.
    """
    for path in (roads_path, map_path(roads_path)):
        if not path.exists():
            raise CityMissing(path=path.name)
    roads, basemap = RoadNetwork.open(roads_path), Basemap.open(map_path(roads_path))
    if not belong_together(roads, basemap):
        roads = _ended_move(roads_path, roads, basemap)
    return roads, basemap


def belong_together(roads: RoadNetwork, basemap: Basemap) -> bool:
    """Whether the map was made for these roads, or for none in particular."""
    return basemap.roads_digest in ("", roads.digest)


def _ended_move(roads_path: Path, roads: RoadNetwork, basemap: Basemap) -> RoadNetwork:
    waiting = next_path(roads_path)
    if waiting.exists():
        new = RoadNetwork.open(waiting)
        if belong_together(new, basemap):
            _end_move(roads_path)
            return new
    raise MapOfOtherRoads(map=basemap.source, roads=roads.source)


@contextmanager
def beside(roads_path: Path) -> Iterator[Path]:
    """Where a new pair may be written, for one builder at a time; what is not put in place is removed.

    A move that was cut off is ended first, and one that is cut off inside is ended at last.

    Raises:
        AnotherBuild: somebody else is building a pair for this city.
        CityMissing, MapOfOtherRoads, and what opening either file raises.
    """
    waiting = next_path(roads_path)
    with roads_path.with_name("ground.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AnotherBuild(folder=str(roads_path.parent)) from None
        open_ground(roads_path)
        try:
            yield waiting
        finally:
            if waiting.exists() and not map_path(waiting).exists():
                _end_move(roads_path)
            for left in (waiting, map_path(waiting)):
                left.unlink(missing_ok=True)
