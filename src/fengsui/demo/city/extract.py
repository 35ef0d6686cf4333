"""How does the made-up prefecture become an OSM extract?

Ordinary tags only, so that the made-up city and a real one go through one pipeline. The same city gives the same bytes:
ids count up from 1 in a fixed order, objects carry no time, user or changeset, and the header names a fixed generator
instead of the library's version.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import osmium
import shapely
from shapely import ops

from fengsui.demo.city.city import City
from fengsui.demo.city.ground import TAGS
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.names import strokes_of
from fengsui.demo.city.network import Edge, Network
from fengsui.demo.city.words import Name

LONGEST_WAY = 1_500
SPEED_KMH = {Rank.MOTORWAY: 120, Rank.MOTORWAY_LINK: 60, Rank.TRUNK: 80, Rank.PRIMARY: 60}
CITY_TRUNK_KMH = 60
WITH_STOREYS = ("apartments", "commercial", "school")
GENERATOR = "fengsui made-up city"
SPECIAL = re.compile(r"[\s,=@%]")


@dataclass
class Points:
    """Numbers the nodes of the extract; two equal points are one node."""

    number: dict[tuple[float, float], int] = field(default_factory=dict)

    def of(self, points: np.ndarray) -> list[int]:
        """Node ids of these points in the plane, centimetres deciding."""
        keys = map(tuple, (np.round(points, 2) + 0.0).tolist())
        return [self.number.setdefault(key, len(self.number) + 1) for key in keys]


@dataclass(frozen=True)
class Way:
    """A way before it is written."""

    nodes: list[int]
    tags: dict[str, str]


def write_extract(city: City, path: Path) -> None:
    """Write the city to `path` (.osm.pbf, or whatever OSM format its ending names); an old file is replaced."""
    points = Points()
    ways = [*street_ways(city, points), *rail_ways(city, points), *water_ways(city, points), *area_ways(city, points)]
    ways += building_ways(city, points)
    gates = {points.of(at[None])[0]: kind for at, kind in city.gates}
    lonlat = city.valley.to_globe(np.array(list(points.number)))
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    reader = osmium.MergeInputReader()
    reader.add_buffer("\n".join(lines_of(lonlat.tolist(), gates, list(place_nodes(city)), ways)).encode(), "opl")
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path), header=header) as writer:
        reader.apply(writer)


def lines_of(
    lonlat: list[list[float]], gates: dict[int, str], places: list[tuple[list[float], dict[str, str]]], ways: list[Way]
) -> Iterator[str]:
    """The extract as osmium's own lines of text (OPL), which it packs several times faster than single objects."""
    for number, (lon, lat) in enumerate(lonlat, start=1):
        tags = tags_text({"access": "private", "barrier": gates[number]}) if number in gates else ""
        yield f"n{number} v1{tags} x{lon:.7f} y{lat:.7f}"
    for number, ((lon, lat), told) in enumerate(places, start=len(lonlat) + 1):
        yield f"n{number} v1{tags_text(told)} x{lon:.7f} y{lat:.7f}"
    for number, way in enumerate(ways, start=1):
        yield f"w{number} v1{tags_text(way.tags)} N{','.join([f'n{node}' for node in way.nodes])}"


def tags_text(tags: dict[str, str]) -> str:
    """Tags as they stand in a line."""
    return " T" + ",".join(
        [f"{SPECIAL.sub(escaped, key)}={SPECIAL.sub(escaped, value)}" for key, value in tags.items()]
    )


def escaped(found: re.Match[str]) -> str:
    """A character that means something else in a line."""
    return f"%{ord(found[0]):x}%"


def place_nodes(city: City) -> Iterator[tuple[list[float], dict[str, str]]]:
    """Places and services with their position on the globe."""
    lonlat = city.valley.to_globe(np.array([place.at for place in city.places]))
    for at, place in zip(lonlat.tolist(), city.places, strict=True):
        yield at, dict(sorted(place.tags.items()))


def with_name(tags: dict[str, str], name: Name | None) -> dict[str, str]:
    """The tags, with a name in both languages if there is one."""
    return {**tags, "name": name.zh, "name:en": name.en} if name else tags


def street_ways(city: City, points: Points) -> Iterator[Way]:
    """One way for each run of edges that share class, name, direction and bridge."""
    network = city.network
    for chain in strokes_of(network, {n: edge.sort for n, edge in network.edges.items()}):
        for run in runs(network, chain, city.streets):
            edge = network.edges[run[0][0]]
            line = [network.edges[n].points[:: 1 if forward else -1] for n, forward in run]
            joined = np.vstack([line[0], *(part[1:] for part in line[1:])])
            nodes = points.of(joined if run[0][1] or not edge.oneway else joined[::-1])
            tags = with_name(street_tags(edge), city.streets.get(run[0][0]))
            for start in range(0, len(nodes) - 1, LONGEST_WAY):
                yield Way(nodes[start : start + LONGEST_WAY + 1], tags)


def runs(network: Network, chain: list[int], names: dict[int, Name]) -> Iterator[list[tuple[int, bool]]]:
    """Cut a stroke where anything changes; each edge with whether it is read from `a` to `b`."""
    run: list[tuple[int, bool]] = []
    last: object = None
    for number, forward in oriented(network, chain):
        edge = network.edges[number]
        sort = (*edge.sort, names.get(number), forward if edge.oneway else None)
        if run and sort != last:
            yield run
            run = []
        run.append((number, forward))
        last = sort
    yield run


def oriented(network: Network, chain: list[int]) -> list[tuple[int, bool]]:
    """The edges of a stroke with the direction in which the stroke passes them."""
    if len(chain) == 1:
        return [(chain[0], True)]
    first, second = network.edges[chain[0]], network.edges[chain[1]]
    at = first.a if first.b in (second.a, second.b) else first.b
    if {first.a, first.b} == {second.a, second.b} and len(chain) > 2:
        third = network.edges[chain[2]]
        at = first.a if second.other(first.b) in (third.a, third.b) else first.b
    out = []
    for number in chain:
        edge = network.edges[number]
        out.append((number, edge.a == at))
        at = edge.other(at)
    return out


def street_tags(edge: Edge) -> dict[str, str]:
    """OSM tags of a street."""
    tags = {"highway": edge.rank.name.lower()}
    if edge.oneway:
        tags["oneway"] = "yes"
    if edge.tag == "drum-ring":
        tags["junction"] = "roundabout"
    if edge.bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    if edge.rank in SPEED_KMH:
        is_city_trunk = edge.rank == Rank.TRUNK and edge.tag.startswith("east-west")
        tags["maxspeed"] = str(CITY_TRUNK_KMH if is_city_trunk else SPEED_KMH[edge.rank])
    return tags


def rail_ways(city: City, points: Points) -> Iterator[Way]:
    """The railway, on bridges over the roads it crosses."""
    rail = city.land.rail_line
    lines = [edge.line for edge in city.network.edges.values()]
    hits = shapely.STRtree(lines).query(rail, predicate="intersects")
    crossings = sorted(float(rail.project(shapely.intersection(lines[i], rail).centroid)) for i in hits)
    tags = {"railway": "rail", "name": "绥漠铁路", "name:en": "Suimo Railway"}
    at = 0.0
    for crossing in [*crossings, rail.length + 100]:
        start, stop = max(crossing - 35, at), crossing + 35
        yield Way(points.of(np.asarray(ops.substring(rail, at, min(start, rail.length)).coords)), tags)
        if stop < rail.length:
            bridge = ops.substring(rail, start, stop)
            yield Way(points.of(np.asarray(bridge.coords)), {**tags, "bridge": "yes", "layer": "1"})
        at = stop


def water_ways(city: City, points: Points) -> Iterator[Way]:
    """The river's line, downstream, and the canals."""
    river = np.asarray(city.land.river_line.coords)
    yield Way(points.of(river), {"waterway": "river", "name": "绥水", "name:en": "Sui River"})
    names = {"canal-north": Name("北干渠", "North Main Canal"), "canal-south": Name("南干渠", "South Main Canal")}
    for key, line in city.land.canals:
        yield Way(points.of(np.asarray(line.coords)), with_name({"waterway": "canal"}, names[key]))


def area_ways(city: City, points: Points) -> Iterator[Way]:
    """Closed ways: fields, blocks, parks, pitches, water."""
    for area in city.ground:
        nodes = points.of(np.asarray(shapely.Polygon(area.shape.exterior).exterior.coords))
        yield Way(nodes, with_name(TAGS[area.kind], area.name))


def building_ways(city: City, points: Points) -> Iterator[Way]:
    """Closed ways: every footprint, with its storeys where they say something."""
    nodes = iter(points.of(np.concatenate([building.ring for building in city.buildings])))
    for building in city.buildings:
        ring = list(islice(nodes, len(building.ring)))
        storeys = {"building:levels": str(building.storeys)} if building.tag in WITH_STOREYS else {}
        yield Way([*ring, ring[0]], {"building": building.tag, **storeys})
