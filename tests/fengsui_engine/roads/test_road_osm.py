"""From a map to streets: what is kept, what is left out, and how long it takes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium
import pytest
from cities import PLACES, WAYS, draw_city, write_osm

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RESPONSE, ROAD_CLASSES, ExtractUnreadable, RoadNetwork, build_from_osm
from fengsui_engine.roads.core import strong_core
from fengsui_engine.roads.dropped import Dropped
from fengsui_engine.roads.profile import (
    CLASSES,
    WAY_KEYS,
    Barrier,
    Driving,
    barrier,
    driving,
    limit_kmh,
    may_pass,
    one_way,
)


def edges_named(roads: RoadNetwork, zh: str) -> list[int]:
    return [edge for edge in range(roads.n_edges) if roads.name_of(edge).zh == zh]


def ends(roads: RoadNetwork, edges: list[int]) -> set[tuple[int, int]]:
    return {(int(roads.from_osm[edge]), int(roads.to_osm[edge])) for edge in edges}


def city(tmp_path: Path, *changes: tuple[int, Mapping[str, str]]) -> RoadNetwork:
    """The hand-drawn city with other tags on some ways."""
    changed = dict(changes)
    ways = [(way, nodes, {**tags, **changed.get(way, {})}) for way, nodes, tags in WAYS]
    return build_from_osm(write_osm(tmp_path / "changed.osm", PLACES, ways))


def test_the_drawn_city_has_its_junctions_and_no_others(drawn_city: RoadNetwork) -> None:
    assert set(drawn_city.from_osm.tolist()) == {1, 2, 3, 4, 5, 6, 7}
    assert drawn_city.n_edges == 15
    assert drawn_city.dropped_nodes == 2  # the fragment 8 — 11


def test_a_bend_becomes_shape_and_the_street_keeps_way_and_ends(drawn_city: RoadNetwork) -> None:
    edges = edges_named(drawn_city, "人民路")
    assert ends(drawn_city, edges) == {(1, 2), (2, 1), (2, 3), (3, 2)}
    (bent,) = (edge for edge in edges if (drawn_city.from_osm[edge], drawn_city.to_osm[edge]) == (2, 3))
    points = slice(drawn_city.shape_first[bent], drawn_city.shape_first[bent + 1])
    assert drawn_city.shape_lon[points].tolist() == [100.009, 100.0135, 100.018]
    assert set(drawn_city.way[edges].tolist()) == {101}
    assert drawn_city.name_of(bent).en == "People's Road"


def test_a_street_and_its_twin_run_opposite_ways(drawn_city: RoadNetwork) -> None:
    two_way = np.flatnonzero(drawn_city.twin >= 0)
    twin = drawn_city.twin[two_way]
    assert np.array_equal(drawn_city.twin[twin], two_way)
    assert np.array_equal(drawn_city.tail[two_way], drawn_city.head[twin])
    assert np.array_equal(drawn_city.metres[two_way], drawn_city.metres[twin])


def test_a_one_way_street_is_one_edge(drawn_city: RoadNetwork) -> None:
    assert (5, 6) in ends(drawn_city, edges_named(drawn_city, "学府路"))
    assert (6, 5) not in ends(drawn_city, edges_named(drawn_city, "学府路"))


def test_a_gated_yard_is_open_to_crews_and_a_footpath_is_not(drawn_city: RoadNetwork) -> None:
    assert {(5, 7), (7, 5)} <= ends(drawn_city, list(range(drawn_city.n_edges)))
    assert 109 not in drawn_city.way


def test_times_are_length_by_speed_rounded_once(drawn_city: RoadNetwork) -> None:
    (edge, *_) = edges_named(drawn_city, "西街")
    metres = 0.005 * np.radians(1) * 6_371_008.8
    assert drawn_city.metres[edge] == round(metres, 3)
    kmh = CLASSES[ROAD_CLASSES.index("residential")].kmh
    assert drawn_city.travel_ms[edge] == round(metres / kmh * 3600)
    (edge, *_) = edges_named(drawn_city, "钟楼街")
    assert drawn_city.travel_ms[edge] == round(metres / (40 * 0.8) * 3600)


def test_a_change_of_name_or_class_ends_an_edge_and_a_change_of_limit_does_not(tmp_path: Path) -> None:
    places = {n: (100 + n / 1000, 0.0) for n in range(1, 7)}
    line = [
        (1, (1, 2), {"highway": "residential", "name": "甲"}),
        (2, (2, 3), {"highway": "residential", "name": "甲", "maxspeed": "30"}),
        (3, (3, 4), {"highway": "residential", "name": "乙"}),
        (4, (4, 5), {"highway": "tertiary", "name": "乙"}),
        (5, (6, 5), {"highway": "tertiary", "name": "乙"}),  # drawn the other way round
    ]
    roads = build_from_osm(write_osm(tmp_path / "line.osm", places, line))
    assert ends(roads, list(range(roads.n_edges))) == {(1, 3), (3, 1), (3, 4), (4, 3), (4, 6), (6, 4)}
    by_ends = {(int(a), int(b)): int(way) for a, b, way in zip(roads.from_osm, roads.to_osm, roads.way, strict=True)}
    assert (by_ends[1, 3], by_ends[3, 1], by_ends[4, 6]) == (1, 2, 4)
    (joined,) = np.flatnonzero((roads.from_osm == 1) & (roads.to_osm == 3))
    metres = 0.001 * np.radians(1) * 6_371_008.8
    assert roads.travel_ms[joined] == round(metres / 30 * 3600 + metres / (30 * 0.8) * 3600)


def test_a_ring_without_a_junction_and_a_loop_at_one_are_kept(tmp_path: Path) -> None:
    places = {1: (100.0, 0.0), 2: (100.001, 0.0), 3: (100.001, 0.001), 4: (100.0, 0.001), 5: (99.999, 0.0)}
    ring = (1, (1, 2, 3, 4, 1), {"highway": "residential", "junction": "roundabout"})
    alone = build_from_osm(write_osm(tmp_path / "ring.osm", places, [ring]))
    assert (alone.n_nodes, alone.n_edges, alone.dropped_nodes) == (1, 1, 0)
    assert alone.tail[0] == alone.head[0]
    assert np.diff(alone.shape_first).tolist() == [5]
    spur = (2, (5, 1), {"highway": "residential"})
    with_spur = build_from_osm(write_osm(tmp_path / "spur.osm", places, [ring, spur]))
    assert (with_spur.n_nodes, with_spur.n_edges) == (2, 3)


def test_a_way_that_leaves_the_extract_is_cut_where_its_points_are_missing(tmp_path: Path) -> None:
    places = {n: (100 + n / 1000, 0.0) for n in (1, 2, 4, 5)}
    roads = build_from_osm(write_osm(tmp_path / "cut.osm", places, [(1, (1, 2, 3, 4, 5), {"highway": "residential"})]))
    assert roads.n_edges == 2
    assert roads.dropped_nodes == 2


def test_pockets_that_a_one_way_street_closes_are_dropped_and_told(tmp_path: Path) -> None:
    trapped = city(tmp_path, (107, {"oneway": "yes"}))
    assert trapped.dropped_nodes == 3
    assert 107 not in trapped.way


def test_the_same_map_gives_the_same_digest(tmp_path: Path, drawn_city: RoadNetwork) -> None:
    assert build_from_osm(draw_city(tmp_path / "drawn.osm")).digest == drawn_city.digest
    assert city(tmp_path, (103, {"maxspeed": "50"})).digest != drawn_city.digest


def test_a_name_is_told_in_both_languages_or_by_the_roads_number(tmp_path: Path) -> None:
    only_english = {"name": "", "name:zh": "", "name:en": "Riverside Road"}
    changes = ((102, {"name": "", "name:en": "", "ref": "G30"}), (104, {"name:en": ""}), (106, only_english))
    names = {(name.zh, name.en) for name in city(tmp_path, *changes).names}
    assert {("", ""), ("G30", "G30"), ("东街", "东街"), ("人民路", "People's Road")} <= names
    assert ("Riverside Road", "Riverside Road") in names


@pytest.mark.parametrize(
    ("tags", "is_driven"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "residential", "access": "private"}, True),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "residential", "access": "no", "emergency": "yes"}, True),
        ({"highway": "residential", "access": "no", "bus": "yes"}, True),
        ({"highway": "residential", "motor_vehicle": "no"}, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "destination"}, True),
        ({"highway": "residential", "access": "yes", "emergency": "no"}, False),
        ({"highway": "residential", "area": "yes"}, False),
        ({"highway": "residential", "oneway": "reversible"}, False),
        ({"highway": "residential", "impassable": "yes"}, False),
        ({"highway": "unclassified", "route": "ferry"}, False),
        ({"highway": "track"}, False),
        ({"highway": "track", "tracktype": "grade2"}, True),
        ({"highway": "pedestrian"}, False),
        ({"highway": "steps"}, False),
        ({"highway": "construction"}, False),
        ({"route": "ferry"}, False),
    ],
)
def test_what_a_crew_drives_on(tags: dict[str, str], is_driven: bool) -> None:
    assert isinstance(driving(tags), Driving) == is_driven


@pytest.mark.parametrize(
    ("tags", "way_round"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reversible"}, None),
        ({"oneway": "alternating"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "circular"}, 1),
        ({"junction": "roundabout", "oneway": "no"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 1),
        ({"oneway": "yes", "oneway:emergency": "no"}, 0),
    ],
)
def test_which_way_a_street_is_driven(tags: dict[str, str], way_round: int | None) -> None:
    assert one_way(tags) == way_round


@pytest.mark.parametrize(
    ("stated", "kmh"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("30 mph", 48.28032),
        ("10 knots", 18.52),
        ("none", 130),
        ("walk", 7),
        ("CN:urban", 50),
        ("DE:rural", 90),
        ("DE:zone:30", 30),
        ("DE:zone30", 30),
        ("DE:30", 30),
        ("zone:20", 20),
        ("80;60", 80),
        ("signals", None),
        ("", None),
        ("0", None),
        ("fast", None),
    ],
)
def test_how_a_limit_is_read(stated: str, kmh: float | None) -> None:
    assert limit_kmh(stated) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "primary", "maxspeed:hgv": "20"}, 65),
        ({"highway": "primary", "maxspeed:conditional": "20 @ (wet)"}, 65),
        ({"highway": "primary", "zone:maxspeed": "DE:30"}, 24),
        ({"highway": "primary", "surface": "asphalt"}, 65),
        ({"highway": "primary", "surface": "sett"}, 40),
        ({"highway": "primary", "surface": "sett", "smoothness": "very_bad"}, 20),
        ({"highway": "primary", "maxspeed": "20", "surface": "sett"}, 16),
        ({"highway": "unclassified", "tracktype": "grade5"}, 20),
        ({"highway": "service", "service": "driveway"}, 10),
        ({"highway": "service", "service": "drive-through"}, 8),
        ({"highway": "service", "surface": "mud", "smoothness": "very_horrible"}, 5),
        ({"highway": "motorway", "maxspeed": "none"}, 104),
    ],
)
def test_how_fast_a_crew_drives(tags: dict[str, str], kmh: float) -> None:
    how = driving(tags)
    assert isinstance(how, Driving)
    assert how.forward_kmh == pytest.approx(kmh)


class Watched(dict[str, str]):
    """Tags that remember what was asked of them."""

    def __init__(self, tags: Mapping[str, str]) -> None:
        super().__init__(tags)
        self.asked: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def test_ways_alike_in_what_is_asked_of_them_are_thought_about_once() -> None:
    asked: set[str] = set()
    for tags in ({}, {"highway": "track", "tracktype": "grade1"}, {"highway": "primary", "access": "no", "bus": "yes"}):
        watched = Watched(tags)
        driving(watched)
        asked |= watched.asked
    assert asked == WAY_KEYS


@pytest.mark.parametrize(
    ("tags", "seconds"),
    [
        ({}, 0),
        ({"barrier": "no"}, 0),
        ({"barrier": "bollard"}, None),
        ({"barrier": "yes"}, None),
        ({"barrier": "bollard", "emergency": "yes"}, 0),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, 0),
        ({"barrier": "bollard", "access": "yes"}, None),
        ({"barrier": "bollard", "bollard": "removable"}, 30),
        ({"barrier": "bollard", "bollard": "removable", "motor_vehicle": "no"}, None),
        ({"barrier": "bollard", "bollard": "fixed"}, None),
        ({"barrier": "gate"}, 10),
        ({"barrier": "gate", "emergency": "no"}, None),
        ({"barrier": "gate", "locked": "yes"}, None),
        ({"barrier": "gate", "locked": "yes", "emergency": "designated"}, 10),
        ({"barrier": "gate", "access": "no"}, None),
        ({"barrier": "gate", "access": "private"}, 10),
        ({"barrier": "gate", "access": "no", "motor_vehicle": "permissive"}, 10),
        ({"barrier": "height_restrictor"}, None),
        ({"barrier": "height_restrictor", "maxheight": "3.4"}, None),
        ({"barrier": "height_restrictor", "maxheight": "3.5 m"}, 0),
        ({"barrier": "height_restrictor", "maxheight": "20 feet"}, None),
    ],
)
def test_what_a_barrier_means_for_a_crew(tags: dict[str, str], seconds: float | None) -> None:
    met = barrier(tags)
    assert (met.seconds if met.passes else None) == seconds


def test_a_profile_is_a_choice(tmp_path: Path) -> None:
    """A city whose crews open bollards, keep to one-way streets, and drive faster in yards."""
    ours = replace(
        RESPONSE,
        kmh={**RESPONSE.kmh, "service": 30, "footway": 20},
        barriers={**RESPONSE.barriers, "bollard": Barrier(True, 7, "measured here")},
        passes_locked=True,
        returns_by_bus_lanes=False,
        height_m=2.0,
    )
    assert barrier({"barrier": "bollard"}, ours).seconds == 7
    assert barrier({"barrier": "gate", "locked": "yes"}, ours).passes
    assert barrier({"barrier": "height_restrictor", "maxheight": "2.1"}, ours).passes
    assert one_way({"oneway": "yes", "oneway:bus": "no"}, ours) == 1
    assert one_way({"oneway": "yes", "oneway:bus": "no"}) == 0
    extract = draw_city(tmp_path / "drawn.osm")
    (usual,), (now,) = (
        {int(roads.travel_ms[edge]) for edge in range(roads.n_edges) if roads.way[edge] == 107}
        for roads in (build_from_osm(extract), build_from_osm(extract, profile=ours))
    )
    assert usual == pytest.approx(2 * now, abs=1)


def test_what_a_gate_costs_is_half_on_each_piece_beside_it(tmp_path: Path) -> None:
    places = {n: (100 + n / 1000, 0.0) for n in (1, 2, 3)}
    ways = [(1, (1, 2), {"highway": "residential"}), (2, (2, 3), {"highway": "tertiary"})]
    path = write_osm(tmp_path / "gate.osm", places, ways)
    free = build_from_osm(path)
    point = '<node id="2" version="1" lon="100.0020000" lat="0.0000000"'
    text = path.read_text(encoding="utf-8")
    assert point in text
    path.write_text(text.replace(f"{point}/>", f'{point}><tag k="barrier" v="gate"/></node>'), encoding="utf-8")
    gated = build_from_osm(path)
    assert (gated.travel_ms - free.travel_ms).tolist() == [5000] * 4


EXTRACTS = {
    "Helsinki.osm.pbf": 300,
    "chengdu_centre.osm.pbf": 2800,
    "columbus.osm.pbf": 12_000,
    "krems.osm.gz": 600,
    "liechtenstein.osm.pbf": 3200,
    "monaco_osrm.osm.pbf": 1900,
    "nanjing_centre.osm.pbf": 300,
    "north-bayreuth.osm.gz": 1150,
    "poa.osm.pbf": 13_500,
    "shanghai_centre.osm.pbf": 3700,
}
"""Real extracts, and how many junctions each has at least."""


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_real_extract_becomes_a_network_that_hangs_together(name: str, real_data: Path) -> None:
    roads = build_from_osm(real_data / name)
    assert EXTRACTS[name] <= roads.n_junctions == roads.n_nodes <= 1.1 * EXTRACTS[name]
    assert strong_core(roads.n_nodes, roads.tail.astype(np.int64), roads.head.astype(np.int64)).all()
    assert roads.dropped["nodes_not_in_core"] == roads.dropped_nodes
    kmh = 3600 * roads.metres / np.maximum(roads.travel_ms, 1)
    assert np.all(kmh[roads.metres > 10] <= 131)
    assert set(roads.dropped) <= {str(reason) for reason in Dropped}
    assert all(isinstance(n, int) and n > 0 for n in roads.dropped.values())


def test_limits_may_differ_by_direction() -> None:
    how = driving({"highway": "primary", "maxspeed:forward": "60", "maxspeed": "40"})
    assert isinstance(how, Driving)
    assert (how.forward_kmh, how.backward_kmh) == pytest.approx((48, 32))


def test_unknown_access_words_stop_a_crew_and_unknown_one_way_words_do_not_close_a_street() -> None:
    assert not may_pass({"access": "military"})
    assert one_way({"oneway": "sometimes"}) == 0


def test_a_cut_short_extract_is_refused(tmp_path: Path, real_data: Path) -> None:
    whole = (real_data / "monaco_osrm.osm.pbf").read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for size in (len(whole) // 2, len(whole) - 100, 10):
        cut.write_bytes(whole[:size])
        assert refused(cut) == "extract_unreadable"


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm", "a.osm.gz", "a.osm.bz2"])
def test_an_empty_extract_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert refused(tmp_path / name) in {"extract_unreadable", "extract_has_no_roads"}


def test_an_extract_without_roads_is_refused(tmp_path: Path) -> None:
    assert refused(write_osm(tmp_path / "sea.osm", PLACES, [])) == "extract_has_no_roads"
    path = [(1, (1, 2), {"highway": "footway"})]
    assert refused(write_osm(tmp_path / "paths.osm", PLACES, path)) == "extract_has_no_roads"
    one_way = [(1, (1, 2), {"highway": "residential", "oneway": "yes"})]
    assert refused(write_osm(tmp_path / "oneway.osm", PLACES, one_way)) == "extract_has_no_roads"


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.osm").write_text("Dear city,", encoding="utf-8")
    (tmp_path / "letter.txt").write_text("Dear city,", encoding="utf-8")
    assert refused(tmp_path / "letter.osm") == "extract_unreadable"
    assert refused(tmp_path / "letter.txt") == "extract_unreadable"
    assert refused(tmp_path / "nothing.osm") == "extract_not_found"


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as refusal:
        build_from_osm(path)
    assert str(refusal.value)
    return refusal.value.code


def test_a_point_at_no_place_is_refused(tmp_path: Path) -> None:
    points = '<node id="1" version="1" lon="nan" lat="1"/><node id="2" version="1" lon="1" lat="1"/>'
    way = '<way id="3" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'
    extract = tmp_path / "nowhere.osm"
    extract.write_text(f'<osm version="0.6">{points}{way}</osm>')
    with pytest.raises(ExtractUnreadable):
        build_from_osm(extract)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    extract = tmp_path / "garbled.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(extract), "pbf,pbf_compression=none")) as writer:
        for number in (1, 2):
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=(number, 1)))
        tags = {"highway": "primary", "name": "garbled"}
        writer.add_way(osmium.osm.mutable.Way(id=3, version=1, nodes=[1, 2], tags=tags))
    extract.write_bytes(extract.read_bytes().replace(b"garbled", b"\xff\xferbled"))
    with pytest.raises(ExtractUnreadable):
        build_from_osm(extract)
