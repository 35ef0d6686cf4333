"""Which city does this process serve?

The roads, the map and the names, loaded once from two files that lie side by side (`city.roads`, `city.map`). Whoever
asks gets the same `City` until another one is swapped in; a request keeps the one it began with.
"""

import threading
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from fengsui.places.basemap import Basemap
from fengsui.places.closures.attach import Attacher
from fengsui.places.ground import MapOfOtherRoads, belong_together, open_ground
from fengsui.places.register import Register, build_register
from fengsui.places.search import Search
from fengsui.places.tile_cache import TileCache
from fengsui.places.tiles import ENCODER, TileIndex, index_tiles
from fengsui_engine.roads import Overlay, RoadNetwork, by_length, snap

CACHE_BYTES = 32 * 1024 * 1024  # of packed tiles: a whole city down to the last zoom


@dataclass(frozen=True)
class City:
    """Everything that is known about the ground. `digest` is the picture's: it changes when any tile may change."""

    roads: RoadNetwork
    basemap: Basemap
    register: Register
    search: Search
    tiles: TileIndex
    cache: TileCache
    overlay: Overlay
    attacher: Attacher
    digest: str

    @cached_property
    def by_length(self) -> RoadNetwork:
        """The roads, to be asked for the shortest way."""
        return by_length(self.roads)

    def is_near_road(self, lon: float, lat: float) -> bool:
        """Whether a point is close enough to some road for travel times to mean something (2 km)."""
        return bool(snap(self.roads, [lon], [lat]).is_near[0])


_lock = threading.Lock()
_loaded: City | None = None


def city() -> City:
    """The city that this process serves, loaded at the first call.

    Raises:
        CityMissing: there is no road file, or no map beside it.
        MapOfOtherRoads: the two do not belong together.
    """
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = load_city(Path(settings.FENGSUI_ROADS))
    return _loaded


def swap(new: City | None) -> None:
    """Serve another city from now on; None: load it again from its files at the next call."""
    global _loaded
    with _lock:
        _loaded = new


def load_city(roads_path: Path) -> City:
    """Load roads and map and make them ready: a second or so for a city of a million."""
    return assemble(*open_ground(roads_path))


def assemble(roads: RoadNetwork, basemap: Basemap) -> City:
    """A city from roads and map that are already in memory."""
    if not belong_together(roads, basemap):
        raise MapOfOtherRoads(map=basemap.source, roads=roads.source)
    register = build_register(roads, basemap)
    return City(
        roads=roads,
        basemap=basemap,
        register=register,
        search=Search(register),
        tiles=index_tiles(roads, basemap),
        cache=TileCache(CACHE_BYTES),
        overlay=Overlay(roads),
        attacher=Attacher(roads),
        digest=sha256(f"{roads.digest} {basemap.digest} {ENCODER}".encode()).hexdigest()[:16],
    )
