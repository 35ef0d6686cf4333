"""Where do crews have their base?

Police, fire and ambulance stations as the extract tags them, hospitals for the ambulances; and where an extract has too
few, made-up posts at junctions, spread so that no street is far from one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fengsui.places.basemap import Basemap
from fengsui.places.tags import LANDMARK_CLASSES
from fengsui_engine.roads import RoadNetwork
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE, plane_metres

StationKind = Literal["police", "fire", "medic"]

_KINDS: dict[str, StationKind] = {
    "police": "police",
    "fire_station": "fire",
    "ambulance_station": "medic",
    "hospital": "medic",
}
# Tagged as a station, but by its name none that a crew sets out from: (class, parts of a name, why).
_NO_BASE: list[tuple[str, tuple[str, ...], str]] = [
    ("police", ("出入境", "办证", "passport"), "passports and visas: counters with office hours"),
    ("police", ("户籍", "户政", "办事大厅", "服务大厅"), "the register of residents: counters with office hours"),
    ("police", ("车管", "车辆管理"), "licences of drivers and vehicles: counters with office hours"),
    ("police", ("档案", "博物馆", "museum"), "papers and exhibits"),
    ("police", ("保卫处", "保卫科", "保卫部"), "guards of a campus or a works, not of the police"),
    ("police", ("看守所", "拘留所", "戒毒"), "guards who stay with the detained"),
    ("police", ("警察学院", "警官学院", "警校", "训练基地"), "training"),
    ("police", ("fourrière", "停车场", "扣车场"), "where towed vehicles stand"),
    ("police", ("strompolizei", "schiffahrt", "schifffahrt"), "boats, which follow no road"),
    ("fire_station", ("微型消防站",), "neighbours with extinguishers, without an engine"),
    ("fire_station", ("博物馆", "museum", "科普", "教育馆"), "exhibits"),
    ("fire_station", ("控制室",), "the alarm panel of one building"),
    ("hospital", ("诊所", "门诊部", "卫生服务", "校医院", "大学医院"), "doctors with office hours"),
    ("hospital", ("牙科", "齿科", "口腔", "dental", "dentist"), "teeth"),
    ("hospital", ("眼科", "整形", "美容", "体检", "康复", "疗养"), "appointments only"),
    ("hospital", ("姑息", "安宁", "临终", "hospice"), "care to the end of life"),
    ("hospital", ("药房", "药店", "pharmac"), "medicines"),
    ("hospital", ("动物", "宠物", "兽医", "veterinar"), "animals"),
]
_PLAIN: dict[str, tuple[str, str]] = {
    "police": ("派出所", "Police station"),
    "fire_station": ("消防站", "Fire station"),
    "ambulance_station": ("急救站", "Ambulance station"),
    "hospital": ("医院", "Hospital"),
}
_SEEDED: dict[StationKind, tuple[str, str]] = {
    "police": ("警务站", "Police post"),
    "fire": ("消防站", "Fire post"),
    "medic": ("急救站", "Ambulance post"),
}
ALL_KINDS: tuple[StationKind, ...] = ("police", "fire", "medic")

SAME_STATION_M = 150.0
N_ROUNDS = 4
MOST_CANDIDATES = 20_000


@dataclass(frozen=True)
class Station:
    """A base of crews; degrees. `is_seeded`: made up, not from the extract."""

    kind: StationKind
    zh: str
    en: str
    lon: float
    lat: float
    is_seeded: bool = False


def stations(basemap: Basemap) -> list[Station]:
    """The stations that the extract tags, in its order; one of a kind at a place, numbered where they have no name."""
    points = basemap.landmarks
    found: list[Station] = []
    unnamed = dict.fromkeys(_PLAIN, 0)
    for i, number in enumerate(points.kind):
        tagged = LANDMARK_CLASSES[number]
        lon, lat = float(points.lon[i]), float(points.lat[i])
        zh, en = points.zh[i], points.en[i]
        if tagged not in _KINDS or not _is_base(tagged, zh, en):
            continue
        if any(_is_same(s, _KINDS[tagged], lon, lat) for s in found):
            continue
        if not zh:
            unnamed[tagged] += 1
            zh, en = (f"{plain} {unnamed[tagged]}" for plain in _PLAIN[tagged])
        found.append(Station(_KINDS[tagged], zh, en, lon, lat))
    return found


def _is_base(tagged: str, zh: str, en: str) -> bool:
    """Whether crews set out from a place of that class and name; one without a name may be anything, so they do."""
    told = f"{zh} {en}".casefold()
    return not any(tagged == of and part in told for of, parts, _ in _NO_BASE for part in parts)


def _is_same(station: Station, kind: StationKind, lon: float, lat: float) -> bool:
    return station.kind == kind and plane_metres(lon, lat, station.lon, station.lat) < SAME_STATION_M


def seed_stations(
    roads: RoadNetwork, n: int, rng: np.random.Generator, *, kinds: Sequence[StationKind] = ALL_KINDS
) -> list[Station]:
    """At most `n` made-up stations at junctions, kinds in turn; the same roads and seed give the same stations.

    Source:
        Starts from the farthest-first rule for k centres (Gonzalez 1985), straight-line distance, then moves each to
        the middle of what is nearest to it (Lloyd 1982), because the first rule alone puts posts on the city's rim.
    """
    nodes = _junctions(roads, rng)
    at = _metres(roads, nodes)
    chosen = _spread(at, min(n, len(nodes)), int(rng.integers(max(len(nodes), 1))))
    counts = dict.fromkeys(kinds, 0)
    made = []
    for i, node in enumerate(nodes[chosen]):
        kind = kinds[i % len(kinds)]
        counts[kind] += 1
        zh, en = _SEEDED[kind]
        made.append(
            Station(
                kind,
                f"{counts[kind]} 号{zh}",
                f"{en} {counts[kind]}",
                float(roads.lon[node]),
                float(roads.lat[node]),
                True,
            )
        )
    return made


def _junctions(roads: RoadNetwork, rng: np.random.Generator) -> NDArray[np.int64]:
    """Nodes where three ways meet, or all where there are none; of very many a part drawn at random."""
    ways = np.column_stack(roads.street_ends).astype(np.int64)
    both = np.unique(np.concatenate([ways, ways[:, ::-1]]), axis=0)
    nodes = np.flatnonzero(np.bincount(both[:, 0], minlength=roads.n_junctions) >= 3)
    if not len(nodes):
        nodes = np.arange(roads.n_junctions)
    if len(nodes) > MOST_CANDIDATES:
        nodes = np.sort(rng.choice(nodes, MOST_CANDIDATES, replace=False))
    return nodes.astype(np.int64)


def _metres(roads: RoadNetwork, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
    lon, lat = np.asarray(roads.lon)[nodes], np.asarray(roads.lat)[nodes]
    middle = float(lat.mean()) if len(lat) else 0.0
    return np.column_stack([lon * np.cos(np.radians(middle)), lat]) * METRES_PER_DEGREE


def _spread(at: NDArray[np.float64], k: int, start: int) -> NDArray[np.int64]:
    """(k,) rows of `at`, no two the same."""
    if k <= 0:
        return np.zeros(0, dtype=np.int64)
    chosen = [start]
    off = np.hypot(*(at - at[start]).T)
    for _ in range(k - 1):
        chosen.append(int(np.argmax(off)))
        off = np.minimum(off, np.hypot(*(at - at[chosen[-1]]).T))
    for _ in range(N_ROUNDS):
        chosen = _moved_to_middles(at, chosen)
    return np.array(chosen, dtype=np.int64)


def _moved_to_middles(at: NDArray[np.float64], chosen: list[int]) -> list[int]:
    off = np.full(len(at), np.inf)
    owner = np.zeros(len(at), dtype=np.int64)
    for i, row in enumerate(chosen):
        here = np.hypot(*(at - at[row]).T)
        owner[here < off] = i
        off = np.minimum(off, here)
    moved = []
    for i, row in enumerate(chosen):
        own = np.flatnonzero(owner == i)
        if not len(own):  # two junctions at the same point
            moved.append(row)
            continue
        middle = at[own].mean(axis=0)
        moved.append(int(own[np.argmin(np.hypot(*(at[own] - middle).T))]))
    return moved
