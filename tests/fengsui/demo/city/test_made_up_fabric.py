"""What stands on the lots stands free: off streets, water and each other; gates and fields are where they belong."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.demo.city import City, build_city
from fengsui.demo.city.fabric import apart
from fengsui.demo.city.fills import FILLS, filled, parted, stretches
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.lots import BUILT, Lot, cells_of, eastward, sides_of, winding
from fengsui.demo.city.network import Edge

HALF_STREET_M = {
    Rank.MOTORWAY: 12.0,
    Rank.MOTORWAY_LINK: 6.0,
    Rank.TRUNK: 13.0,
    Rank.PRIMARY: 12.0,
    Rank.SECONDARY: 10.0,
    Rank.TERTIARY: 8.0,
    Rank.UNCLASSIFIED: 4.0,
    Rank.RESIDENTIAL: 4.0,
    Rank.SERVICE: 3.0,
}
EAST = np.array([1.0, 0.0])


def footprints(city: City) -> np.ndarray:
    rings = [np.vstack([building.ring, building.ring[:1]]) for building in city.buildings]
    of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return np.asarray(shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=of)))


def check(city: City) -> None:
    """What must hold for any seed."""
    shapes = footprints(city)
    assert len(shapes) > 45_000
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).min() > 20
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    assert (one == other).all()
    edges = list(city.network.edges.values())
    reach = [HALF_STREET_M[edge.rank] for edge in edges]
    assert not tree.query([edge.line for edge in edges], predicate="dwithin", distance=reach).size
    water = [area.shape for area in city.ground if area.kind in ("river", "lake", "pond", "pitch")]
    lines = [city.land.rail_line, *(line for _, line in city.land.canals)]
    assert not tree.query([*water, *lines], predicate="dwithin", distance=1).size
    fields = [area.shape for area in city.ground if area.kind in ("farmland", "meadow")]
    assert shapely.is_valid(fields).all()
    a, b = shapely.STRtree(fields).query(fields, predicate="overlaps")
    assert max((fields[i].intersection(fields[k]).area for i, k in zip(a, b, strict=True)), default=0) < 1


def test_no_building_stands_on_a_street_on_water_or_on_another(city: City) -> None:
    check(city)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 7])
def test_the_fabric_of_another_seed_is_as_sound(seed: int) -> None:
    check(build_city(seed))


def test_nearly_every_lot_is_built_up_and_the_old_quarter_most(city: City) -> None:
    shapes = footprints(city)
    lots = [area for area in city.ground if area.kind in BUILT and area.quarter]
    building, lot = shapely.STRtree([area.shape for area in lots]).query(shapely.centroid(shapes), predicate="within")
    covered = np.bincount(lot, weights=shapely.area(shapes)[building], minlength=len(lots))
    share = covered / shapely.area([area.shape for area in lots])
    assert (share > 0.05).mean() > 0.97
    assert share.max() < 0.75
    mean = {q: share[[area.quarter == q for area in lots]].mean() for q in ("old", "centre", "new", "village")}
    assert mean["old"] > 1.5 * mean["centre"] > 1.5 * 0.12
    assert mean["new"] < mean["centre"]


def test_the_buildings_are_of_many_kinds_and_only_tall_ones_say_how_tall(city: City, extract: Path) -> None:
    kinds = Counter(building.tag for building in city.buildings)
    assert set(kinds) >= {"house", "apartments", "retail", "commercial", "industrial", "school"}
    assert min(kinds[kind] for kind in ("apartments", "retail", "house")) > 4_000
    found: Counter[str] = Counter()
    for way in osmium.FileProcessor(str(extract), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("building")):
        found[way.tags["building"]] += 1
        assert isinstance(way, osmium.osm.Way)
        assert way.is_closed()
        assert "name" not in way.tags
        assert ("building:levels" in way.tags) == (way.tags["building"] in ("apartments", "commercial", "school"))
    assert found == kinds


def test_every_lane_into_a_closed_compound_has_a_gate_behind_the_street(city: City, extract: Path) -> None:
    gates, ways_at = set(), defaultdict(list)
    for thing in osmium.FileProcessor(str(extract)):
        if "barrier" in thing.tags:
            assert isinstance(thing, osmium.osm.Node)
            assert dict(thing.tags) == {"barrier": thing.tags["barrier"], "access": "private"}
            assert thing.tags["barrier"] in ("gate", "lift_gate")
            gates.add(thing.id)
        elif isinstance(thing, osmium.osm.Way) and "highway" in thing.tags:
            for node in thing.nodes:
                if node.ref in gates:
                    ways_at[node.ref].append(thing.tags["highway"])
    assert len(gates) == len(city.gates) > 800
    assert set(ways_at) == gates
    assert all(ways == ["service"] for ways in ways_at.values())  # on the lane alone: no gate closes a street
    at = shapely.points([place for place, _ in city.gates])
    closed = [a.shape for a in city.ground if a.kind in ("residential", "industrial", "education") and a.quarter]
    assert len(np.unique(shapely.STRtree(closed).query(at, predicate="within")[0])) == len(gates)
    lanes = [edge for edge in city.network.edges.values() if edge.rank == Rank.SERVICE]
    lanes = [lane for lane in lanes if leaves_a_street(city, lane)]
    middles = shapely.line_interpolate_point([lane.line for lane in lanes], 0.5, normalized=True)
    inside = np.unique(shapely.STRtree(closed).query(middles, predicate="within")[0])
    assert len(inside) > 800
    away = shapely.STRtree(at).query_nearest([lanes[i].line for i in inside], return_distance=True, all_matches=False)[
        1
    ]
    assert away.max() < 0.05


def leaves_a_street(city: City, lane: Edge) -> bool:
    """Whether one of the lane's ends lies on a street."""
    numbers = [number for node in (lane.a, lane.b) for number in city.network.at[node]]
    return any(city.network.edges[number].rank < Rank.SERVICE for number in numbers)


def test_fields_are_single_and_neighbours_share_their_corners(city: City) -> None:
    fields = [area.shape for area in city.ground if area.kind in ("farmland", "meadow")]
    assert len(fields) > 3_000
    area = shapely.area(fields)
    assert 40_000 < np.median(area) < 120_000
    assert area.max() < 300_000
    _, n = np.unique(np.round(shapely.get_coordinates(fields), 2), axis=0, return_counts=True)
    assert (n >= 3).sum() > len(fields)


outlines = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=3, max_size=7).map(
    lambda points: shapely.MultiPoint([(x + np.sqrt(2) / 4, y + np.pi / 15) for x, y in points]).convex_hull
)


@settings(max_examples=200, deadline=None)
@given(st.lists(outlines.filter(lambda shape: shape.area > 0), min_size=1, max_size=4))
def test_going_round_a_cell_tells_whether_any_outline_holds_it(shapes: list[shapely.Polygon]) -> None:
    turned = shapely.orient_polygons(np.array(shapes, dtype=object))
    sides = sides_of(turned) + 40
    x, y = np.meshgrid(np.arange(80) + 0.5 - 40, np.arange(80) + 0.5 - 40)
    expected = sum(shapely.contains_xy(shape, x, y).astype(int) for shape in shapes)
    assert (winding(sides, 80, 80) == expected).all()


def test_a_hole_is_not_inside() -> None:
    ring = shapely.orient_polygons(shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6)))
    assert (winding(sides_of(np.array([ring], dtype=object)), 9, 9) == 1).sum() == 81 - 9


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FILLS)), st.integers(0, 400), st.integers(0, 2**32 - 1))
def test_buildings_of_a_row_stay_in_it_and_apart(kind: str, length: int, seed: int) -> None:
    fill, rng = FILLS[kind], np.random.default_rng(seed)
    row = parted(100.0, 100.0 + length, fill, rng.uniform(*fill.width), rng)
    ends = np.array([(x, x + width) for x, width in row]).reshape(-1)
    assert (np.diff(ends) > 0).all()
    assert bool(row) == (length >= fill.width[0])
    if row:
        assert ends[0] >= 100 - 1e-9
        assert ends[-1] <= 100 + length + 1e-9


def test_runs_are_found_at_both_ends() -> None:
    row = np.array([True, True, False, True, False, False, True])
    assert stretches(row).tolist() == [[0, 2], [3, 4], [6, 7]]


@pytest.mark.parametrize("use", sorted(FILLS))
def test_a_filled_lot_keeps_off_what_is_in_its_way(use: str) -> None:
    lot = Lot(shapely.box(1_000, 500, 1_260, 680), "city", use, EAST)
    pond = shapely.Point(1_100, 600).buffer(30)
    blocked = sides_of(np.array([shapely.orient_polygons(pond)], dtype=object))
    cells = cells_of(lot, blocked, FILLS[use].cell_m)
    found = [shapely.Polygon(ring) for ring, _ in filled(cells, FILLS[use], np.random.default_rng(5))]
    assert len(found) > 3
    assert all(lot.shape.buffer(0.01).contains(shape) for shape in found)
    assert max(shape.intersection(pond).area for shape in found) < 20  # a cell's edge, which the margins allow for
    assert shapely.union_all(found).area == pytest.approx(sum(shape.area for shape in found))


def test_rows_face_south_whichever_way_a_block_lies() -> None:
    turns = np.radians(np.arange(0, 360, 7.0))
    along = eastward(np.column_stack([np.cos(turns), np.sin(turns)]))
    assert along[:, 0].min() > np.cos(np.radians(45.1))
    assert np.hypot(*along.T) == pytest.approx(1)


def test_of_buildings_that_would_touch_the_earlier_stands() -> None:
    boxes = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 8, 16, 40)], dtype=object)
    assert apart(boxes, np.ones(4, bool)).tolist() == [True, False, True, True]
    assert apart(boxes, np.array([False, True, True, True])).tolist() == [False, True, False, True]
