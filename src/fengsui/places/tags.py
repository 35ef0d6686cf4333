"""What does an OpenStreetMap tag mean to us?

Tables only. A tag that stands in none of them is not read at all, which keeps the reading of an extract fast.
"""

import unicodedata
from collections.abc import Mapping
from typing import Protocol

LANDUSE_CLASSES = ("built", "green", "farm", "industrial")
WATERWAY_CLASSES = ("river", "canal", "stream")
PLACE_CLASSES = ("city", "town", "suburb", "village", "neighbourhood")
LANDMARK_CLASSES = (
    "police",
    "fire_station",
    "ambulance_station",
    "hospital",
    "school",
    "fuel",
    "townhall",
    "marketplace",
    "station",
    "bus_station",
    "clinic",
    "university",
    "kindergarten",
    "library",
    "theatre",
    "museum",
    "park",
    "square",
    "mall",
)
# a crew may be based there, so a place without a name is kept too
KEPT_WITHOUT_NAME = frozenset({"police", "fire_station", "ambulance_station", "hospital", "fuel"})

Tag = tuple[str, str]

WATER: frozenset[Tag] = frozenset(
    {
        ("natural", "water"),
        ("natural", "bay"),
        ("waterway", "riverbank"),
        ("waterway", "dock"),
        ("landuse", "reservoir"),
        ("landuse", "basin"),
    }
)
COASTLINE: Tag = ("natural", "coastline")
WATERWAYS: dict[Tag, str] = {
    ("waterway", "river"): "river",
    ("waterway", "canal"): "canal",
    ("waterway", "stream"): "stream",
    ("waterway", "ditch"): "stream",
    ("waterway", "drain"): "stream",
}
RAILWAYS: frozenset[Tag] = frozenset({("railway", kind) for kind in ("rail", "light_rail", "narrow_gauge", "tram")})
LANDUSE: dict[Tag, str] = {
    **{("landuse", kind): "built" for kind in ("residential", "commercial", "retail", "education", "institutional")},
    **{
        ("landuse", kind): "green"
        for kind in ("forest", "grass", "meadow", "recreation_ground", "village_green", "cemetery", "greenfield")
    },
    **{("natural", kind): "green" for kind in ("wood", "scrub", "grassland", "wetland", "heath")},
    **{("leisure", kind): "green" for kind in ("park", "garden", "golf_course", "nature_reserve", "pitch", "stadium")},
    **{("landuse", kind): "farm" for kind in ("farmland", "farmyard", "orchard", "vineyard", "allotments")},
    **{("landuse", kind): "industrial" for kind in ("industrial", "railway", "quarry", "construction", "military")},
}
PLACES: dict[Tag, str] = {
    ("place", "city"): "city",
    ("place", "town"): "town",
    ("place", "suburb"): "suburb",
    ("place", "borough"): "suburb",
    ("place", "district"): "suburb",
    ("place", "quarter"): "suburb",
    ("place", "village"): "village",
    ("place", "hamlet"): "village",
    ("place", "neighbourhood"): "neighbourhood",
}
LANDMARKS: dict[Tag, str] = {
    ("amenity", "police"): "police",
    ("amenity", "fire_station"): "fire_station",
    ("amenity", "ambulance_station"): "ambulance_station",
    ("emergency", "ambulance_station"): "ambulance_station",
    ("amenity", "hospital"): "hospital",
    ("amenity", "school"): "school",
    ("amenity", "fuel"): "fuel",
    ("amenity", "townhall"): "townhall",
    ("amenity", "marketplace"): "marketplace",
    ("railway", "station"): "station",
    ("railway", "halt"): "station",
    ("amenity", "bus_station"): "bus_station",
    ("amenity", "clinic"): "clinic",
    ("amenity", "university"): "university",
    ("amenity", "college"): "university",
    ("amenity", "kindergarten"): "kindergarten",
    ("amenity", "library"): "library",
    ("amenity", "theatre"): "theatre",
    ("tourism", "museum"): "museum",
    ("leisure", "park"): "park",
    ("place", "square"): "square",
    ("shop", "mall"): "mall",
}
# tagged as the one, but by another tag rather the other: no ambulance sets out from there
RATHER: dict[str, dict[Tag, str]] = {
    "hospital": {
        ("emergency", "no"): "clinic",
        ("healthcare", "clinic"): "clinic",
        ("healthcare", "dentist"): "clinic",
        ("healthcare", "doctor"): "clinic",
    },
}
BRIDGE: Tag = ("bridge", "yes")
BUILDING = "building"
NO_BUILDING = frozenset({"no", "demolished", "razed"})

READ: tuple[Tag, ...] = tuple(
    sorted({*WATER, COASTLINE, *WATERWAYS, *RAILWAYS, *LANDUSE, *PLACES, *LANDMARKS, BRIDGE, ("bridge", "viaduct")})
)

LONGEST_NAME = 120


class Tags(Protocol):
    """The tags of one object, as pyosmium gives them."""

    def get(self, key: str, default: str | None = None) -> str | None: ...


def class_of(tags: Tags | Mapping[str, str], table: Mapping[Tag, str]) -> str | None:
    """The first class that `table` gives one of these tags, or None."""
    for key in dict.fromkeys(key for key, _ in table):
        value = tags.get(key)
        if value is not None and (key, value) in table:
            return table[key, value]
    return None


def landmark_of(tags: Tags | Mapping[str, str]) -> str | None:
    """The class of landmark that these tags mean, or None."""
    kind = class_of(tags, LANDMARKS)
    return kind and (class_of(tags, RATHER.get(kind, {})) or kind)


def has_any(tags: Tags | Mapping[str, str], wanted: frozenset[Tag]) -> bool:
    """Whether one of the wanted tags is there."""
    return any(tags.get(key) == value for key, value in wanted)


def is_building(tags: Tags | Mapping[str, str]) -> bool:
    """Whether a building stands there."""
    return tags.get(BUILDING, "no") not in NO_BUILDING


def names_of(tags: Tags | Mapping[str, str]) -> tuple[str, str]:
    """(Chinese or local name, English name); the one stands in for the other, both empty where there is none."""
    local = clean_name(tags.get("name:zh-Hans") or tags.get("name:zh") or tags.get("name") or "")
    english = clean_name(tags.get("name:en") or tags.get("name") or "")
    return (local or english, english or local)


def clean_name(name: str) -> str:
    """The name without control characters and runs of blanks, cut to `LONGEST_NAME`."""
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name[: 4 * LONGEST_NAME])
    return " ".join(shown.split())[:LONGEST_NAME].rstrip()
