"""A small city that fits on one screen, and ways to draw others.

                 人民路 People's Road (secondary, two-way)
    1 ════════════════ 2 ═══════ 9 ═══════ 3          1, 2, 3, 4, 5, 6: junctions
    ║                  ║      (bend)       ║          9, 10: bends
    ║ 西街             ║ 钟楼街             ║ 东街     5 → 6: one-way, 学府路
    ║                  ║                   ║          7: dead end of a gated yard
    4 ════════════════ 5 ──────10────────► 6          8 — 11: a fragment that nothing reaches
                       ┊                              12: in the middle of the footpath, not for crews
                       7

The sides are about 1,000 m (west-east) and 555 m (north-south), at the equator of nowhere.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from fengsui_engine.roads import Edges, RoadNetwork, StreetName, Told, assemble
from fengsui_engine.roads.geodesy import haversine_metres, whole_millimetres

Place = tuple[float, float]
Way = tuple[int, Sequence[int], Mapping[str, str]]

PLACES: dict[int, Place] = {
    1: (100.000, 0.005),
    2: (100.009, 0.005),
    3: (100.018, 0.005),
    4: (100.000, 0.000),
    5: (100.009, 0.000),
    6: (100.018, 0.000),
    7: (100.009, -0.002),
    8: (100.030, 0.000),
    9: (100.0135, 0.0055),
    10: (100.0135, 0.000),
    11: (100.031, 0.000),
    12: (100.0045, 0.0025),
}
WAYS: list[Way] = [
    (101, (1, 2, 9, 3), {"highway": "secondary", "name": "人民路", "name:en": "People's Road"}),
    (102, (1, 4), {"highway": "residential", "name": "西街", "name:en": "West Street"}),
    (103, (2, 5), {"highway": "tertiary", "name": "钟楼街", "name:en": "Bell Tower Street", "maxspeed": "40"}),
    (104, (3, 6), {"highway": "residential", "name": "东街", "name:en": "East Street"}),
    (105, (4, 5), {"highway": "tertiary", "name": "学府路", "name:en": "College Road"}),
    (106, (5, 10, 6), {"highway": "tertiary", "name": "学府路", "name:en": "College Road", "oneway": "yes"}),
    (107, (5, 7), {"highway": "service", "access": "private"}),
    (108, (8, 11), {"highway": "residential", "name": "孤路"}),
    (109, (1, 12, 5), {"highway": "footway"}),
]


def draw_city(path: Path) -> Path:
    """Write the hand-drawn city as an OpenStreetMap file."""
    return write_osm(path, PLACES, WAYS)


def write_osm(path: Path, places: Mapping[int, Place], ways: Sequence[Way]) -> Path:
    """Write nodes and ways as OpenStreetMap XML."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<osm version='0.6' generator='drawn by hand'>"]
    lines += [f'<node id="{n}" version="1" lon="{x:.7f}" lat="{y:.7f}"/>' for n, (x, y) in sorted(places.items())]
    for way, nodes, tags in ways:
        lines.append(f'<way id="{way}" version="1">')
        lines += [f'<nd ref="{node}"/>' for node in nodes]
        lines += [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]
        lines.append("</way>")
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def network(places: Sequence[Place], streets: Sequence[tuple[int, int, int, int | None]]) -> RoadNetwork:
    """A network of straight streets (from, to, milliseconds, milliseconds back or None: one-way)."""
    arcs: list[tuple[int, int, int, int]] = []
    for a, b, ms, ms_back in streets:
        arcs.append((a, b, ms, len(arcs) + 1 if ms_back is not None else -1))
        if ms_back is not None:
            arcs.append((b, a, ms_back, len(arcs) - 1))
    tail, head, travel_ms, twin = (np.array(column, dtype=np.int32) for column in zip(*arcs, strict=True))
    lon, lat = np.array(places, dtype=np.float64).T.copy()
    m = len(arcs)
    ends = np.column_stack((tail, head)).ravel()
    edges = Edges(
        tail=tail,
        head=head,
        travel_ms=travel_ms,
        metres=whole_millimetres(haversine_metres(lon[tail], lat[tail], lon[head], lat[head])),
        twin=twin,
        way=np.arange(m, dtype=np.int64),
        from_osm=tail.astype(np.int64),
        to_osm=head.astype(np.int64),
        name=np.zeros(m, dtype=np.int32),
        road_class=np.zeros(m, dtype=np.uint8),
        copy_of=np.full(m, -1, dtype=np.int32),
        shape_first=np.arange(0, 2 * m + 1, 2, dtype=np.int32),
        shape_lon=lon[ends],
        shape_lat=lat[ends],
    )
    return assemble(lon, lat, edges, Told(names=(StreetName("", ""),), source="drawn"))
