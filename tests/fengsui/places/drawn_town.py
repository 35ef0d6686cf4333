"""A town that fits on one screen, written as an extract and read as any other.

                    学府街          人民街         和平街
    北环路  ---------+--------------+--------------+      row 2
                     |     park     |              |
    中山路  ---------+--------------+--------------+      row 1, crosses the river by a bridge east of 人民街
                     |              |    ~ river   |
    南环路  ---------+--------------+--------------+      row 0

Rows are 220 m apart, columns 260 m.
"""

from pathlib import Path

import numpy as np
import osmium

from fengsui.places.basemap import build_basemap
from fengsui.places.city import City, assemble
from fengsui.places.tile_geometry import world
from fengsui_engine.roads import build_from_osm

LON, LAT = 100.0, 40.0
COLUMN_DEG, ROW_DEG = 0.003_05, 0.001_98

ROWS = [
    ("南环路", "South Ring Road", "primary"),
    ("中山路", "Zhongshan Road", "secondary"),
    ("北环路", "North Ring Road", "primary"),
]
COLUMNS = [("学府街", "Xuefu Street"), ("人民街", "Renmin Street"), ("和平街", "Heping Street")]


def at(column: float, row: float) -> tuple[float, float]:
    """lon, lat of a place on the town's grid."""
    return LON + column * COLUMN_DEG, LAT + row * ROW_DEG


class Drawing:
    """Collects nodes and ways, and writes them as an extract."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[float, float], int] = {}
        self.tagged: list[tuple[tuple[float, float], dict[str, str]]] = []
        self.ways: list[tuple[list[tuple[float, float]], dict[str, str]]] = []

    def point(self, column: float, row: float, **tags: str) -> None:
        self.tagged.append((at(column, row), {k.replace("__", ":"): v for k, v in tags.items()}))

    def way(self, corners: list[tuple[float, float]], **tags: str) -> None:
        self.ways.append(([at(*c) for c in corners], {k.replace("__", ":"): v for k, v in tags.items()}))

    def write(self, path: Path) -> Path:
        for corners, _ in self.ways:
            for corner in corners:
                self.nodes.setdefault(corner, len(self.nodes) + 1)
        with osmium.SimpleWriter(str(path)) as out:
            for corner, number in self.nodes.items():
                out.add_node(osmium.osm.mutable.Node(id=number, version=1, location=corner))
            for number, (corner, tags) in enumerate(self.tagged, start=100_000):
                out.add_node(osmium.osm.mutable.Node(id=number, version=1, location=corner, tags=tags))
            for number, (corners, tags) in enumerate(self.ways, start=1):
                nodes = [self.nodes[corner] for corner in corners]
                out.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=nodes, tags=tags))
        return path


def draw_town() -> Drawing:
    town = Drawing()
    for row, (zh, en, highway) in enumerate(ROWS):
        whole = [(float(c), float(row)) for c in range(3)]
        if row == 1:
            town.way(whole[:2], highway=highway, name=zh, name__en=en)
            town.way(whole[1:], highway=highway, name=zh, name__en=en, bridge="yes")
        else:
            town.way(whole, highway=highway, name=zh, name__en=en)
    for column, (zh, en) in enumerate(COLUMNS):
        town.way([(float(column), float(r)) for r in range(3)], highway="residential", name=zh, name__en=en)
    town.way([(0.0, 0.0), (0.3, 0.5), (1.0, 0.0)], highway="service")
    town.way(
        [(1.2, 0.2), (1.8, 0.2), (1.8, 0.8), (1.2, 0.8), (1.2, 0.2)],
        natural="water",
        name="朔河",
        name__en="Shuo River",
    )
    town.way([(1.5, -1.0), (1.5, 0.2), (1.5, 0.8), (1.5, 3.0)], waterway="river", name="朔河", name__en="Shuo River")
    town.way(
        [(0.2, 1.2), (0.8, 1.2), (0.8, 1.8), (0.2, 1.8), (0.2, 1.2)],
        leisure="park",
        name="人民公园",
        name__en="Renmin Park",
    )
    town.way([(-1.0, -1.0), (3.0, -1.0), (3.0, 3.0), (-1.0, 3.0), (-1.0, -1.0)], landuse="residential")
    town.way([(-1.0, -0.5), (3.0, -0.5)], railway="rail")
    town.way(
        [(1.1, 1.1), (1.4, 1.1), (1.4, 1.4), (1.1, 1.4), (1.1, 1.1)],
        amenity="school",
        name="朔泉一中",
        name__en="Shuoquan No. 1 School",
    )
    town.point(1.25, 1.25, amenity="school", name="朔泉一中", name__en="Shuoquan No. 1 School")
    town.point(2.0, 1.5, amenity="police", name="和平派出所", name__en="Heping Police Station")
    town.point(0.5, 0.7, amenity="fire_station")
    town.point(1.6, 1.7, amenity="hospital", name="南关医院", name__en="Nanguan Hospital")
    town.point(1.0, 1.5, place="town", name="朔泉", name__en="Shuoquan")
    return town


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    """x, y of the tile that holds a place."""
    x, y = world(np.array([[lon, lat]]))[0] * (1 << z)
    return int(x), int(y)


def ground(extract: Path) -> City:
    """The city of an extract."""
    roads = build_from_osm(extract)
    return assemble(roads, build_basemap(extract, roads))
